/* SPDX-License-Identifier: Apache-2.0 */
#include "json/olpc.h"

#include "base/mem.h"
#include "json/unescape.h"

struct member { struct span key; struct node value; };

static int
compare_members(const void *a, const void *b)
{
	return unescape_cmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static void
emit_string(struct span raw, struct buf *out)
{
	char c[UNESCAPE_MAX];

	buf_add_char(out, '"');
	while (raw.len) {
		size_t n = unescape_next(&raw, c);

		if (c[0] == '"' || c[0] == '\\')
			buf_add_char(out, '\\');
		buf_add(out, c, n);
	}
	buf_add_char(out, '"');
}

/* One spelling for one number: no fraction, no exponent, no -0. */
static int
emit_number(struct span raw, struct buf *out, struct err *e)
{
	for (size_t i = raw.ptr[0] == '-'; i < raw.len; i++)
		if (raw.ptr[i] < '0' || raw.ptr[i] > '9')
			return err_set(e, REASON_BAD_JSON, "the number %.*s is not whole", SPAN_FMT(span_first(raw, 64)));
	if (span_is(raw, "-0"))
		return err_set(e, REASON_BAD_JSON, "the number -0");
	buf_add_span(out, raw);
	return 0;
}

static int
emit_scalar(struct node v, struct buf *out, struct err *e)
{
	if (v.kind == JSON_NUMBER)
		return emit_number(v.raw, out, e);
	if (v.kind == JSON_STRING)
		emit_string(span_of(v.raw.ptr + 1, v.raw.len - 2), out);
	else
		buf_add_span(out, v.raw);
	return 0;
}

/* The members of an object in order; to be freed. */
static struct member *
sorted_members(struct node v, size_t count)
{
	struct member *members = xcalloc(count + 1, sizeof(*members));
	size_t n = 0;

	for (struct node_iter it = node_iter(v); node_next(&it); n++)
		members[n] = (struct member){it.key, it.value};
	qsort(members, count, sizeof(*members), compare_members);
	return members;
}

static int
emit_value(struct node v, struct buf *out, struct err *e)
{
	struct member *members;
	bool more = false;
	size_t count;
	int rc = 0;

	if (v.kind != JSON_OBJECT && v.kind != JSON_ARRAY)
		return emit_scalar(v, out, e);
	if (v.kind == JSON_ARRAY) {
		buf_add_char(out, '[');
		for (struct node_iter it = node_iter(v); rc == 0 && node_next(&it); more = true) {
			if (more)
				buf_add_char(out, ',');
			rc = emit_value(it.value, out, e);
		}
		buf_add_char(out, ']');
		return rc;
	}
	count = node_count(v);
	if (count > OLPC_MEMBERS_MAX)
		return err_set(e, REASON_TOO_LARGE, "an object of %zu members", count);
	members = sorted_members(v, count);
	buf_add_char(out, '{');
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (i)
			buf_add_char(out, ',');
		emit_string(members[i].key, out);
		buf_add_char(out, ':');
		rc = emit_value(members[i].value, out, e);
	}
	buf_add_char(out, '}');
	free(members);
	return rc;
}

int
olpc_emit(struct node v, struct buf *out, struct err *e)
{
	return emit_value(v, out, e) ? -1 : buf_check(out, "the canonical form", e);
}
