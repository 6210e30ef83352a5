/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_NODE_H
#define JSON_NODE_H
/*
 * Values of a JSON text that json/scan.h has checked. A node borrows the text,
 * so that signed bytes are never copied or rewritten; nothing here may be
 * called on text that was not checked.
 */
#include "base/pool.h"

enum json_kind {
	JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT
};

/* One value: raw is its text without surrounding white space. */
struct node {
	enum json_kind kind;
	struct span raw;
};

/* The kind of value that starts with c. */
enum json_kind	node_kind_of(char c);

/*
 * Walking a checked array or object cannot fail; other kinds have no items:
 *	for (struct node_iter it = node_iter(v); node_next(&it);) use it.key, it.value
 * key is the raw text between the quotes, escapes and all. Each step costs as
 * much as the value is long.
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
/* Whether v is a string that means exactly this. */
bool	node_is(struct node v, const char *s);
/* An integer, also written as a string of digits as protobuf does, or as 1.0
 * or 1e3; false for anything else or outside int64. */
bool	node_int(struct node v, int64_t *out);

/* "null", "a boolean", "a number", "a string", "an array", "an object". */
const char	*node_kind_name(enum json_kind kind);
static inline const char *json_kind_name(enum json_kind kind) { return node_kind_name(kind); }
#endif
