/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_EMIT_H
#define JSON_EMIT_H
/*
 * Writes JSON, member by member, in the order of the calls; commas and
 * nesting take care of themselves. Compact unless indent is set. Strings are
 * escaped as Go's encoding/json does (< > & U+2028 U+2029 as \u00XX; control
 * characters \u00XX but for \n \r \t \b \f), because payloads and upstream's
 * output must be the same bytes; a byte that is not UTF-8 becomes \ufffd.
 * raw_html escapes only what RFC 8259 demands, and such a byte.
 */
#include "base/buf.h"

enum { EMIT_DEPTH_MAX = 64 };

struct emit {
	struct buf *out;
	unsigned indent;	/* blanks per level; 0 = compact */
	bool raw_html;
	unsigned depth;
	bool more[EMIT_DEPTH_MAX];	/* something stands in this level already */
	bool after_key;
};

void	emit_init(struct emit *j, struct buf *out);

void	emit_object(struct emit *j);	/* { */
void	emit_object_end(struct emit *j);
void	emit_array(struct emit *j);	/* [ */
void	emit_array_end(struct emit *j);
void	emit_key(struct emit *j, const char *name);
void	emit_key_span(struct emit *j, struct span name);
/* A key as it was found between the quotes of valid JSON, escapes and all. */
void	emit_key_raw(struct emit *j, struct span raw);

void	emit_str(struct emit *j, const char *s);	/* NULL: null */
void	emit_span(struct emit *j, struct span s);
void	emit_int(struct emit *j, int64_t v);
void	emit_bool(struct emit *j, bool v);
void	emit_null(struct emit *j);
/* JSON text that is known to be valid, as it is. */
void	emit_raw(struct emit *j, struct span json);
/* Standard base64 with padding, as a string. */
void	emit_base64(struct emit *j, struct span bytes);

/* key and value at once. */
void	emit_kstr(struct emit *j, const char *name, const char *s);
void	emit_kspan(struct emit *j, const char *name, struct span s);
void	emit_kint(struct emit *j, const char *name, int64_t v);
void	emit_kbool(struct emit *j, const char *name, bool v);
#endif
