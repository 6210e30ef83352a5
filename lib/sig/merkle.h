/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_MERKLE_H
#define SIG_MERKLE_H
/*
 * The SHA-256 Merkle tree of RFC 6962, sections 2.1.1 and 2.1.2: what an
 * inclusion proof and a consistency proof lead to. Sizes and indexes come from
 * outside and may be any int64; proofs are lists of decoded hashes.
 */
#include "base/err.h"
#include "json/shape.h"

enum {
	MERKLE_HASH = 32,
	MERKLE_PROOF_MAX = 64,	/* a tree of 2^63 leaves has proofs of 63 */
};

void	merkle_leaf(struct span data, unsigned char out[MERKLE_HASH]);
void	merkle_node(const unsigned char left[MERKLE_HASH], const unsigned char right[MERKLE_HASH],
	    unsigned char out[MERKLE_HASH]);

/* The way from a leaf to the root, for showing. */
struct merkle_path {
	size_t count;
	struct merkle_step {
		bool left;				/* the proof's hash stood on the left */
		unsigned char hash[MERKLE_HASH];	/* the node above both */
	} steps[MERKLE_PROOF_MAX];
};

/* The root that a proof leads to from a leaf; what it is worth depends on whose
 * root it is then compared with. path may be NULL. REASON_BAD_LOG_PROOF unless
 * 0 <= index < size and the proof has exactly the hashes that this place in
 * this tree asks for. */
int	merkle_root(const unsigned char leaf[MERKLE_HASH], int64_t index, int64_t size,
	    const struct shape_strs *proof, unsigned char root[MERKLE_HASH],
	    struct merkle_path *path, struct err *e) MUST_CHECK;

/* The same, and the root must be this one. */
int	merkle_check_inclusion(const unsigned char leaf[MERKLE_HASH], int64_t index, int64_t size,
	    const struct shape_strs *proof, struct span root, struct err *e) MUST_CHECK;

/* Whether the tree of new_size leaves begins with the old one: a log that shows
 * both never changed what it had. REASON_BAD_LOG_PROOF. The empty tree is a
 * beginning of every tree, whatever root is given for it. */
int	merkle_check_consistency(int64_t old_size, struct span old_root, int64_t new_size,
	    struct span new_root, const struct shape_strs *proof, struct err *e) MUST_CHECK;
#endif
