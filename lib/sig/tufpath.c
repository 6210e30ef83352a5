/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/tufpath.h"

#include "codec/hex.h"
#include "crypto/digest.h"

/* Length of the set that pattern starts with, brackets included; 0 when it is
 * not closed before a slash, and the bracket stands for itself. */
static size_t
set_length(struct span pattern)
{
	size_t i = 1;

	if (i < pattern.len && pattern.ptr[i] == '!')
		i++;
	/* A bracket that comes first is a member. */
	if (i < pattern.len && pattern.ptr[i] == ']')
		i++;
	while (i < pattern.len && pattern.ptr[i] != ']' && pattern.ptr[i] != '/')
		i++;
	return i < pattern.len && pattern.ptr[i] == ']' ? i + 1 : 0;
}

static bool
set_has(struct span set, unsigned char c)
{
	bool inverse = set.len > 2 && set.ptr[1] == '!', found = false;
	const unsigned char *p = (const unsigned char *)set.ptr;

	for (size_t i = inverse ? 2 : 1; i + 1 < set.len;) {
		if (i + 3 < set.len && p[i + 1] == '-') {
			found |= c >= p[i] && c <= p[i + 2];
			i += 3;
		} else {
			found |= c == p[i++];
		}
	}
	return found != inverse;
}

/* Whether one item of the pattern, no star, takes the character; its length. */
static size_t
take_one(struct span pattern, char c)
{
	size_t len;

	if (c == '/')
		return pattern.ptr[0] == '/' ? 1 : 0;
	if (pattern.ptr[0] == '?')
		return 1;
	len = pattern.ptr[0] == '[' ? set_length(pattern) : 0;
	if (len)
		return set_has(span_first(pattern, len), (unsigned char)c) ? len : 0;
	return pattern.ptr[0] == c ? 1 : 0;
}

bool
tufpath_match(struct span pattern, struct span path)
{
	struct span star = SPAN_NONE, from = SPAN_NONE;	/* where to go on after the last star */

	if (pattern.len > TUFPATH_MAX || path.len > TUFPATH_MAX)
		return false;
	while (path.len) {
		size_t n;

		if (pattern.len && pattern.ptr[0] == '*') {
			pattern = star = span_from(pattern, 1);
			from = path;
			continue;
		}
		n = pattern.len ? take_one(pattern, path.ptr[0]) : 0;
		if (n) {
			pattern = span_from(pattern, n);
			path = span_from(path, 1);
		} else if (star.ptr && from.len && from.ptr[0] != '/') {
			path = from = span_from(from, 1);
			pattern = star;
		} else {
			return false;
		}
	}
	while (pattern.len && pattern.ptr[0] == '*')
		pattern = span_from(pattern, 1);
	return pattern.len == 0;
}

bool
tufpath_has_prefix(struct span path, struct span hex)
{
	unsigned char value[HASH_SIZE_MAX];
	char text[2 * HASH_SIZE_MAX + 1];

	digest_of(HASH_SHA256, path, value);
	hex_format(text, value, hash_size(HASH_SHA256));
	return hex.len <= strlen(text) && span_eq_nocase(span_first(span_str(text), hex.len), hex);
}

uint32_t
tufpath_bin(struct span path, unsigned bits)
{
	unsigned char v[HASH_SIZE_MAX];

	digest_of(HASH_SHA256, path, v);
	return ((uint32_t)v[0] << 24 | (uint32_t)v[1] << 16 | (uint32_t)v[2] << 8 | v[3]) >> (32 - bits);
}
