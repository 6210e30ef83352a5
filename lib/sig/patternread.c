/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/patternread.h"

#include "codec/utf8.h"

struct reader {
	struct span text;	/* all of it */
	size_t at;
	struct buf *out;
	struct err *e;
	unsigned depth;		/* of open groups */
	bool repeatable;	/* something stands before a repetition */
	bool repeated;		/* that is a repetition itself */
};

static int
refuse(const struct reader *r, size_t at, const char *what)
{
	err_set(r->e, REASON_USAGE, "the regular expression has %s", what);
	err_found(r->e, "%.*s at byte %zu", SPAN_FMT(span_first(span_from(r->text, at), 32)), at);
	return err_hint(r->e, "the syntax is RE2's, see https://github.com/google/re2/wiki/Syntax");
}

static struct span
rest(const struct reader *r)
{
	return span_from(r->text, r->at);
}

/* The byte there, 0 at the end: a pattern with a NUL inside is refused. */
static char
peek(const struct reader *r, size_t ahead)
{
	return r->at + ahead < r->text.len ? r->text.ptr[r->at + ahead] : '\0';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void
put(struct reader *r, size_t count)
{
	buf_add(r->out, r->text.ptr + r->at, count);
	r->at += count;
}

static void
atom(struct reader *r)
{
	r->repeatable = true;
	r->repeated = false;
}

/* One code point, as itself whatever it means to PCRE2. */
static void
put_literal(struct reader *r)
{
	size_t n = utf8_next(rest(r), NULL);

	if (n == 1 && !is_digit(peek(r, 0)) && !is_letter(peek(r, 0)) && (unsigned char)peek(r, 0) > ' ')
		buf_add_char(r->out, '\\');
	put(r, n);
}

static int
put_code_point(struct reader *r, size_t start, uint32_t cp)
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return refuse(r, start, "an escape that is no character");
	buf_printf(r->out, "\\x{%x}", cp);
	return 0;
}

/* \123, \07: octal; one digit that is not 0 would be a back-reference. */
static int
read_octal(struct reader *r)
{
	size_t start = r->at++;
	uint32_t cp = 0;
	unsigned count;

	if (peek(r, 0) != '0' && (peek(r, 1) < '0' || peek(r, 1) > '7'))
		return refuse(r, start, "a back-reference");
	for (count = 0; count < 3 && peek(r, 0) >= '0' && peek(r, 0) <= '7'; count++, r->at++)
		cp = cp * 8 + (uint32_t)(peek(r, 0) - '0');
	return put_code_point(r, start, cp);
}

