/* SPDX-License-Identifier: Apache-2.0 */
#include "json/canonwalk.h"

#include "base/mem.h"

struct member { struct span key; struct node value; };

static int
compare_members(const void *a, const void *b, void *dialect)
{
	const struct canonwalk_dialect *d = dialect;

	return d->compare(((const struct member *)a)->key, ((const struct member *)b)->key);
}

/* The members of an object in order; to be freed. */
static struct member *
sorted_members(const struct canonwalk_dialect *d, struct node v, size_t count)
{
	struct member *members = xcalloc(count + 1, sizeof(*members));
	size_t i = 0;

	for (struct node_iter it = node_iter(v); node_next(&it); i++)
		members[i] = (struct member){it.key, it.value};
	qsort_r(members, count, sizeof(*members), compare_members, (void *)(uintptr_t)d);
	return members;
}

static int
emit_scalar(const struct canonwalk_dialect *d, struct node v, struct buf *out, struct err *e)
{
	if (v.kind == JSON_NUMBER)
		return d->number(v.raw, out, e);
	if (v.kind == JSON_STRING)
		d->string(span_of(v.raw.ptr + 1, v.raw.len - 2), out);
	else
		buf_add_span(out, v.raw);
	return 0;
}

static int
emit_value(const struct canonwalk_dialect *d, struct node v, struct buf *out, struct err *e)
{
	struct member *members;
	size_t count;
	int rc = 0;

	if (v.kind != JSON_OBJECT && v.kind != JSON_ARRAY)
		return emit_scalar(d, v, out, e);
	if (v.kind == JSON_ARRAY) {
		bool more = false;

		buf_add_char(out, '[');
		for (struct node_iter it = node_iter(v); rc == 0 && node_next(&it); more = true) {
			if (more)
				buf_add_char(out, ',');
			rc = emit_value(d, it.value, out, e);
		}
		buf_add_char(out, ']');
		return rc;
	}
	count = node_count(v);
	if (count > d->members_max)
		return err_set(e, REASON_TOO_LARGE, "an object of %zu members", count);
	members = sorted_members(d, v, count);
	buf_add_char(out, '{');
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (i)
			buf_add_char(out, ',');
		d->string(members[i].key, out);
		buf_add_char(out, ':');
		rc = emit_value(d, members[i].value, out, e);
	}
	buf_add_char(out, '}');
	free(members);
	return rc;
}

int
canonwalk_emit(const struct canonwalk_dialect *d, struct node v, struct buf *out, struct err *e)
{
	return emit_value(d, v, out, e) ? -1 : buf_check(out, "the canonical form", e);
}
