/* SPDX-License-Identifier: Apache-2.0 */
#include "base/span.h"

#include "base/spill.h"

static ptrdiff_t
find_in_large(struct span a, char c)
{
	struct span rest = a, piece = SPAN_NONE;

	while (spill_next(&rest, &piece)) {
		const char *p = memchr(piece.ptr, c, piece.len);

		if (p)
			return p - a.ptr;
	}
	return -1;
}

ptrdiff_t
span_find(struct span a, char c)
{
	const char *p;

	if (a.len > SPILL_PIECE)
		return find_in_large(a, c);
	p = a.len ? memchr(a.ptr, c, a.len) : NULL;
	return p ? p - a.ptr : -1;
}

ptrdiff_t
span_rfind(struct span a, char c)
{
	for (size_t i = a.len; i > 0; i--)
		if (a.ptr[i - 1] == c)
			return (ptrdiff_t)(i - 1);
	return -1;
}

struct span
span_cut(struct span *rest, char c)
{
	struct span all = *rest;
	ptrdiff_t at = span_find(all, c);

	if (at < 0) {
		*rest = SPAN_NONE;
		return all;
	}
	*rest = span_from(all, (size_t)at + 1);
	return span_first(all, (size_t)at);
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct span
span_trim(struct span a)
{
	while (a.len && is_space(a.ptr[0]))
		a = span_from(a, 1);
	while (a.len && is_space(a.ptr[a.len - 1]))
		a.len--;
	return a;
}

int
span_cmp(struct span a, struct span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n ? memcmp(a.ptr, b.ptr, n) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool
span_eq_nocase(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

bool
span_decimal(struct span a, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (a.len == 0 || a.len > 20)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		unsigned digit = (unsigned char)a.ptr[i] - (unsigned)'0';

		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	if (v > max)
		return false;
	*out = v;
	return true;
}
