/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/b64.h"

#include "base/spill.h"

static const char std_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Whole triples; gives the end of what was written. */
static char *
encode_triples(char *to, const unsigned char *p, size_t count, const char *digits)
{
	for (; count; count--, p += 3) {
		unsigned v = (unsigned)p[0] << 16 | (unsigned)p[1] << 8 | p[2];

		*to++ = digits[v >> 18];
		*to++ = digits[v >> 12 & 63];
		*to++ = digits[v >> 6 & 63];
		*to++ = digits[v & 63];
	}
	return to;
}

/* The last one or two bytes. */
static char *
encode_rest(char *to, const unsigned char *p, size_t n, const char *digits, bool padded)
{
	unsigned v = (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0);

	*to++ = digits[v >> 18];
	*to++ = digits[v >> 12 & 63];
	if (n > 1)
		*to++ = digits[v >> 6 & 63];
	for (; padded && n < 3; n++)
		*to++ = '=';
	return to;
}

static void
encode_piece(struct buf *out, struct span piece, enum b64_kind kind)
{
	const char *digits = kind == B64_URL ? url_digits : std_digits;
	const unsigned char *p = (const unsigned char *)piece.ptr;
	size_t whole = piece.len / 3, rest = piece.len % 3;
	char *start = buf_room(out, whole * 4 + (rest && kind != B64_URL ? 4 : rest ? rest + 1 : 0)), *end;

	if (!start)
		return;
	end = encode_triples(start, p, whole, digits);
	if (rest)
		end = encode_rest(end, p + 3 * whole, rest, digits, kind != B64_URL);
	out->len += (size_t)(end - start);
	out->ptr[out->len] = '\0';
}

void
b64_encode(struct buf *out, struct span bytes, enum b64_kind kind)
{
	struct span piece = SPAN_NONE;

	while (spill_next(&bytes, &piece))
		encode_piece(out, piece, kind);
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
	struct span piece = SPAN_NONE;
	size_t digits = 0;

	while (spill_next(&text, &piece))
		for (size_t i = 0; i < piece.len; i++)
			digits += piece.ptr[i] != '=' && !skipped(piece.ptr[i], kind);
	return digits / 4 * 3 + (digits % 4 ? digits % 4 - 1 : 0);
}

/* Up to the first character that is no digit; gives how many. */
static size_t
decode_piece(struct decoder *d, struct span piece, enum b64_kind kind)
{
	size_t at = 0;

	for (; at < piece.len; at++) {
		int v = value_of((unsigned char)piece.ptr[at], kind);

		if (v >= 0)
			decoder_put(d, v);
		else if (!skipped(piece.ptr[at], kind))
			break;
	}
	return at;
}

static int
decode(struct decoder *d, struct span text, enum b64_kind kind, struct err *e)
{
	struct span rest = text, piece = SPAN_NONE;
	const char *start = d->out;
	size_t at = 0;

	while (at == (size_t)(rest.ptr - text.ptr) && spill_next(&rest, &piece)) {
		at += decode_piece(d, piece, kind);
		if (d->out - start >= SPILL_PIECE) {
			spill_leave(start, (size_t)(d->out - start));
			start = d->out;
		}
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
