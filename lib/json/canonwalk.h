/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_CANONWALK_H
#define JSON_CANONWALK_H
/*
 * What the canonical forms have in common: a value without blanks, the members
 * of each object in an order. What they differ in is a dialect.
 */
#include "base/buf.h"
#include "json/node.h"

struct canonwalk_dialect {
	int (*compare)(struct span a, struct span b);	/* two keys, raw */
	void (*string)(struct span raw, struct buf *out);	/* puts the quotes too */
	int (*number)(struct span raw, struct buf *out, struct err *e);
	size_t members_max;	/* of one object */
};

/* Appends a value of a checked text. What number says, or REASON_TOO_LARGE. */
int	canonwalk_emit(const struct canonwalk_dialect *d, struct node v, struct buf *out, struct err *e) MUST_CHECK;
#endif
