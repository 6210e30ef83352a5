/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/b64.h"

static const char std_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
b64_encode(struct buf *out, struct span bytes, enum b64_kind kind)
{
	const char *digits = kind == B64_URL ? url_digits : std_digits;
	const unsigned char *p = (const unsigned char *)bytes.ptr;

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t n = bytes.len - i < 3 ? bytes.len - i : 3;
		unsigned v = (unsigned)p[i] << 16 | (n > 1 ? (unsigned)p[i + 1] << 8 : 0) |
		    (n > 2 ? p[i + 2] : 0);
		char quad[4] = {digits[v >> 18], digits[v >> 12 & 63], '=', '='};

		if (n > 1)
			quad[2] = digits[v >> 6 & 63];
		if (n > 2)
			quad[3] = digits[v & 63];
		buf_add(out, quad, kind == B64_URL ? n + 1 : 4);
	}
}

size_t
b64_decoded_max(size_t len)
{
	return len / 4 * 3 + 3;
}

/* -1 for what is no digit of this kind. */
static int
value_of(unsigned char c, enum b64_kind kind)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (kind != B64_URL && (c == '+' || c == '/'))
		return c == '+' ? 62 : 63;
	if (kind != B64_STD && (c == '-' || c == '_'))
		return c == '-' ? 62 : 63;
	return -1;
}

static bool
skipped(char c, enum b64_kind kind)
{
	return kind == B64_STD && (c == '\r' || c == '\n');
}

/* The padding from text[at] on: right in number, and nothing behind it. A
 * single digit is half a byte, which no padding mends. */
static bool
padding_ok(struct span text, size_t at, unsigned digits, enum b64_kind kind)
{
	size_t want = digits % 4 == 0 ? 0 : 4 - digits % 4, got = 0;

	if (digits == 1 || (at < text.len && kind == B64_URL))
		return false;

	for (; at < text.len; at++) {
		if (text.ptr[at] == '=')
			got++;
		else if (!skipped(text.ptr[at], kind))
			return false;
	}
	return got == want || (got == 0 && kind != B64_STD);
}

static int
bad(struct err *e, const char *what, size_t at)
{
	return err_set(e, REASON_BAD_ENCODING, "no base64: %s at byte %zu", what, at);
}

/* Six bits at a time in, bytes out. */
struct decoder {
	unsigned bits;
	unsigned digits;	/* of this quad */
	char *out;
};

static void
decoder_put(struct decoder *d, int value)
{
	d->bits = d->bits << 6 | (unsigned)value;
	if (++d->digits < 4)
		return;
	*d->out++ = (char)(d->bits >> 16);
	*d->out++ = (char)(d->bits >> 8);
	*d->out++ = (char)d->bits;
	d->bits = d->digits = 0;
}

/* The last one or two bytes. False if bits are left over. */
static bool
decoder_end(struct decoder *d)
{
	if (d->digits == 2)
		*d->out++ = (char)(d->bits >> 4);
	if (d->digits == 3) {
		*d->out++ = (char)(d->bits >> 10);
		*d->out++ = (char)(d->bits >> 2);
	}
	return (d->bits & (d->digits == 2 ? 15u : d->digits == 3 ? 3u : 0)) == 0;
}

/* Bytes that the digits of text make at most; exact if they are all digits. */
static size_t
decoded_len(struct span text, enum b64_kind kind)
{
	size_t digits = 0;

	for (size_t i = 0; i < text.len; i++)
		digits += text.ptr[i] != '=' && !skipped(text.ptr[i], kind);
	return digits / 4 * 3 + (digits % 4 ? digits % 4 - 1 : 0);
}

static int
decode(struct decoder *d, struct span text, enum b64_kind kind, struct err *e)
{
	size_t at = 0;

	for (; at < text.len; at++) {
		int v = value_of((unsigned char)text.ptr[at], kind);

		if (v >= 0)
			decoder_put(d, v);
		else if (!skipped(text.ptr[at], kind))
			break;
	}
	if (at < text.len && text.ptr[at] != '=')
		return bad(e, "a character that is no digit", at);
	if (!padding_ok(text, at, d->digits, kind))
		return bad(e, "wrong padding", at);
	if (!decoder_end(d))
		return bad(e, "unused bits are set", at);
	return 0;
}

int
b64_decode(struct buf *out, struct span text, enum b64_kind kind, struct err *e)
{
	size_t len = decoded_len(text, kind);
	char *start = buf_room(out, len);
	struct decoder d = {0, 0, start};
	int rc;

	if (!start)
		return err_set(e, REASON_TOO_LARGE, "base64 text makes more than %zu bytes",
		    out->max);
	rc = decode(&d, text, kind, e);
	if (rc == 0)
		out->len += (size_t)(d.out - start);
	out->ptr[out->len] = '\0';
	return rc;
}
