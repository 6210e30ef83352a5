/* SPDX-License-Identifier: Apache-2.0 */
#include "json/node.h"

#include "base/spill.h"
#include "json/unescape.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static struct span
skip_blank(struct span s)
{
	while (s.len > 0 && is_blank(s.ptr[0]))
		s = span_from(s, 1);
	return s;
}

/* Length of the string at the start of s, both quotes included. */
static size_t
string_len(struct span s)
{
	size_t at = 1, left = 0;

	while (at < s.len) {
		size_t room = s.len - at < SPILL_PIECE ? s.len - at : SPILL_PIECE;
		const char *quote = memchr(s.ptr + at, '"', room);
		const char *escape = memchr(s.ptr + at, '\\', quote ? (size_t)(quote - s.ptr) - at : room);

		if (quote && !escape)
			return (size_t)(quote - s.ptr) + 1;
		at = escape ? (size_t)(escape - s.ptr) + 2 : at + room;
		if (at - left >= SPILL_PIECE) {
			spill_leave(s.ptr + left, at - left);
			left = at;
		}
	}
	return s.len;
}

static size_t
container_len(struct span s)
{
	size_t depth = 0, at = 0, left = 0;

	while (at < s.len) {
		char c = s.ptr[at];

		if (at - left >= SPILL_PIECE) {
			spill_leave(s.ptr + left, at - left);
			left = at;
		}
		if (c == '"') {
			at += string_len(span_from(s, at));
			continue;
		}
		at++;
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			break;
	}
	return at;
}

static size_t
word_len(struct span s)
{
	size_t at = 0;

	while (at < s.len && !is_blank(s.ptr[at]) && s.ptr[at] != ',' && s.ptr[at] != '}' &&
	    s.ptr[at] != ']')
		at++;
	return at;
}

enum json_kind
node_kind_of(char c)
{
	static const struct { char c; enum json_kind kind; } kinds[] = {
		{'n', JSON_NULL}, {'f', JSON_FALSE}, {'t', JSON_TRUE}, {'"', JSON_STRING},
		{'[', JSON_ARRAY}, {'{', JSON_OBJECT},
	};

	for (size_t i = 0; i < countof(kinds); i++)
		if (kinds[i].c == c)
			return kinds[i].kind;
	return JSON_NUMBER;
}

/* The value at the start of s. */
static struct node
first_value(struct span s)
{
	struct node v = {JSON_NULL, s};
	size_t len;

	if (s.len == 0)
		return v;
	v.kind = node_kind_of(s.ptr[0]);
	if (v.kind == JSON_STRING)
		len = string_len(s);
	else if (v.kind == JSON_ARRAY || v.kind == JSON_OBJECT)
		len = container_len(s);
	else
		len = word_len(s);
	v.raw = span_first(s, len);
	return v;
}

struct node_iter
node_iter(struct node container)
{
	struct node_iter it = {.object = container.kind == JSON_OBJECT};

	if (container.kind == JSON_OBJECT || container.kind == JSON_ARRAY)
		it.rest = span_of(container.raw.ptr + 1, container.raw.len - 2);
	return it;
}

bool
node_next(struct node_iter *it)
{
	struct span s = skip_blank(it->rest);

	if (s.len > 0 && s.ptr[0] == ',')
		s = skip_blank(span_from(s, 1));
	if (s.len == 0)
		return false;
	if (it->object) {
		size_t len = string_len(s);

		it->key = span_of(s.ptr + 1, len - 2);
		s = skip_blank(span_from(s, len));
		s = skip_blank(span_from(s, 1));
	}
	it->value = first_value(s);
	it->rest = span_from(s, it->value.raw.len);
	return true;
}

size_t
node_count(struct node container)
{
	size_t n = 0;

	for (struct node_iter it = node_iter(container); node_next(&it);)
		n++;
	return n;
}

bool
node_key_is(struct span raw_key, const char *name)
{
	char bytes[UNESCAPE_MAX];

	while (raw_key.len > 0) {
		size_t n;

		/* Keys are rarely written with escapes. */
		if (raw_key.ptr[0] != '\\') {
			if (*name == '\0' || *name++ != raw_key.ptr[0])
				return false;
			raw_key = span_from(raw_key, 1);
			continue;
		}
		n = unescape_next(&raw_key, bytes);
		for (size_t i = 0; i < n; i++, name++)
			if (*name == '\0' || *name != bytes[i])
				return false;
	}
	return *name == '\0';
}

