/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/optvalue.h"

#include <errno.h>
#include "base/date.h"

void
optvalue_append(struct opt_list *list, const char *item, struct pool *pool)
{
	size_t n = list->count;

	/* Room is the next power of two, so a full one is known by its count. */
	if ((n & (n - 1)) == 0) {
		const char **items = pool_array(pool, n ? n * 2 : 1, sizeof(*items));

		if (n)
			memcpy(items, list->items, n * sizeof(*items));
		list->items = items;
	}
	list->items[list->count++] = item;
}

/* Go's strconv.ParseBool. */
static bool
parse_bool(const char *text, bool *out)
{
	static const char *const words[] = {"0", "f", "F", "false", "FALSE", "False",
		"1", "t", "T", "true", "TRUE", "True"};

	for (size_t i = 0; i < countof(words); i++) {
		if (strcmp(text, words[i]) == 0) {
			*out = i >= countof(words) / 2;
			return true;
		}
	}
	return false;
}

static int
wrong(const char *what, const char *text, struct err *e)
{
	err_set(e, REASON_USAGE, "not a usable value");
	err_expected(e, "%s", what);
	return err_found(e, "'%.80s'", text);
}

static int
set_int(const char *text, int64_t *out, struct err *e)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(text, &end, 0);
	if (errno || end == text || *end || !((text[0] >= '0' && text[0] <= '9') || text[0] == '-' || text[0] == '+'))
		return wrong("an integer", text, e);
	*out = v;
	return 0;
}

/* Where the quoted item at the start of s ends: behind its last quote; 0 when
 * there is none. */
static size_t
quoted_len(struct span s)
{
	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] != '"')
			continue;
		if (i + 1 == s.len || s.ptr[i + 1] != '"')
			return i + 1;
		i++;
	}
	return 0;
}

static const char *
unquote(struct span s, struct pool *pool)
{
	char *out = pool_alloc(pool, s.len);
	size_t n = 0;

	for (size_t i = 1; i + 1 < s.len; i++) {
		out[n++] = s.ptr[i];
		i += s.ptr[i] == '"';
	}
	return out;
}

/* One field of a line of comma-separated values, as Go's encoding/csv takes
 * it: quotes only around a whole field, doubled inside. */
static int
csv_field(struct span *rest, struct pool *pool, const char **item, struct err *e)
{
	const char *start = rest->ptr;
	size_t len;

	if (start[0] != '"') {
		struct span field = span_cut(rest, ',');

		if (span_find(field, '"') >= 0)
			return wrong("a quoted list item to start with its quote", start, e);
		*item = pool_str(pool, field);
		return 0;
	}
	len = quoted_len(*rest);
	if (!len || (len < rest->len && start[len] != ','))
		return wrong("a quoted list item, then a comma or the end", start, e);
	*item = unquote(span_first(*rest, len), pool);
	*rest = len < rest->len ? span_of(start + len + 1, rest->len - len - 1) : SPAN_NONE;
	return 0;
}

static int
set_csv(const char *text, struct opt_list *list, struct pool *pool, struct err *e)
{
	struct opt_list all = *list;
	struct span rest = span_str(text);
	const char *item = NULL;

	if (!*text)
		return 0;
	/* A comma at the end leaves an empty item, with rest.ptr still set. */
	while (rest.ptr) {
		if (rest.len == 0) {
			optvalue_append(&all, "", pool);
			break;
		}
		if (csv_field(&rest, pool, &item, e))
			return -1;
		optvalue_append(&all, item, pool);
	}
	*list = all;
	return 0;
}

static bool
is_word(const char *words, const char *text)
{
	struct span rest = span_str(words);

	while (rest.ptr)
		if (span_is(span_cut(&rest, '|'), text))
			return true;
	return false;
}

int
optvalue_set(const struct opt *o, void *field, bool first, const char *text, struct pool *pool, struct err *e)
{
	struct opt_list list = {NULL, 0};

	if (o->words && *text && !is_word(o->words, text))
		return wrong(o->words, text, e);
	switch (o->kind) {
	case OPT_KIND_STR:
		*(const char **)field = text;
		return 0;
	case OPT_KIND_FLAG:
		return parse_bool(text, field) ? 0 : wrong("true or false", text, e);
	case OPT_KIND_INT:
		return set_int(text, field, e);
	case OPT_KIND_DURATION:
		return date_duration(span_str(text), field, e);
	case OPT_KIND_LIST:
	case OPT_KIND_CSV:
		if (!first)
			list = *(struct opt_list *)field;
		if (o->kind == OPT_KIND_LIST)
			optvalue_append(&list, text, pool);
		else if (set_csv(text, &list, pool, e))
			return -1;
		*(struct opt_list *)field = list;
		return 0;
	default:
		return wrong("no value", text, e);
	}
}

bool
optvalue_is_default(const struct opt *o, const char *text)
{
	bool value, def = false;

	if (o->kind == OPT_KIND_FLAG && parse_bool(text, &value))
		return (!o->def || parse_bool(o->def, &def)) && value == def;
	return strcmp(text, o->def ? o->def : "") == 0;
}
