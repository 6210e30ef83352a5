/* SPDX-License-Identifier: Apache-2.0 */
#include "json/emit.h"

#include <inttypes.h>
#include "base/mem.h"
#include "base/spill.h"
#include "codec/b64.h"
#include "codec/utf8.h"

void
emit_init(struct emit *j, struct buf *out)
{
	*j = (struct emit){.out = out};
}

static void
new_line(struct emit *j)
{
	if (j->indent == 0)
		return;
	buf_add_char(j->out, '\n');
	for (size_t n = (size_t)j->indent * j->depth; n > 0; n--)
		buf_add_char(j->out, ' ');
}

/* What stands before a value or a key: nothing, or a comma and a line. */
static void
separate(struct emit *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (j->depth == 0)
		return;
	if (j->more[j->depth - 1])
		buf_add_char(j->out, ',');
	j->more[j->depth - 1] = true;
	new_line(j);
}

static void
open_level(struct emit *j, char c)
{
	separate(j);
	if (j->depth == EMIT_DEPTH_MAX)
		BUG("emit: more than %d levels", EMIT_DEPTH_MAX);
	buf_add_char(j->out, c);
	j->more[j->depth++] = false;
}

static void
close_level(struct emit *j, char c)
{
	if (j->depth == 0 || j->after_key)
		BUG("emit: nothing to close");
	j->depth--;
	if (j->more[j->depth])
		new_line(j);
	buf_add_char(j->out, c);
}

void
emit_object(struct emit *j)
{
	open_level(j, '{');
}

void
emit_object_end(struct emit *j)
{
	close_level(j, '}');
}

void
emit_array(struct emit *j)
{
	open_level(j, '[');
}

void
emit_array_end(struct emit *j)
{
	close_level(j, ']');
}

static void
escape_control(struct buf *out, unsigned char c)
{
	static const char shorts[] = {['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r',
	    ['\t'] = 't'};

	if (c < sizeof(shorts) && shorts[c])
		buf_printf(out, "\\%c", shorts[c]);
	else
		buf_printf(out, "\\u%04x", c);
}

/* Length of what may stand as it is; at least one byte of text is looked at, and
 * of SPILL_PIECE bytes or more at most one piece and a character. */
static size_t
plain_len(struct span text, bool raw_html)
{
	size_t at = 0;

	while (at < text.len && at < SPILL_PIECE) {
		unsigned char c = (unsigned char)text.ptr[at];
		uint32_t cp = c;
		size_t n = 1;

		if (c < 0x20 || c == '"' || c == '\\')
			break;
		if (!raw_html && (c == '<' || c == '>' || c == '&'))
			break;
		if (c >= 0x80)
			n = utf8_next(span_from(text, at), &cp);
		if (n == 0 || (!raw_html && (cp == 0x2028 || cp == 0x2029)))
			break;
		at += n;
	}
	return at;
}

/* Writes what plain_len stopped at; gives its length. */
static size_t
escape_one(struct buf *out, struct span text)
{
	unsigned char c = (unsigned char)text.ptr[0];
	uint32_t cp = 0xfffd;
	size_t n;

	if (c == '"' || c == '\\') {
		buf_add_char(out, '\\');
		buf_add_char(out, (char)c);
		return 1;
	}
	if (c < 0x80) {
		escape_control(out, c);
		return 1;
	}
	n = utf8_next(text, &cp);
	buf_printf(out, "\\u%04" PRIx32, cp);
	return n ? n : 1;
}

static void
quote(struct emit *j, struct span text)
{
	const char *left = text.ptr;

	buf_add_char(j->out, '"');
	while (text.len > 0) {
		size_t n = plain_len(text, j->raw_html);

		buf_add(j->out, text.ptr, n);
		if (n < text.len && n < SPILL_PIECE)
			n += escape_one(j->out, span_from(text, n));
		text = span_from(text, n);
		if (text.ptr - left >= SPILL_PIECE) {
			spill_leave(left, (size_t)(text.ptr - left));
			left = text.ptr;
		}
	}
	buf_add_char(j->out, '"');
}

static void
key_start(struct emit *j)
{
	if (j->depth == 0 || j->after_key)
		BUG("emit: a key has no place here");
	separate(j);
}

static void
key_end(struct emit *j)
{
	buf_add_char(j->out, ':');
	if (j->indent)
		buf_add_char(j->out, ' ');
	j->after_key = true;
}

void
emit_key_span(struct emit *j, struct span name)
{
	key_start(j);
	quote(j, name);
	key_end(j);
}

void
emit_key_raw(struct emit *j, struct span raw)
{
	key_start(j);
	buf_add_char(j->out, '"');
	buf_add_span(j->out, raw);
	buf_add_char(j->out, '"');
	key_end(j);
}

void
emit_key(struct emit *j, const char *name)
{
	emit_key_span(j, span_str(name));
}

void
emit_span(struct emit *j, struct span s)
{
	separate(j);
	quote(j, s);
}

void
emit_str(struct emit *j, const char *s)
{
	if (s)
		emit_span(j, span_str(s));
	else
		emit_null(j);
}

/* printf takes nearly half the time of a small frame. */
static void
add_decimal(struct buf *out, int64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);
	uint64_t left = v < 0 ? -(uint64_t)v : (uint64_t)v;

	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (v < 0)
		buf_add_char(out, '-');
	buf_add(out, digits + at, sizeof(digits) - at);
}

void
emit_int(struct emit *j, int64_t v)
{
	separate(j);
	add_decimal(j->out, v);
}

void
emit_raw(struct emit *j, struct span json)
{
	separate(j);
	buf_add_span(j->out, json);
}

void
emit_bool(struct emit *j, bool v)
{
	emit_raw(j, span_str(v ? "true" : "false"));
}

void
emit_null(struct emit *j)
{
	emit_raw(j, SPAN("null"));
}

void
emit_base64(struct emit *j, struct span bytes)
{
	separate(j);
	buf_add_char(j->out, '"');
	b64_encode(j->out, bytes, B64_STD);
	buf_add_char(j->out, '"');
}

void
emit_kstr(struct emit *j, const char *name, const char *s)
{
	emit_key(j, name);
	emit_str(j, s);
}

void
emit_kspan(struct emit *j, const char *name, struct span s)
{
	emit_key(j, name);
	emit_span(j, s);
}

void
emit_kint(struct emit *j, const char *name, int64_t v)
{
	emit_key(j, name);
	emit_int(j, v);
}

void
emit_kbool(struct emit *j, const char *name, bool v)
{
	emit_key(j, name);
	emit_bool(j, v);
}