bool
node_member(struct node v, const char *name, struct node *out)
{
	if (v.kind != JSON_OBJECT)
		return false;
	for (struct node_iter it = node_iter(v); node_next(&it);) {
		if (!node_key_is(it.key, name))
			continue;
		*out = it.value;
		return true;
	}
	return false;
}

static struct span
between_quotes(struct node v)
{
	return span_of(v.raw.ptr + 1, v.raw.len - 2);
}

struct span
node_key(struct span raw_key, struct pool *pool)
{
	char *bytes = pool_alloc(pool, raw_key.len + 1);

	return span_of(bytes, unescape_all(raw_key, bytes));
}

bool
node_string(struct node v, struct pool *pool, struct span *out)
{
	if (v.kind != JSON_STRING)
		return false;
	*out = node_key(between_quotes(v), pool);
	return true;
}

bool
node_is(struct node v, const char *s)
{
	return v.kind == JSON_STRING && node_key_is(between_quotes(v), s);
}

/* mantissa * 10^power. */
static bool
scale(uint64_t *mantissa, int64_t power)
{
	if (*mantissa == 0)
		return true;
	if (power < 0 || power > 19)
		return false;
	for (; power > 0; power--)
		if (__builtin_mul_overflow(*mantissa, 10, mantissa))
			return false;
	return true;
}

/* Digits so far, without the zeros at their end, which are counted: so that
 * 100e-2 is 1 and 1.00000000000000000000 is no overflow. */
struct digits {
	uint64_t value;
	int64_t zeros;
	size_t count;
};

static bool
is_digit(struct span s)
{
	return s.len > 0 && s.ptr[0] >= '0' && s.ptr[0] <= '9';
}

static bool
digits_read(struct digits *d, struct span *s)
{
	size_t before = d->count;

	for (; is_digit(*s); *s = span_from(*s, 1), d->count++) {
		if (s->ptr[0] == '0') {
			d->zeros += d->value != 0;
			continue;
		}
		if (!scale(&d->value, d->zeros + 1) ||
		    __builtin_add_overflow(d->value, (uint64_t)(s->ptr[0] - '0'), &d->value))
			return false;
		d->zeros = 0;
	}
	return d->count > before;
}

static bool
exponent_read(struct span *s, int64_t *power)
{
	bool negative = s->len > 1 && s->ptr[1] == '-';
	uint64_t n;

	*s = span_from(*s, negative || (s->len > 1 && s->ptr[1] == '+') ? 2 : 1);
	while (s->len > 1 && s->ptr[0] == '0')
		*s = span_from(*s, 1);
	if (!span_decimal(*s, INT32_MAX, &n))
		return false;
	*power += negative ? -(int64_t)n : (int64_t)n;
	*s = span_from(*s, s->len);
	return true;
}

static bool
to_int(uint64_t value, bool negative, int64_t *out)
{
	if (value > (uint64_t)INT64_MAX + negative)
		return false;
	*out = negative ? (int64_t)(0 - value) : (int64_t)value;
	return true;
}

/* RFC 8259 section 6, for whole numbers. */
static bool
parse_int(struct span s, int64_t *out)
{
	struct digits d = {0, 0, 0};
	bool negative = span_starts(s, "-");
	int64_t power = 0;

	s = span_from(s, negative);
	if (s.len > 1 && s.ptr[0] == '0' && s.ptr[1] >= '0' && s.ptr[1] <= '9')
		return false;
	if (!digits_read(&d, &s))
		return false;
	if (s.len > 0 && s.ptr[0] == '.') {
		size_t whole = d.count;

		s = span_from(s, 1);
		if (!digits_read(&d, &s))
			return false;
		power = -(int64_t)(d.count - whole);
	}
	if (s.len > 0 && (s.ptr[0] == 'e' || s.ptr[0] == 'E') && !exponent_read(&s, &power))
		return false;
	return s.len == 0 && scale(&d.value, power + d.zeros) && to_int(d.value, negative, out);
}

bool
node_int(struct node v, int64_t *out)
{
	if (v.kind == JSON_STRING)
		return parse_int(between_quotes(v), out);
	return v.kind == JSON_NUMBER && parse_int(v.raw, out);
}

const char *
node_kind_name(enum json_kind kind)
{
	static const char *const names[] = {
		[JSON_NULL] = "null", [JSON_FALSE] = "a boolean", [JSON_TRUE] = "a boolean",
		[JSON_NUMBER] = "a number", [JSON_STRING] = "a string", [JSON_ARRAY] = "an array",
		[JSON_OBJECT] = "an object",
	};

	return names[kind];
}
