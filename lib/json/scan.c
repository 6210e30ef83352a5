/* SPDX-License-Identifier: Apache-2.0 */
#include "json/scan.h"

#include "base/mem.h"
#include "base/spill.h"
#include "codec/utf8.h"
#include "json/unescape.h"

/* A member's name: where its raw text starts, and a hash of what it means. */
struct mark {
	uint32_t at, hash;
};

struct scan {
	const char *start, *p, *end;
	const char *left;	/* what stands before it has left (base/spill.h) */
	size_t nodes;
	size_t depth;
	struct level {
		bool object;
		size_t first;	/* of its marks */
	} levels[JSON_DEPTH_MAX];
	VEC(struct mark) marks;
	struct err *e;
};

static int
bad(struct scan *s, const char *at, const char *what)
{
	return err_set(s->e, REASON_BAD_JSON, "no JSON: %s at byte %zu", what,
	    (size_t)(at - s->start));
}

/* p is where something else was wanted. */
static int
bad_expected(struct scan *s, const char *what)
{
	size_t at = (size_t)(s->p - s->start);
	unsigned char c;

	if (s->p == s->end)
		return err_set(s->e, REASON_BAD_JSON,
		    "no JSON: %s expected at byte %zu, where the text ends",
		    what, at);
	c = (unsigned char)*s->p;
	if (c > 0x20 && c < 0x7f)
		return err_set(s->e, REASON_BAD_JSON,
		    "no JSON: %s expected at byte %zu, found '%c'", what, at, c);
	return err_set(s->e, REASON_BAD_JSON, "no JSON: %s expected at byte %zu, found byte 0x%02x",
	    what, at, c);
}

static void
skip_blank(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t'))
		s->p++;
}

static void
leave_behind(struct scan *s)
{
	if (s->p - s->left < SPILL_PIECE)
		return;
	spill_leave(s->left, (size_t)(s->p - s->left));
	s->left = s->p;
}

static bool
next_is(const struct scan *s, char c)
{
	return s->p < s->end && *s->p == c;
}

/* Whether none of 8 bytes is a quote, a backslash, a control character or not
 * ASCII. A borrow can only come out of a byte that is a hit itself. */
static bool
eight_plain(const char *p)
{
	const uint64_t ones = 0x0101010101010101u;
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return (((w - ones * 0x20) | ((w ^ ones * '"') - ones) | ((w ^ ones * '\\') - ones) | w) &
	    ones * 0x80) == 0;
}

/* The value of four hexadecimal digits behind \u, or -1. */
static int32_t
hex_unit(const struct scan *s, const char *p)
{
	int32_t v = 0;

	if (s->end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		char c = p[i];

		v <<= 4;
		if (c >= '0' && c <= '9')
			v |= c - '0';
		else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
			v |= (c | 0x20) - 'a' + 10;
		else
			return -1;
	}
	return v;
}

static int
check_unicode(struct scan *s)
{
	int32_t unit = hex_unit(s, s->p), low;

	if (unit < 0)
		return bad(s, s->p, "an escape without four hexadecimal digits");
	if (unit < 0xd800 || unit > 0xdfff) {
		s->p += 6;
		return 0;
	}
	low = hex_unit(s, s->p + 6);
	if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return bad(s, s->p, "an unpaired surrogate");
	s->p += 12;
	return 0;
}

static int
check_escape(struct scan *s)
{
	if (s->end - s->p < 2)
		return bad(s, s->p, "an unfinished escape");
	if (s->p[1] == 'u')
		return check_unicode(s);
	if (s->p[1] == '\0' || !strchr("\"\\/bfnrt", s->p[1]))
		return bad(s, s->p, "an unknown escape");
	s->p += 2;
	return 0;
}

static int
check_wide(struct scan *s)
{
	size_t n = utf8_next(span_of(s->p, (size_t)(s->end - s->p)), NULL);

	if (n == 0)
		return bad(s, s->p, "a byte that is not UTF-8");
	s->p += n;
	return 0;
}

