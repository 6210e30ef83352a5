/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/annotations.h"

#include "base/mem.h"

enum {
	/* Deeper values are printed as they were written: emit has fewer levels
	 * to give than a document may have. */
	PRINT_DEPTH_MAX = EMIT_DEPTH_MAX / 2,
};

void
annotations_sort(struct shape_map *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->count; i++) {
		struct shape_pair p = m->pairs[i];
		size_t at = kept;

		while (at > 0 && span_cmp(m->pairs[at - 1].key, p.key) > 0)
			at--;
		if (at > 0 && span_eq(m->pairs[at - 1].key, p.key)) {
			m->pairs[at - 1] = p;
			continue;
		}
		memmove(&m->pairs[at + 1], &m->pairs[at], (kept - at) * sizeof(p));
		m->pairs[at] = p;
		kept++;
	}
	m->count = kept;
}

void
annotations_emit(struct emit *j, const struct shape_map *m)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct shape_map sorted = {.count = m->count};

	sorted.pairs = pool_array(&pool, m->count, sizeof(*m->pairs));
	if (m->count)
		memcpy(sorted.pairs, m->pairs, m->count * sizeof(*m->pairs));
	annotations_sort(&sorted);
	emit_object(j);
	for (size_t i = 0; i < sorted.count; i++) {
		emit_key_span(j, sorted.pairs[i].key);
		emit_span(j, sorted.pairs[i].value);
	}
	emit_object_end(j);
}

struct member {
	struct span key;
	struct node value;
};

static int
member_order(const void *a, const void *b)
{
	return span_cmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static struct member *
members_sorted(struct node object, struct pool *pool, size_t *count)
{
	size_t n = 0;
	struct member *m;

	*count = node_count(object);
	m = pool_array(pool, *count, sizeof(*m));
	for (struct node_iter it = node_iter(object); n < *count && node_next(&it); n++) {
		m[n].key = node_key(it.key, pool);
		m[n].value = it.value;
	}
	qsort(m, *count, sizeof(*m), member_order);
	return m;
}

static void
print_node(struct emit *j, struct node v, struct pool *pool, unsigned depth)
{
	struct span text;
	size_t count;

	if (v.kind == JSON_STRING && node_string(v, pool, &text)) {
		emit_span(j, text);
	} else if (v.kind == JSON_OBJECT && depth < PRINT_DEPTH_MAX) {
		const struct member *m = members_sorted(v, pool, &count);

		emit_object(j);
		for (size_t i = 0; i < count; i++) {
			emit_key_span(j, m[i].key);
			print_node(j, m[i].value, pool, depth + 1);
		}
		emit_object_end(j);
	} else if (v.kind == JSON_ARRAY && depth < PRINT_DEPTH_MAX) {
		emit_array(j);
		for (struct node_iter it = node_iter(v); node_next(&it);)
			print_node(j, it.value, pool, depth + 1);
		emit_array_end(j);
	} else if (v.kind == JSON_NULL) {
		emit_null(j);
	} else {
		emit_raw(j, v.raw);
	}
}

void
annotations_emit_node(struct emit *j, struct node v)
{
	AUTO(pool) struct pool pool = POOL_INIT;

	print_node(j, v, &pool, 0);
}

void
annotations_emit_merged(struct emit *j, struct node object, const struct shape_map *more)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct shape_map all = {.count = 0};
	size_t own = object.kind == JSON_OBJECT ? node_count(object) : 0;

	all.pairs = pool_array(&pool, own + more->count, sizeof(*all.pairs));
	for (struct node_iter it = node_iter(object); own && node_next(&it);) {
		AUTO(buf) struct buf text = BUF_INIT(it.value.raw.len * 6 + 16);
		struct emit one;

		emit_init(&one, &text);
		annotations_emit_node(&one, it.value);
		all.pairs[all.count++] = (struct shape_pair){node_key(it.key, &pool), pool_span(&pool, buf_span(&text))};
	}
	for (size_t i = 0; i < more->count; i++)
		all.pairs[all.count++] = more->pairs[i];
	annotations_sort(&all);
	emit_object(j);
	for (size_t i = 0; i < all.count; i++) {
		emit_key_span(j, all.pairs[i].key);
		emit_raw(j, all.pairs[i].value);
	}
	emit_object_end(j);
}

static int
pair_check(const struct shape_pair *wanted, struct node object, struct pool *pool, struct err *e)
{
	const char *key = pool_str(pool, wanted->key);
	struct node v;
	struct span text;

	if (object.kind != JSON_OBJECT || !node_member(object, key, &v)) {
		err_set(e, REASON_WRONG_ANNOTATION, "no annotation '%s'", key);
		return err_expected(e, "%.*s=%.*s", SPAN_FMT(wanted->key), SPAN_FMT(wanted->value));
	}
	if (!node_string(v, pool, &text)) {
		err_set(e, REASON_WRONG_ANNOTATION, "annotation '%s' is %s, not a string", key,
		    node_kind_name(v.kind));
		return err_expected(e, "%.*s", SPAN_FMT(wanted->value));
	}
	if (!span_eq(text, wanted->value)) {
		err_set(e, REASON_WRONG_ANNOTATION, "annotation '%s' has another value", key);
		err_expected(e, "%.*s", SPAN_FMT(wanted->value));
		return err_found(e, "%.*s", SPAN_FMT(text));
	}
	return 0;
}

int
annotations_check(const struct shape_map *wanted, struct node object, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;

	for (size_t i = 0; i < wanted->count; i++)
		if (pair_check(&wanted->pairs[i], object, &pool, e))
			return -1;
	return 0;
}
