/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_ERRLINE_H
#define JSON_ERRLINE_H
/*
 * An error as a cosign.error/1 record, and back: how --json shows it, and how a
 * program of this suite tells another why it failed.
 */
#include "base/buf.h"

enum { ERRLINE_MAX = 16 << 10 };

/* The object alone, without an end of line. */
void	errline_emit(const struct err *e, struct buf *out);
/* Whether the text is such a record; then *e is what it says. */
bool	errline_read(struct span text, struct err *e);
#endif
