/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_CANON_H
#define JSON_CANON_H
/*
 * The JSON Canonicalization Scheme (RFC 8785): members sorted by UTF-16 units,
 * no blanks, strings with as few escapes as can be, numbers as ECMAScript
 * writes doubles. What a log signs is in this form.
 */
#include "base/buf.h"
#include "json/node.h"

/* Most members of one object. */
enum { CANON_MEMBERS_MAX = 10000 };

/* Appends a value of a checked text. REASON_BAD_JSON for a number that is too
 * large for a double, or an integer that would come out as another one;
 * REASON_TOO_LARGE. What was appended before an error is of no use. */
int	canon_emit(struct node v, struct buf *out, struct err *e) MUST_CHECK;
#endif
