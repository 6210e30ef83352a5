/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/layout_names.h"

/* Entries whose keys fall together, as numbers from 1: first[hash], then
 * next[entry], ascending; 0 ends it. */
struct chains {
	uint32_t *first, *next;
};

struct layout_names {
	struct pool pool;
	size_t mask;
	struct chains digests, names;
	bool has_kinds;
};

static uint32_t
hash(struct span s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.ptr[i]) * 16777619u;
	return h;
}

static void
chains_init(struct chains *c, struct layout_names *n, size_t entries)
{
	c->first = pool_array(&n->pool, n->mask + 1, sizeof(*c->first));
	c->next = pool_array(&n->pool, entries + 1, sizeof(*c->next));
}

/* Entries come from the last to the first. */
static void
chains_add(struct chains *c, size_t mask, struct span key, size_t entry)
{
	uint32_t *first = &c->first[hash(key) & mask];

	c->next[entry] = *first;
	*first = (uint32_t)entry + 1;
}

static struct layout_names *
names_of(struct layout *l)
{
	struct layout_names *n = l->names;

	if (n)
		return n;
	n = l->names = xcalloc(1, sizeof(*n));
	for (n->mask = 15; n->mask < l->index.count; n->mask = 2 * n->mask + 1)
		;
	chains_init(&n->digests, n, l->index.count);
	chains_init(&n->names, n, l->index.count);
	for (size_t i = l->index.count; i-- > 0;) {
		const struct desc *d = &l->index.layers[i];

		chains_add(&n->digests, n->mask, d->digest, i);
		if (layout_find_name(d).ptr)
			chains_add(&n->names, n->mask, layout_find_name(d), i);
		n->has_kinds |= layout_find_is_kind(d, NULL);
	}
	return n;
}

static struct span
digest_key(const struct desc *d)
{
	return d->digest;
}

/* The first entry from this number on whose key it is. */
static const struct desc *
follow(const struct layout *l, const struct chains *c, uint32_t at, struct span (*key_of)(const struct desc *),
    struct span key)
{
	for (; at; at = c->next[at - 1])
		if (span_eq(key_of(&l->index.layers[at - 1]), key))
			return &l->index.layers[at - 1];
	return NULL;
}

const struct desc *
layout_names_digest(struct layout *l, struct span digest)
{
	const struct layout_names *n = names_of(l);

	return follow(l, &n->digests, n->digests.first[hash(digest) & n->mask], digest_key, digest);
}

const struct desc *
layout_names_next_digest(struct layout *l, const struct desc *d)
{
	const struct layout_names *n = names_of(l);

	return follow(l, &n->digests, n->digests.next[d - l->index.layers], digest_key, d->digest);
}

const struct desc *
layout_names_name(struct layout *l, struct span name)
{
	const struct layout_names *n = names_of(l);

	return follow(l, &n->names, n->names.first[hash(name) & n->mask], layout_find_name, name);
}

const struct desc *
layout_names_next_name(struct layout *l, const struct desc *d)
{
	const struct layout_names *n = names_of(l);

	return follow(l, &n->names, n->names.next[d - l->index.layers], layout_find_name, layout_find_name(d));
}

struct layout_list
layout_names_list(struct layout *l, struct span name)
{
	struct desc *first = (struct desc *)layout_names_name(l, name), *items;
	size_t count = 0;

	for (const struct desc *d = first; d; d = layout_names_next_name(l, d))
		count++;
	/* As a rule a name is borne once: then nothing is kept for it. */
	if (count <= 1)
		return (struct layout_list){first, count};
	items = pool_array(&l->names->pool, count, sizeof(*items));
	count = 0;
	for (const struct desc *d = first; d; d = layout_names_next_name(l, d))
		items[count++] = *d;
	return (struct layout_list){items, count};
}

struct layout_list
layout_names_kind(struct layout *l, const char *kind)
{
	struct layout_names *n = names_of(l);
	struct desc *items;
	size_t count = 0;

	if (!n->has_kinds)
		return (struct layout_list){NULL, 0};
	items = pool_array(&n->pool, l->index.count, sizeof(*items));
	for (size_t i = 0; i < l->index.count; i++)
		if (layout_find_is_kind(&l->index.layers[i], kind))
			items[count++] = l->index.layers[i];
	return (struct layout_list){items, count};
}

void
layout_names_expire(struct layout *l)
{
	if (!l->names)
		return;
	pool_release(&l->names->pool);
	free(l->names);
	l->names = NULL;
}
