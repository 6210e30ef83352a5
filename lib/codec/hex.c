/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/hex.h"

static const char digits_lower[] = "0123456789abcdef";

void
hex_format(char *text, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++) {
		*text++ = digits_lower[p[i] >> 4];
		*text++ = digits_lower[p[i] & 15];
	}
	*text = '\0';
}

void
hex_encode(struct buf *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		char pair[3];

		hex_format(pair, bytes.ptr + i, 1);
		buf_add(out, pair, 2);
	}
}

static int
value_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
hex_decode(void *out, size_t len, struct span text)
{
	unsigned char *p = out;

	if (text.len % 2 != 0 || text.len / 2 != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = value_of(text.ptr[2 * i]), low = value_of(text.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		p[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

bool
hex_is_lower(struct span text, size_t digits)
{
	if (text.len != digits)
		return false;
	for (size_t i = 0; i < digits; i++)
		if ((text.ptr[i] < '0' || text.ptr[i] > '9') && (text.ptr[i] < 'a' || text.ptr[i] > 'f'))
			return false;
	return true;
}
