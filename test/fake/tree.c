/* SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"

static void
hash_two(unsigned char mark, struct span a, struct span b, struct tree_hash *out)
{
	AUTO(buf) struct buf all = BUF_INIT(BUF_BIG_MAX);

	buf_add(&all, &mark, 1);
	buf_add_span(&all, a);
	buf_add_span(&all, b);
	seal_sha256(buf_span(&all), out->bytes);
}

void
tree_leaf(struct span data, struct tree_hash *out)
{
	hash_two(0, data, SPAN_NONE, out);
}

void
tree_add(struct tree *t, struct span data)
{
	tree_leaf(data, VEC_PUSH(&t->leaves));
}

/* The largest power of two below n. */
static size_t
split(size_t n)
{
	size_t k = 1;

	while (k < n - k)
		k *= 2;
	return k;
}

void
tree_root(const struct tree *t, size_t first, size_t count, struct tree_hash *out)
{
	struct tree_hash left, right;
	size_t k;

	if (count == 0) {
		seal_sha256(SPAN_NONE, out->bytes);
		return;
	}
	if (count == 1) {
		*out = t->leaves.items[first];
		return;
	}
	k = split(count);
	tree_root(t, first, k, &left);
	tree_root(t, first + k, count - k, &right);
	hash_two(1, span_of(left.bytes, SEAL_HASH), span_of(right.bytes, SEAL_HASH), out);
}

static void
path(const struct tree *t, size_t i, size_t first, size_t count, struct tree_proof *out)
{
	size_t k;

	if (count <= 1)
		return;
	k = split(count);
	if (i < k) {
		path(t, i, first, k, out);
		tree_root(t, first + k, count - k, &out->hashes[out->count++]);
	} else {
		path(t, i - k, first + k, count - k, out);
		tree_root(t, first, k, &out->hashes[out->count++]);
	}
}

void
tree_include(const struct tree *t, size_t i, size_t size, struct tree_proof *out)
{
	out->count = 0;
	path(t, i, 0, size, out);
}

/* SUBPROOF of section 2.1.2. */
static void
subproof(const struct tree *t, size_t old, size_t first, size_t count, bool whole, struct tree_proof *out)
{
	size_t k;

	if (old == count) {
		if (!whole)
			tree_root(t, first, count, &out->hashes[out->count++]);
		return;
	}
	k = split(count);
	if (old <= k) {
		subproof(t, old, first, k, whole, out);
		tree_root(t, first + k, count - k, &out->hashes[out->count++]);
	} else {
		subproof(t, old - k, first + k, count - k, false, out);
		tree_root(t, first, k, &out->hashes[out->count++]);
	}
}

void
tree_extend(const struct tree *t, size_t old, size_t size, struct tree_proof *out)
{
	out->count = 0;
	if (old > 0 && old < size)
		subproof(t, old, 0, size, true, out);
}
