/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_TREE_H
#define FAKE_TREE_H
/*
 * The Merkle tree of a log of the tests (RFC 6962 section 2.1), as that section
 * defines it: by recursion, from the leaves. On purpose it shares nothing with
 * lib/sig/merkle.h, which it is there to try.
 */
#include "base/mem.h"
#include "seal.h"

struct tree_hash { unsigned char bytes[SEAL_HASH]; };
struct tree { VEC(struct tree_hash) leaves; };
struct tree_proof {
	size_t count;
	struct tree_hash hashes[64];
};

void	tree_leaf(struct span data, struct tree_hash *out);
void	tree_add(struct tree *t, struct span data);
/* Of the leaves from first on, count of them. */
void	tree_root(const struct tree *t, size_t first, size_t count, struct tree_hash *out);
/* That leaf i is in the tree of the first size leaves. */
void	tree_include(const struct tree *t, size_t i, size_t size, struct tree_proof *out);
/* That the tree of size leaves begins with that of old. */
void	tree_extend(const struct tree *t, size_t old, size_t size, struct tree_proof *out);
#endif