/* p stands at the opening quote, and afterwards behind the closing one. */
static int
check_string(struct scan *s)
{
	const char *open = s->p++;

	for (;;) {
		const char *pause = s->end - s->p > SPILL_PIECE ? s->p + SPILL_PIECE : s->end;
		unsigned char c;
		int rc = 0;

		while (pause - s->p >= 8 && eight_plain(s->p))
			s->p += 8;
		leave_behind(s);
		if (s->p == s->end)
			return bad(s, open, "a string without an end");
		c = (unsigned char)*s->p;
		if (c == '"')
			break;
		if (c < 0x20)
			return bad(s, s->p, "a control character in a string");
		if (c == '\\')
			rc = check_escape(s);
		else if (c >= 0x80)
			rc = check_wide(s);
		else
			s->p++;
		if (rc != 0)
			return rc;
	}
	s->p++;
	return 0;
}

static int
check_digits(struct scan *s)
{
	const char *first = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return s->p > first ? 0 : bad_expected(s, "a digit");
}

static int
check_number(struct scan *s)
{
	if (next_is(s, '-'))
		s->p++;
	if (next_is(s, '0'))
		s->p++;
	else if (check_digits(s) != 0)
		return -1;
	if (next_is(s, '.')) {
		s->p++;
		if (check_digits(s) != 0)
			return -1;
	}
	if (next_is(s, 'e') || next_is(s, 'E')) {
		s->p++;
		if (next_is(s, '+') || next_is(s, '-'))
			s->p++;
		return check_digits(s);
	}
	return 0;
}

/* Anything but an array or an object. */
static int
check_scalar(struct scan *s)
{
	static const char *const words[] = {"true", "false", "null"};
	struct span rest = span_of(s->p, (size_t)(s->end - s->p));

	if (next_is(s, '"'))
		return check_string(s);
	if (next_is(s, '-') || (s->p < s->end && *s->p >= '0' && *s->p <= '9'))
		return check_number(s);
	for (size_t i = 0; i < countof(words); i++) {
		if (!span_starts(rest, words[i]))
			continue;
		s->p += strlen(words[i]);
		return 0;
	}
	if (span_starts(rest, "\xef\xbb\xbf"))
		return bad(s, s->p, "a byte order mark");
	return bad_expected(s, "a value");
}

static struct span
mark_text(const char *start, const struct mark *m)
{
	const char *p = start + m->at, *q = p;

	while (*q != '"')
		q += *q == '\\' ? 2 : 1;
	return span_of(p, (size_t)(q - p));
}

/* By hash first, so that names are rarely read again; by meaning then, so that
 * equal hashes made on purpose cost no more than a sort. */
static int
mark_cmp(const void *a, const void *b, void *start)
{
	const struct mark *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return unescape_cmp(mark_text(start, x), mark_text(start, y));
}

static int
bad_repeated(struct scan *s, const struct mark *a, const struct mark *b)
{
	const struct mark *second = a->at > b->at ? a : b;
	struct span name = span_first(mark_text(s->start, second), 100);

	return err_set(s->e, REASON_BAD_JSON, "no JSON: member \"%.*s\" repeated at byte %zu",
	    SPAN_FMT(name),
	    (size_t)second->at - 1);
}

/* Judges the names of the object that ends here, and forgets them. */
static int
check_names(struct scan *s, size_t first)
{
	struct mark *marks = s->marks.items + first;
	size_t count = s->marks.count - first;

	s->marks.count = first;
	if (count < 2)
		return 0;
	if (count <= 8) {
		for (size_t i = 1; i < count; i++)
			for (size_t k = 0; k < i; k++)
				if (mark_cmp(&marks[k], &marks[i],
				    (void *)(uintptr_t)s->start) == 0)
					return bad_repeated(s, &marks[k], &marks[i]);
		return 0;
	}
	qsort_r(marks, count, sizeof(*marks), mark_cmp, (void *)(uintptr_t)s->start);
	for (size_t i = 1; i < count; i++)
		if (mark_cmp(&marks[i - 1], &marks[i], (void *)(uintptr_t)s->start) == 0)
			return bad_repeated(s, &marks[i - 1], &marks[i]);
	return 0;
}