static int
hex_value(char c)
{
	return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* \x41, \x{10FFFF} */
static int
read_hex(struct reader *r)
{
	size_t start = r->at, count = 0;
	bool braces = peek(r, 2) == '{';
	uint32_t cp = 0;

	r->at += braces ? 3 : 2;
	for (; count < (braces ? 8 : 2) && hex_value(peek(r, 0)) >= 0; count++, r->at++)
		cp = cp * 16 + (uint32_t)hex_value(peek(r, 0));
	if (count == 0 || (!braces && count != 2) || (braces && peek(r, 0) != '}'))
		return refuse(r, start, "a malformed \\x");
	r->at += braces;
	return put_code_point(r, start, cp);
}

/* \pL, \p{Greek}, \p{^Greek} */
static int
read_property(struct reader *r)
{
	size_t len = 3;

	if (peek(r, 2) == '{') {
		len += peek(r, 3) == '^';
		for (size_t name = len; is_letter(peek(r, len)) || peek(r, len) == '_'; len++)
			if (len - name > 32)
				break;
		if (peek(r, len++) != '}')
			return refuse(r, r->at, "a malformed class name");
	} else if (!is_letter(peek(r, 2))) {
		return refuse(r, r->at, "a malformed class name");
	}
	put(r, len);
	return 0;
}

/* What may follow a backslash everywhere. */
static int
read_escape(struct reader *r)
{
	char c = peek(r, 1);

	if (is_digit(c))
		return c > '7' ? refuse(r, r->at, "a back-reference") : read_octal(r);
	if (c == 'x')
		return read_hex(r);
	if (c == 'p' || c == 'P')
		return read_property(r);
	if (c == 'v') {		/* one character; PCRE2 has a class there */
		r->at += 2;
		return put_code_point(r, r->at, 0x0b);
	}
	if (c == '\0' || (unsigned char)c >= 0x80 || (is_letter(c) && !strchr("afnrtdDsSwW", c)))
		return refuse(r, r->at, "an escape that is unknown");
	put(r, 2);
	return 0;
}

static int
read_quoted(struct reader *r)
{
	r->at += 2;
	while (r->at < r->text.len && !span_starts(rest(r), "\\E")) {
		put_literal(r);
		atom(r);
	}
	r->at += r->at < r->text.len ? 2 : 0;
	return 0;
}

static int
read_backslash(struct reader *r)
{
	char c = peek(r, 1);

	if (c == 'Q')
		return read_quoted(r);
	atom(r);
	if (c && strchr("AbBz", c)) {
		put(r, 2);
		return 0;
	}
	return read_escape(r);
}

/* [[:alpha:]] and [[:^alpha:]]; PCRE2 refuses names that are none. */
static size_t
posix_length(const struct reader *r)
{
	size_t len = 2;

	if (peek(r, 1) != ':')
		return 0;
	len += peek(r, 2) == '^';
	while (is_letter(peek(r, len)))
		len++;
	return peek(r, len) == ':' && peek(r, len + 1) == ']' ? len + 2 : 0;
}

static int
read_class(struct reader *r)
{
	size_t start = r->at, len;
	bool first = true;

	put(r, peek(r, 1) == '^' ? 2 : 1);
	for (; first || peek(r, 0) != ']'; first = false) {
		if (r->at >= r->text.len)
			return refuse(r, start, "a class that does not end");
		if (peek(r, 0) == '\\') {
			if (read_escape(r))
				return -1;
			continue;
		}
		len = peek(r, 0) == '[' ? posix_length(r) : 0;
		if (len)
			put(r, len);
		else if (peek(r, 0) == '-')
			put(r, 1);
		else
			put_literal(r);
	}
	put(r, 1);
	atom(r);
	return 0;
}

/* (?i), (?s-U:, as far as the bracket or colon. */
static int
read_flags(struct reader *r, size_t start)
{
	bool minus = false, some = false;

	buf_add_str(r->out, "(?");
	for (;; r->at++) {
		char c = peek(r, 0);

		if (c && strchr("imsU", c))
			some = true;
		else if (c == '-' && !minus)
			minus = true, some = false;
		else
			break;
		buf_add_char(r->out, c);
	}
	if ((minus && !some) || (peek(r, 0) != ')' && peek(r, 0) != ':'))
		return refuse(r, start, "a group that is unknown (look-around and conditions are)");
	if (peek(r, 0) == ':')
		r->depth++;
	else if (!some)
		return refuse(r, start, "a group that is unknown");
	put(r, 1);
	r->repeatable = false;
	return 0;
}

/* (?P<name> and (?<name>: names are of no use here. */
static int
read_name(struct reader *r, size_t start)
{
	size_t len = peek(r, 0) == 'P' ? 2 : 1, name = len;

	while (is_letter(peek(r, len)) || is_digit(peek(r, len)) || peek(r, len) == '_')
		len++;
	if (len == name || peek(r, len) != '>')
		return refuse(r, start, "a malformed group name, or look-behind");
	r->at += len + 1;
	r->depth++;
	buf_add_str(r->out, "(?:");
	return 0;
}

static int
read_group(struct reader *r)
{
	size_t start = r->at;

	r->repeatable = false;
	if (r->depth == PATTERNREAD_DEPTH_MAX)
		return refuse(r, start, "too many groups inside each other");
	if (peek(r, 1) != '?') {
		r->at++;
		r->depth++;
		buf_add_str(r->out, "(?:");
		return 0;
	}
	r->at += 2;
	if (peek(r, 0) == '<' || (peek(r, 0) == 'P' && peek(r, 1) == '<'))
		return read_name(r, start);
	return read_flags(r, start);
}

static int
read_end_of_group(struct reader *r)
{
	if (r->depth == 0)
		return refuse(r, r->at, "a bracket that was not opened");
	r->depth--;
	put(r, 1);
	atom(r);
	return 0;
}

/* Length of {n}, {n,} or {n,m}; 0 for a brace that means itself. */
static int
braces_length(const struct reader *r, size_t *len)
{
	uint64_t n[2] = {0, 0};
	size_t at = 1, from;

	*len = 0;
	for (int i = 0; i < 2; i++) {
		for (from = at; is_digit(peek(r, at));)
			at++;
		if (at == from && i == 0)
			return 0;
		if (at > from && !span_decimal(span_first(span_from(rest(r), from), at - from), PATTERNREAD_REPEAT_MAX, &n[i]))
			n[i] = PATTERNREAD_REPEAT_MAX + 1;
		if (at == from)
			n[i] = UINT64_MAX;
		if (i == 0 && peek(r, at) == '}') {
			n[1] = n[0];
			break;
		}
		if (i == 0 && peek(r, at++) != ',')
			return 0;
	}
	if (peek(r, at) != '}')
		return 0;
	if (n[0] > PATTERNREAD_REPEAT_MAX || (n[1] != UINT64_MAX && n[1] > PATTERNREAD_REPEAT_MAX) || n[0] > n[1])
		return refuse(r, r->at, "a repetition that is too large or backwards");
	*len = at + 1;
	return 0;
}

static int
read_repetition(struct reader *r, size_t len)
{
	if (!r->repeatable)
		return refuse(r, r->at, "a repetition of nothing");
	if (r->repeated)
		return refuse(r, r->at, "a repetition of a repetition");
	put(r, len);
	if (peek(r, 0) == '?')
		put(r, 1);
	r->repeated = true;
	return 0;
}

static int
read_brace(struct reader *r)
{
	size_t len;

	if (braces_length(r, &len))
		return -1;
	if (len)
		return read_repetition(r, len);
	put_literal(r);
	atom(r);
	return 0;
}

static int
read_one(struct reader *r)
{
	switch (peek(r, 0)) {
	case '\\':
		return read_backslash(r);
	case '[':
		return read_class(r);
	case '(':
		return read_group(r);
	case ')':
		return read_end_of_group(r);
	case '*':
	case '+':
	case '?':
		return read_repetition(r, 1);
	case '{':
		return read_brace(r);
	case '|':
		put(r, 1);
		r->repeatable = false;
		return 0;
	case '^':
	case '$':
	case '.':
		put(r, 1);
		break;
	default:
		put_literal(r);
		break;
	}
	atom(r);
	return 0;
}

int
patternread(struct span text, struct buf *out, struct err *e)
{
	struct reader r = {.text = text, .out = out, .e = e};

	if (!utf8_is_valid(text) || memchr(text.ptr, '\0', text.len))
		return err_set(e, REASON_USAGE, "the regular expression is not text in UTF-8");
	while (r.at < text.len)
		if (read_one(&r))
			return -1;
	if (r.depth)
		return refuse(&r, text.len, "a group that does not end");
	return buf_check(out, "the regular expression", e);
}
