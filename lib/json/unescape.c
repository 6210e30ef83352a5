/* SPDX-License-Identifier: Apache-2.0 */
#include "json/unescape.h"

#include "base/spill.h"
#include "codec/hex.h"
#include "codec/utf8.h"

/* The code unit of \uXXXX at the start of raw. */
static bool
unit_at(struct span raw, uint32_t *unit)
{
	unsigned char b[2];

	if (raw.len < 6 || raw.ptr[0] != '\\' || raw.ptr[1] != 'u' ||
	    !hex_decode(b, 2, span_of(raw.ptr + 2, 4)))
		return false;
	*unit = (uint32_t)b[0] << 8 | b[1];
	return true;
}

static size_t
next_unicode(struct span *raw, char out[UNESCAPE_MAX])
{
	uint32_t cp, low;
	size_t len = 6;

	if (!unit_at(*raw, &cp))
		return 0;
	if (cp >= 0xd800 && cp < 0xdc00 && unit_at(span_from(*raw, 6), &low) &&
	    low >= 0xdc00 && low < 0xe000) {
		cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
		len = 12;
	}
	*raw = span_from(*raw, len);
	return utf8_put(out, cp);
}

size_t
unescape_next(struct span *raw, char out[UNESCAPE_MAX])
{
	static const char shorts[128] = {['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r',
	    ['t'] = '\t'};
	size_t n;
	unsigned char c;

	out[0] = raw->ptr[0];
	if (raw->ptr[0] != '\\' || raw->len < 2) {
		*raw = span_from(*raw, 1);
		return 1;
	}
	n = next_unicode(raw, out);
	if (n > 0)
		return n;
	c = (unsigned char)raw->ptr[1];
	out[0] = (char)(c < sizeof(shorts) && shorts[c] ? shorts[c] : (char)c);
	*raw = span_from(*raw, 2);
	return 1;
}

size_t
unescape_all(struct span raw, char *out)
{
	const char *seen = raw.ptr;
	size_t len = 0, left = 0;

	while (raw.len > 0) {
		size_t room = raw.len < SPILL_PIECE ? raw.len : SPILL_PIECE;
		const char *escape = memchr(raw.ptr, '\\', room);
		size_t plain = escape ? (size_t)(escape - raw.ptr) : room;
		char bytes[UNESCAPE_MAX];
		size_t n;

		memcpy(out + len, raw.ptr, plain);
		len += plain;
		raw = span_from(raw, plain);
		if (len - left >= SPILL_PIECE) {
			spill_leave(out + left, len - left);
			spill_leave(seen, (size_t)(raw.ptr - seen));
			seen = raw.ptr;
			left = len;
		}
		if (!escape)
			continue;
		n = unescape_next(&raw, bytes);
		memcpy(out + len, bytes, n);
		len += n;
	}
	return len;
}

static bool
has_escape(struct span raw)
{
	return raw.len > 0 && memchr(raw.ptr, '\\', raw.len) != NULL;
}

/* One meant byte after the other. */
struct reader {
	struct span raw;
	char bytes[UNESCAPE_MAX];
	size_t at, have;
};

/* The next byte, or -1 at the end. */
static int
reader_next(struct reader *r)
{
	if (r->at == r->have) {
		if (r->raw.len == 0)
			return -1;
		r->have = unescape_next(&r->raw, r->bytes);
		r->at = 0;
	}
	return (unsigned char)r->bytes[r->at++];
}

int
unescape_cmp(struct span a, struct span b)
{
	struct reader x = {.raw = a}, y = {.raw = b};

	if (!has_escape(a) && !has_escape(b))
		return span_cmp(a, b);
	for (;;) {
		int c = reader_next(&x), d = reader_next(&y);

		if (c != d)
			return c < d ? -1 : 1;
		if (c < 0)
			return 0;
	}
}

uint32_t
unescape_hash(struct span raw)
{
	struct reader r = {.raw = raw};
	uint32_t h = 2166136261u;	/* FNV-1a */

	if (!has_escape(raw)) {
		for (size_t i = 0; i < raw.len; i++)
			h = (h ^ (unsigned char)raw.ptr[i]) * 16777619u;
		return h;
	}
	for (int c; (c = reader_next(&r)) >= 0;)
		h = (h ^ (unsigned)c) * 16777619u;
	return h;
}
