/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/utf8.h"

#include "base/spill.h"

/* RFC 3629 section 4: what may follow which first byte. Bytes after the second
 * are 80..BF. */
static const struct lead {
	unsigned char first, last;	/* range of the first byte */
	unsigned char low, high;	/* range of the second */
	unsigned char len;
} leads[] = {
	{0xc2, 0xdf, 0x80, 0xbf, 2},
	{0xe0, 0xe0, 0xa0, 0xbf, 3},
	{0xe1, 0xec, 0x80, 0xbf, 3},
	{0xed, 0xed, 0x80, 0x9f, 3},
	{0xee, 0xef, 0x80, 0xbf, 3},
	{0xf0, 0xf0, 0x90, 0xbf, 4},
	{0xf1, 0xf3, 0x80, 0xbf, 4},
	{0xf4, 0xf4, 0x80, 0x8f, 4},
};

static const struct lead *
lead_find(unsigned char c)
{
	for (size_t i = 0; i < countof(leads); i++)
		if (c >= leads[i].first && c <= leads[i].last)
			return &leads[i];
	return NULL;
}

static bool
tail_ok(const struct lead *l, const unsigned char *p)
{
	if (p[1] < l->low || p[1] > l->high)
		return false;
	for (size_t i = 2; i < l->len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return false;
	return true;
}

size_t
utf8_next(struct span text, uint32_t *cp)
{
	const unsigned char *p = (const unsigned char *)text.ptr;
	const struct lead *l;
	uint32_t v;

	if (text.len == 0)
		return 0;
	if (p[0] < 0x80) {
		if (cp)
			*cp = p[0];
		return 1;
	}
	l = lead_find(p[0]);
	if (!l || text.len < l->len || !tail_ok(l, p))
		return 0;
	v = p[0] & (0x7fu >> l->len);
	for (size_t i = 1; i < l->len; i++)
		v = v << 6 | (p[i] & 0x3fu);
	if (cp)
		*cp = v;
	return l->len;
}

size_t
utf8_put(char out[UTF8_MAX], uint32_t cp)
{
	size_t len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = len; i-- > 1; cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3f));
	out[0] = (char)(marks[len] | cp);
	return len;
}

size_t
utf8_valid_prefix(struct span text)
{
	size_t at = 0, left = 0;

	while (at < text.len) {
		size_t n = utf8_next(span_from(text, at), NULL);

		if (n == 0)
			break;
		at += n;
		if (at - left >= SPILL_PIECE) {
			spill_leave(text.ptr + left, at - left);
			left = at;
		}
	}
	return at;
}
