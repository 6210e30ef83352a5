/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/merkle.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t
number(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

/* Two numbers, how long a hash is, two roots, and hashes up to the end. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span items[MERKLE_PROOF_MAX + 8];
	struct shape_strs proof = {items, 0};
	unsigned char root[MERKLE_HASH];
	struct merkle_path path;
	struct err e = ERR_INIT;
	size_t at = 17 + 2 * MERKLE_HASH, step;
	int64_t a, b;

	if (size < at)
		return 0;
	a = number(data);
	b = number(data + 8);
	step = MERKLE_HASH + (data[16] ? data[16] % 3 - 1u : 0u);
	for (; at + step <= size && proof.count < countof(items); at += step)
		items[proof.count++] = span_of(data + at, step);
	if (merkle_root(data + 17, a, b, &proof, root, &path, &e) == 0) {
		if (a < 0 || a >= b || path.count != proof.count)
			BUG("a leaf that is not there");
		if (merkle_check_inclusion(data + 17, a, b, &proof, span_of(root, sizeof(root)), &e))
			BUG("the root is not its own");
	}
	if (merkle_check_consistency(a, span_of(data + 17, MERKLE_HASH), b,
	    span_of(data + 17 + MERKLE_HASH, MERKLE_HASH), &proof, &e) == 0 && (a < 0 || a > b))
		BUG("a tree that shrank");
	return 0;
}
