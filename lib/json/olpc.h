/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_OLPC_H
#define JSON_OLPC_H
/*
 * The canonical form that TUF signs (OLPC's "canonical JSON", TUF specification
 * section 4.2): members sorted by their bytes, no blanks, strings as they are
 * but for the escapes \" and \\ (a line end stands raw), whole numbers only. It
 * is not that of RFC 8785 (json/canon.h).
 */
#include "base/buf.h"
#include "json/node.h"

/* Most members of one object. */
enum { OLPC_MEMBERS_MAX = 200000 };

/* Appends a value of a checked text; never longer than that text. REASON_BAD_JSON
 * for a number that is not a plain integer, REASON_TOO_LARGE. */
int	olpc_emit(struct node v, struct buf *out, struct err *e) MUST_CHECK;
#endif
