/* SPDX-License-Identifier: Apache-2.0 */
#include "json/outline.h"

#include "codec/hex.h"
#include "codec/utf8.h"

static bool
is_dangerous(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x200e || cp == 0x200f || cp == 0x2028 ||
	    cp == 0x2029 || (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

void
outline_clean(struct buf *out, struct span text)
{
	while (text.len) {
		uint32_t cp;
		size_t n = utf8_next(text, &cp);

		if (n == 0 || is_dangerous(cp))
			buf_add_char(out, '?');
		else
			buf_add(out, text.ptr, n);
		text = span_from(text, n ? n : 1);
	}
}

static void
begin(struct outline *o, const char *label)
{
	for (unsigned i = 0; i < o->depth; i++)
		buf_add_str(o->out, "  ");
	buf_add_str(o->out, "- ");
	outline_clean(o->out, span_str(label));
	buf_add_char(o->out, ':');
}

void
outline_label(struct outline *o, const char *label)
{
	begin(o, label);
	buf_add_char(o->out, '\n');
}

void
outline_span(struct outline *o, const char *label, struct span value)
{
	begin(o, label);
	if (value.len)
		buf_add_char(o->out, ' ');
	outline_clean(o->out, value);
	buf_add_char(o->out, '\n');
}

void
outline_line(struct outline *o, const char *label, const char *fmt, ...)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	outline_span(o, label, buf_span(&text));
}

void
outline_hex(struct outline *o, const char *label, struct span bytes)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX);

	hex_encode(&text, bytes);
	outline_span(o, label, buf_span(&text));
}
