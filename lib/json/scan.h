/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H
/*
 * The strict reader for untrusted JSON (RFC 8259): valid UTF-8, no repeated
 * member, no unpaired surrogate, nothing behind the value, bounded depth and
 * count. A node borrows the text: signed bytes are never copied or rewritten.
 */
#include "base/err.h"
#include "base/pool.h"

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

enum {
	JSON_DEPTH_MAX = 64,
	JSON_NODES_MAX = 4 << 20,	/* values in one document */
};

/* One value: raw is its text without surrounding white space. */
struct node {
	enum json_kind kind;
	struct span raw;
};

/* Checks the whole text and gives its root. REASON_BAD_JSON with the byte
 * offset; REASON_TOO_LARGE past the caps. */
int	scan_document(struct span text, struct node *root, struct err *e) MUST_CHECK;

/* The same, but text may hold more values behind the first, separated by white
 * space: *rest is what follows. */
int	scan_value(struct span text, struct node *value, struct span *rest, struct err *e) MUST_CHECK;

/*
 * Walking a checked array or object cannot fail:
 *	for (struct node_iter it = node_iter(v); node_next(&it);) use it.key, it.value
 * key is the raw text between the quotes, escapes and all.
 */
struct node_iter {
	struct span rest;
	bool object;
	struct span key;
	struct node value;
};
struct node_iter	node_iter(struct node container);
bool	node_next(struct node_iter *it);
size_t	node_count(struct node container);

/* The member of that name (compared after unescaping); false if there is none
 * or v is no object. */
bool	node_member(struct node v, const char *name, struct node *out);
/* Whether a raw key means this name. */
bool	node_key_is(struct span raw_key, const char *name);

/* A string without its escapes, in the pool (NUL-terminated; may hold U+0000
 * inside: len tells). False if v is no string. */
bool	node_string(struct node v, struct pool *pool, struct span *out);
/* A raw key without its escapes. */
struct span	node_key(struct span raw_key, struct pool *pool);
/* An integer, also written as a string of digits as protobuf does, or as 1.0
 * or 1e3; false for anything else or outside int64. */
bool	node_int(struct node v, int64_t *out);

const char	*json_kind_name(enum json_kind kind);
#endif
