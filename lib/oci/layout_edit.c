/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/layout.h"

void
layout_edit_add(struct layout_edit *edit, const struct desc *d)
{
	for (size_t i = 0; i < edit->list.count; i++)
		if (span_eq(edit->list.items[i].digest, d->digest) &&
		    span_eq(layout_find_name(&edit->list.items[i]), layout_find_name(d)))
			return;
	*VEC_PUSH(&edit->list) = desc_copy(d, &edit->pool);
	edit->changed = true;
}

static struct desc
with_name(const struct desc *d, const char *name, struct pool *pool)
{
	struct desc c = desc_copy(d, pool);
	struct shape_pair *pairs = pool_array(pool, c.annotations.count + 1, sizeof(*pairs));
	size_t n = 0;

	for (size_t i = 0; i < c.annotations.count; i++)
		if (!span_is(c.annotations.pairs[i].key, ANNOTATION_REF_NAME))
			pairs[n++] = c.annotations.pairs[i];
	pairs[n++] = (struct shape_pair){SPAN(ANNOTATION_REF_NAME), pool_span(pool, span_str(name))};
	c.annotations = (struct shape_map){pairs, n};
	c.raw = SPAN_NONE;
	return c;
}

/* The old entry's JSON with the new type, size and digest. */
static struct span
exchange(const struct desc *old, const struct desc *d, struct pool *pool)
{
	AUTO(buf) struct buf out = BUF_INIT(LAYOUT_INDEX_MAX);
	struct node object = {JSON_OBJECT, old->raw};
	const char *at = old->raw.ptr;
	struct emit j;

	for (struct node_iter it = node_iter(object); node_next(&it);) {
		bool type = node_key_is(it.key, "mediaType"), size = node_key_is(it.key, "size");
		bool digest = node_key_is(it.key, "digest"), artifact = node_key_is(it.key, "artifactType");

		if (!(type || size || digest || (artifact && d->artifact_type.len)))
			continue;
		buf_add(&out, at, (size_t)(it.value.raw.ptr - at));
		at = it.value.raw.ptr + it.value.raw.len;
		emit_init(&j, &out);
		if (size)
			emit_int(&j, d->size);
		else
			emit_span(&j, type ? d->media_type : digest ? d->digest : d->artifact_type);
	}
	buf_add(&out, at, (size_t)(old->raw.ptr + old->raw.len - at));
	return pool_span(pool, buf_span(&out));
}

static void
replace_entry(struct layout_edit *edit, struct desc *old, const struct desc *d)
{
	struct span raw = old->raw.ptr ? exchange(old, d, &edit->pool) : SPAN_NONE;
	struct desc c = desc_copy(d, &edit->pool);

	c.annotations = old->annotations;
	c.raw = raw;
	*old = c;
	edit->changed = true;
}

void
layout_edit_name(struct layout_edit *edit, const char *name, const struct desc *d)
{
	size_t kept = 0;
	bool named = false;

	for (size_t i = 0; i < edit->list.count; i++) {
		struct desc *entry = &edit->list.items[i];
		bool same = layout_find_name(entry).ptr && span_is(layout_find_name(entry), name);

		if (same && named) {
			edit->changed = true;
			continue;
		}
		if (same && !span_eq(entry->digest, d->digest))
			replace_entry(edit, entry, d);
		named = named || same;
		edit->list.items[kept++] = edit->list.items[i];
	}
	edit->list.count = kept;
	if (named)
		return;
	*VEC_PUSH(&edit->list) = with_name(d, name, &edit->pool);
	edit->changed = true;
}

size_t
layout_edit_drop(struct layout_edit *edit, struct span digest)
{
	size_t kept = 0, before = edit->list.count;

	for (size_t i = 0; i < before; i++)
		if (!span_eq(edit->list.items[i].digest, digest))
			edit->list.items[kept++] = edit->list.items[i];
	edit->list.count = kept;
	edit->changed = edit->changed || kept < before;
	return before - kept;
}
