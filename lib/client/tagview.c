/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tagview.h"

void
tagview_release(struct tagview *v)
{
	VEC_FREE(&v->known);
	VEC_FREE(&v->dropped);
	pool_release(&v->pool);
}

static bool
has_pair(const struct shape_map *m, const struct shape_pair *p)
{
	for (size_t i = 0; i < m->count; i++)
		if (span_eq(m->pairs[i].key, p->key) && span_eq(m->pairs[i].value, p->value))
			return true;
	return false;
}

bool
tagview_same(const struct tagview *v, const struct desc *a, const struct desc *b)
{
	if (!span_eq(a->digest, b->digest))
		return false;
	if (v->index)
		return true;
	for (size_t i = 0; i < a->annotations.count; i++)
		if (!has_pair(&b->annotations, &a->annotations.pairs[i]))
			return false;
	return a->annotations.count == b->annotations.count;
}

bool
tagview_has(const struct desc *list, size_t count, const struct tagview *v, const struct desc *d)
{
	for (size_t i = 0; i < count; i++)
		if (tagview_same(v, &list[i], d))
			return true;
	return false;
}

int
tagview_add(struct tagview *v, const struct desc *d, struct err *e)
{
	if (tagview_has(v->known.items, v->known.count, v, d) || tagview_has(v->dropped.items, v->dropped.count, v, d))
		return 0;
	if (v->known.count == INDEX_ENTRIES_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d signatures in the list", INDEX_ENTRIES_MAX);
	*VEC_PUSH(&v->known) = desc_copy(d, &v->pool);
	return 0;
}

void
tagview_drop(struct tagview *v, const struct desc *d)
{
	if (!tagview_has(v->dropped.items, v->dropped.count, v, d))
		*VEC_PUSH(&v->dropped) = desc_copy(d, &v->pool);
}

void
tagview_forget(struct tagview *v, const struct desc *d)
{
	size_t kept = 0;

	tagview_drop(v, d);
	for (size_t i = 0; i < v->known.count; i++)
		if (!tagview_same(v, &v->known.items[i], d))
			v->known.items[kept++] = v->known.items[i];
	v->known.count = kept;
}

bool
tagview_is_missing(const struct tagview *v, const struct desc *list, size_t count)
{
	for (size_t i = 0; i < v->known.count; i++)
		if (!tagview_has(list, count, v, &v->known.items[i]))
			return true;
	return false;
}

bool
tagview_is_dirty(const struct tagview *v, const struct desc *list, size_t count)
{
	for (size_t i = 0; i < v->dropped.count; i++)
		if (tagview_has(list, count, v, &v->dropped.items[i]))
			return true;
	return false;
}

static int
by_digest(const void *a, const void *b)
{
	const struct desc *x = a, *y = b;
	int rc = span_cmp(x->digest, y->digest);

	if (rc)
		return rc;
	/* Layers of one payload differ in their signature. */
	return span_cmp(desc_annotation(x, ANNOTATION_SIGNATURE), desc_annotation(y, ANNOTATION_SIGNATURE));
}

size_t
tagview_merge(const struct tagview *v, const struct desc *list, size_t count, struct pool *pool, struct desc **out)
{
	struct desc *all = pool_array(pool, count + v->known.count + 1, sizeof(*all));
	size_t n = 0, kept;

	for (size_t i = 0; i < count; i++)
		if (!tagview_has(v->dropped.items, v->dropped.count, v, &list[i]))
			all[n++] = list[i];
	kept = n;
	for (size_t i = 0; i < v->known.count; i++)
		if (!tagview_has(all, kept, v, &v->known.items[i]))
			all[n++] = v->known.items[i];
	qsort(all + kept, n - kept, sizeof(*all), by_digest);
	*out = all;
	return n;
}
