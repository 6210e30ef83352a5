/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/merkle.h"

#include <inttypes.h>
#include "codec/hex.h"
#include "crypto/digest.h"

void
merkle_leaf(struct span data, unsigned char out[MERKLE_HASH])
{
	AUTO(digest) struct digest d = {0};

	digest_init(&d, HASH_SHA256);
	digest_update(&d, span_of("\0", 1));
	digest_update(&d, data);
	digest_final(&d, out);
}

void
merkle_node(const unsigned char left[MERKLE_HASH], const unsigned char right[MERKLE_HASH],
    unsigned char out[MERKLE_HASH])
{
	unsigned char both[1 + 2 * MERKLE_HASH] = {1};

	memcpy(both + 1, left, MERKLE_HASH);
	memcpy(both + 1 + MERKLE_HASH, right, MERKLE_HASH);
	digest_of(HASH_SHA256, span_of(both, sizeof(both)), out);
}

static unsigned
bit_length(uint64_t v)
{
	return v ? 64 - (unsigned)__builtin_clzll(v) : 0;
}

/* v >> n, also for n = 64. */
static uint64_t
shift_right(uint64_t v, unsigned n)
{
	return n < 64 ? v >> n : 0;
}

static const unsigned char *
hash_at(const struct shape_strs *proof, size_t i)
{
	return (const unsigned char *)proof->items[i].ptr;
}

static int
proof_check(const struct shape_strs *proof, size_t want, struct err *e)
{
	if (proof->count > MERKLE_PROOF_MAX || proof->count != want) {
		err_set(e, REASON_BAD_LOG_PROOF, "the proof has a wrong number of hashes");
		err_expected(e, "%zu", want);
		return err_found(e, "%zu", proof->count);
	}
	for (size_t i = 0; i < proof->count; i++)
		if (proof->items[i].len != MERKLE_HASH) {
			err_set(e, REASON_BAD_LOG_PROOF, "the proof's hash %zu is no SHA-256", i);
			err_expected(e, "%d bytes", MERKLE_HASH);
			return err_found(e, "%zu bytes", proof->items[i].len);
		}
	return 0;
}

static int
same_root(const unsigned char got[MERKLE_HASH], struct span want, const char *which, struct err *e)
{
	char text[2 * MERKLE_HASH + 1];

	if (want.len != MERKLE_HASH) {
		err_set(e, REASON_BAD_LOG_PROOF, "the %s is no SHA-256", which);
		err_expected(e, "%d bytes", MERKLE_HASH);
		return err_found(e, "%zu bytes", want.len);
	}
	if (memcmp(got, want.ptr, MERKLE_HASH) == 0)
		return 0;
	err_set(e, REASON_BAD_LOG_PROOF, "the proof does not lead to the %s", which);
	hex_format(text, want.ptr, want.len);
	err_expected(e, "%s", text);
	hex_format(text, got, MERKLE_HASH);
	return err_found(e, "%s", text);
}

int
merkle_root(const unsigned char leaf[MERKLE_HASH], int64_t index, int64_t size,
    const struct shape_strs *proof, unsigned char root[MERKLE_HASH], struct merkle_path *path,
    struct err *e)
{
	uint64_t i = (uint64_t)index;
	unsigned inner, border;

	if (index < 0 || index >= size) {
		err_set(e, REASON_BAD_LOG_PROOF, "there is no such leaf in the tree");
		err_expected(e, "an index below the tree size, %" PRId64, size);
		return err_found(e, "%" PRId64, index);
	}
	inner = bit_length(i ^ (uint64_t)(size - 1));
	border = (unsigned)__builtin_popcountll(shift_right(i, inner));
	if (proof_check(proof, inner + border, e))
		return -1;
	if (path)
		path->count = proof->count;
	memcpy(root, leaf, MERKLE_HASH);
	for (unsigned k = 0; k < inner + border; k++) {
		bool left = k >= inner || (i >> k & 1);

		if (left)
			merkle_node(hash_at(proof, k), root, root);
		else
			merkle_node(root, hash_at(proof, k), root);
		if (path) {
			path->steps[k].left = left;
			memcpy(path->steps[k].hash, root, MERKLE_HASH);
		}
	}
	return 0;
}

int
merkle_check_inclusion(const unsigned char leaf[MERKLE_HASH], int64_t index, int64_t size,
    const struct shape_strs *proof, struct span root, struct err *e)
{
	unsigned char got[MERKLE_HASH];

	if (merkle_root(leaf, index, size, proof, got, NULL, e))
		return -1;
	return same_root(got, root, "root", e);
}

/* Two trees of which neither needs a proof: the same, or one without leaves. */
static int
check_trivial(int64_t old_size, struct span old_root, struct span new_root,
    const struct shape_strs *proof, struct err *e)
{
	if (proof_check(proof, 0, e))
		return -1;
	if (old_size == 0 || (old_root.len == MERKLE_HASH && span_eq(old_root, new_root)))
		return 0;
	return err_set(e, REASON_BAD_LOG_PROOF, "two roots for one tree size, %" PRId64, old_size);
}

int
merkle_check_consistency(int64_t old_size, struct span old_root, int64_t new_size,
    struct span new_root, const struct shape_strs *proof, struct err *e)
{
	unsigned char was[MERKLE_HASH], is[MERKLE_HASH];
	uint64_t last = (uint64_t)old_size - 1, mask;
	unsigned shift, inner, border;
	size_t seed;

	if (old_size < 0 || old_size > new_size) {
		err_set(e, REASON_BAD_LOG_PROOF, "the tree shrank");
		err_expected(e, "a size between 0 and %" PRId64, new_size);
		return err_found(e, "%" PRId64, old_size);
	}
	if (old_size == 0 || old_size == new_size)
		return check_trivial(old_size, old_root, new_root, proof, e);
	shift = (unsigned)__builtin_ctzll((uint64_t)old_size);
	inner = bit_length(last ^ (uint64_t)(new_size - 1)) - shift;
	border = (unsigned)__builtin_popcountll(shift_right(last, inner + shift));
	/* A full old tree is a node of the new one: its root starts the proof. */
	seed = (old_size & (old_size - 1)) ? 1 : 0;
	if (old_root.len != MERKLE_HASH)
		return err_set(e, REASON_BAD_LOG_PROOF, "the old root is no SHA-256");
	if (proof_check(proof, seed + inner + border, e))
		return -1;
	memcpy(was, seed ? hash_at(proof, 0) : (const unsigned char *)old_root.ptr, MERKLE_HASH);
	memcpy(is, was, MERKLE_HASH);
	mask = last >> shift;
	for (unsigned k = 0; k < inner + border; k++) {
		const unsigned char *hash = hash_at(proof, seed + k);

		if (k < inner && !(mask >> k & 1)) {
			merkle_node(is, hash, is);
			continue;
		}
		merkle_node(hash, was, was);
		merkle_node(hash, is, is);
	}
	if (same_root(was, old_root, "old root", e))
		return -1;
	return same_root(is, new_root, "new root", e);
}
