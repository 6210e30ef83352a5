/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H
/*
 * The strict reader for untrusted JSON (RFC 8259): valid UTF-8, no repeated
 * member however it is spelt, no unpaired surrogate, no byte order mark,
 * nothing behind the value, bounded depth and count. It builds no tree: memory
 * is one small mark for each member of the objects that are open. What was
 * checked is walked with json/node.h.
 */
#include "base/err.h"
#include "json/node.h"

enum {
	JSON_DEPTH_MAX = 64,
	JSON_NODES_MAX = 16 << 20,	/* values in one document */
};
#define JSON_TEXT_MAX ((size_t)UINT32_MAX)

/* Checks the whole text and gives its root. REASON_BAD_JSON with the byte
 * offset; REASON_TOO_LARGE past the caps. */
int	scan_document(struct span text, struct node *root, struct err *e) MUST_CHECK;

/* The same, but text may hold more values behind the first, separated by white
 * space, which objects and arrays in a row may lack: *rest is what follows, its
 * leading white space taken off; rest->len is 0 after the last. */
int	scan_value(struct span text, struct node *value, struct span *rest,
	    struct err *e) MUST_CHECK;
#endif
