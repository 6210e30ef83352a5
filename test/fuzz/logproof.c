/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/logproof.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is read has the shape of a proof; and a proof out of the blue leads
 * from no tree to another. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(checkpoint) struct checkpoint c = CHECKPOINT_INIT;
	unsigned char old_root[MERKLE_HASH] = {1}, new_root[MERKLE_HASH] = {2};
	struct span bytes = span_of(data, size), note;
	struct shape_strs proof;
	struct err e = ERR_INIT;

	if (logproof_parse(&proof, bytes, &pool, &e) == 0) {
		if (proof.count > MERKLE_PROOF_MAX)
			BUG("too many hashes");
		for (size_t i = 0; i < proof.count; i++)
			if (proof.items[i].len != MERKLE_HASH)
				BUG("a hash of another size");
		if (merkle_check_consistency(3, span_of(old_root, MERKLE_HASH), 7, span_of(new_root, MERKLE_HASH),
		    &proof, &e) == 0)
			BUG("consistent by nothing");
	}
	if (logproof_note(&note, bytes, &pool, &e) == 0 && note_parse_checkpoint(&c, note, &e) == 0 && c.size < 0)
		BUG("a tree of negative size");
	return 0;
}
