/* SPDX-License-Identifier: Apache-2.0 */
#include "json/canon.h"

#include <math.h>
#include "codec/utf8.h"
#include "json/canonwalk.h"
#include "json/unescape.h"

enum {
	NUMBER_TEXT_MAX = 400,	/* longest that strtod is asked to read */
	DIGITS_MAX = 17,	/* of a double */
};

/* --- numbers (RFC 8785 section 3.2.2.3, ECMA-262 Number::toString) --- */

/* The fewest digits that mean v, which is positive, and where the point stands:
 * v = 0.DIGITS * 10^point. */
static int
shortest(double v, char digits[DIGITS_MAX + 1])
{
	char text[DIGITS_MAX + 16];
	size_t n = 0;

	for (int precision = 0; precision < DIGITS_MAX; precision++) {
		snprintf(text, sizeof(text), "%.*e", precision, v);
		if (strtod(text, NULL) == v)
			break;
	}
	for (const char *p = text; *p != 'e'; p++)
		if (*p != '.')
			digits[n++] = *p;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	digits[n] = '\0';
	return (int)strtol(strchr(text, 'e') + 1, NULL, 10) + 1;
}

static void
emit_zeros(struct buf *out, int count)
{
	while (count-- > 0)
		buf_add_char(out, '0');
}

static void
emit_double(struct buf *out, double v)
{
	char digits[DIGITS_MAX + 1];
	int point, len;

	if (v < 0)
		buf_add_char(out, '-');
	point = shortest(fabs(v), digits);
	len = (int)strlen(digits);
	if (point > 0 && point <= 21) {
		buf_add(out, digits, (size_t)(len < point ? len : point));
		emit_zeros(out, point - len);
		if (len > point)
			buf_printf(out, ".%s", digits + point);
	} else if (point <= 0 && point > -6) {
		buf_add_str(out, "0.");
		emit_zeros(out, -point);
		buf_add_str(out, digits);
	} else {
		buf_printf(out, len > 1 ? "%c.%s" : "%c%s", digits[0], digits + 1);
		buf_printf(out, "e%c%d", point > 0 ? '+' : '-', abs(point - 1));
	}
}

static int
emit_number(struct span raw, struct buf *out, struct err *e)
{
	char text[NUMBER_TEXT_MAX + 1];
	size_t start = out->len;
	double v;

	if (raw.len > NUMBER_TEXT_MAX)
		return err_set(e, REASON_BAD_JSON, "a number of %zu characters", raw.len);
	memcpy(text, raw.ptr, raw.len);
	text[raw.len] = '\0';
	v = strtod(text, NULL);
	if (!isfinite(v))
		return err_set(e, REASON_BAD_JSON, "the number %.64s is too large", text);
	if (v == 0)
		buf_add_char(out, '0');
	else
		emit_double(out, v);
	/* An integer means itself, and not the double next to it. */
	if (v != 0 && !strpbrk(text, ".eE") && !out->over &&
	    !span_eq(span_from(buf_span(out), start), raw))
		return err_set(e, REASON_BAD_JSON, "the integer %.64s has no canonical form", text);
	return 0;
}

/* --- strings (section 3.2.2.2) --- */

static void
emit_string(struct span raw, struct buf *out)
{
	static const char shorts[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
	    ['\r'] = 'r'};
	char c[UNESCAPE_MAX];

	buf_add_char(out, '"');
	while (raw.len) {
		size_t n = unescape_next(&raw, c);
		unsigned char first = (unsigned char)c[0];

		if (first == '"' || first == '\\')
			buf_add_char(out, '\\');
		if (first >= sizeof(shorts))
			buf_add(out, c, n);
		else if (shorts[first])
			buf_printf(out, "\\%c", shorts[first]);
		else
			buf_printf(out, "\\u%04x", first);
	}
	buf_add_char(out, '"');
}

/* --- members in order (section 3.2.3) --- */

/* One character as a number that sorts as its UTF-16 units do: those above
 * U+FFFF begin with a surrogate, which stands before U+E000. */
static uint32_t
utf16_rank(struct span *raw)
{
	char c[UNESCAPE_MAX];
	size_t n = unescape_next(raw, c);
	uint32_t cp = 0;

	/* A multi-byte character that is not escaped comes byte by byte. */
	while (!utf8_next(span_of(c, n), &cp) && n < UTF8_MAX && raw->len) {
		c[n++] = raw->ptr[0];
		*raw = span_from(*raw, 1);
	}
	if (cp > 0xffff)
		return (0xd800 + ((cp - 0x10000) >> 10)) << 16 | (0xdc00 + (cp & 0x3ff));
	return cp << 16;
}

static int
compare_keys(struct span a, struct span b)
{
	while (a.len && b.len) {
		uint32_t x = utf16_rank(&a), y = utf16_rank(&b);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return a.len ? 1 : b.len ? -1 : 0;
}

static const struct canonwalk_dialect dialect = {compare_keys, emit_string, emit_number, CANON_MEMBERS_MAX};

int
canon_emit(struct node v, struct buf *out, struct err *e)
{
	return canonwalk_emit(&dialect, v, out, e);
}
