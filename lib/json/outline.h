/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_OUTLINE_H
#define JSON_OUTLINE_H
/*
 * A tree of labels and values as text for people: "- Label: value", two blanks
 * a level. Values come from outside: what could drive a terminal or turn the
 * direction of text becomes '?'.
 */
#include "base/buf.h"

struct outline {
	struct buf *out;
	unsigned depth;		/* of what comes next; the caller counts */
};

/* "- LABEL:" alone. */
void	outline_label(struct outline *o, const char *label);
void	outline_span(struct outline *o, const char *label, struct span value);
void	outline_line(struct outline *o, const char *label, const char *fmt, ...) PRINTF(3, 4);
/* Bytes in lower-case hexadecimal. */
void	outline_hex(struct outline *o, const char *label, struct span bytes);

/* Appends text, cleaned. */
void	outline_clean(struct buf *out, struct span text);
#endif
