/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/hex.h"
#include "sig/note.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char spki[] = "302a300506032b657003210003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(checkpoint) struct checkpoint c = CHECKPOINT_INIT;
	AUTO(pubkey) struct pubkey k = PUBKEY_INIT;
	unsigned char der[(sizeof(spki) - 1) / 2];
	struct span bytes = span_of(data, size), name;
	struct err e = ERR_INIT;

	if (note_parse_checkpoint(&c, bytes, &e))
		return 0;
	if (c.size < 0 || c.note.count == 0 || !span_ends(c.note.text, "\n") ||
	    c.note.text.ptr != bytes.ptr || c.note.text.len >= size)
		BUG("a checkpoint that is none");
	if (!hex_decode(der, sizeof(der), SPAN(spki)) || pubkey_parse_spki(&k, span_of(der, sizeof(der)), &e))
		BUG("the key");
	name = note_rekor1_name(&c);
	if (note_check(&c.note, &k, name.ptr ? name : c.origin, NOTE_HASH_KEY, &e) == 0 &&
	    note_check(&c.note, &k, SPAN("nobody"), NOTE_HASH_KEY, &e) == 0)
		BUG("signed by nobody");
	return 0;
}