/* A name and its colon. */
static int
check_key(struct scan *s)
{
	const char *name;
	struct span raw;

	skip_blank(s);
	if (!next_is(s, '"'))
		return bad_expected(s, "a member's name in quotes");
	name = s->p + 1;
	if (check_string(s) != 0)
		return -1;
	raw = span_of(name, (size_t)(s->p - name) - 1);
	*VEC_PUSH(&s->marks) = (struct mark){(uint32_t)(name - s->start), unescape_hash(raw)};
	skip_blank(s);
	if (!next_is(s, ':'))
		return bad_expected(s, "':'");
	s->p++;
	return 0;
}

/* Goes into the array or object that p stands at. Gives 1 if it is empty, and
 * is closed already. */
static int
enter(struct scan *s)
{
	bool object = *s->p == '{';

	if (s->depth == JSON_DEPTH_MAX)
		return err_set(s->e, REASON_TOO_LARGE,
		    "JSON nested deeper than %d levels at byte %zu",
		    JSON_DEPTH_MAX, (size_t)(s->p - s->start));
	s->p++;
	skip_blank(s);
	if (next_is(s, object ? '}' : ']')) {
		s->p++;
		return 1;
	}
	s->levels[s->depth++] = (struct level){object, s->marks.count};
	return object ? check_key(s) : 0;
}

/* After a value: out of what ends here, up to the next value. Gives 1 when the
 * outermost value is complete. */
static int
leave(struct scan *s)
{
	while (s->depth > 0) {
		const struct level *l = &s->levels[s->depth - 1];

		skip_blank(s);
		if (next_is(s, ',')) {
			s->p++;
			return l->object ? check_key(s) : 0;
		}
		if (!next_is(s, l->object ? '}' : ']'))
			return bad_expected(s, l->object ? "',' or '}'" : "',' or ']'");
		if (l->object && check_names(s, l->first) != 0)
			return -1;
		s->p++;
		s->depth--;
	}
	return 1;
}

/* p stands before a value, and afterwards behind it. */
static int
check_value(struct scan *s)
{
	for (;;) {
		int rc;

		skip_blank(s);
		leave_behind(s);
		if (++s->nodes > JSON_NODES_MAX)
			return err_set(s->e, REASON_TOO_LARGE, "JSON with more than %d values",
			    JSON_NODES_MAX);
		if (next_is(s, '{') || next_is(s, '[')) {
			rc = enter(s);
			if (rc == 0)
				continue;
		} else {
			rc = check_scalar(s);
		}
		if (rc >= 0)
			rc = leave(s);
		if (rc != 0)
			return rc < 0 ? -1 : 0;
	}
}

/* Where brackets end one value and begin the next nothing need stand between. */
static bool
is_parted(const char *end)
{
	return (end[-1] == '}' || end[-1] == ']') && (*end == '{' || *end == '[');
}

int
scan_value(struct span text, struct node *value, struct span *rest, struct err *e)
{
	const char *first = text.len > 0 ? text.ptr : "";
	struct scan s = {.start = first, .p = first, .left = first, .end = first + text.len, .e = e};
	int rc;

	if (text.len > JSON_TEXT_MAX)
		return err_set(e, REASON_TOO_LARGE, "JSON of more than %zu bytes", JSON_TEXT_MAX);
	skip_blank(&s);
	first = s.p;
	rc = check_value(&s);
	VEC_FREE(&s.marks);
	if (rc != 0)
		return -1;
	*value = (struct node){node_kind_of(*first), span_of(first, (size_t)(s.p - first))};
	first = s.p;
	skip_blank(&s);
	if (s.p < s.end && s.p == first && !is_parted(first))
		return bad_expected(&s, "white space or the end");
	*rest = span_of(s.p, (size_t)(s.end - s.p));
	return 0;
}

int
scan_document(struct span text, struct node *root, struct err *e)
{
	struct span rest;

	if (scan_value(text, root, &rest, e) != 0)
		return -1;
	if (rest.len > 0)
		return err_set(e, REASON_BAD_JSON,
		    "no JSON: something follows the value at byte %zu",
		    (size_t)(rest.ptr - text.ptr));
	return 0;
}
