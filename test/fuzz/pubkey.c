/* SPDX-License-Identifier: Apache-2.0 */
/* A key is written as one that is the same; it verifies no nonsense. The part
 * behind a NUL byte is taken for a signature. */
#include "base/mem.h"
#include "crypto/pubkey.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pubkey) struct pubkey k = PUBKEY_INIT, again = PUBKEY_INIT;
	AUTO(buf) struct buf pem = BUF_INIT(1 << 18);
	static const unsigned char zeros[HASH_SIZE_MAX];
	struct span sig = span_of(data, size), text = span_cut(&sig, '\0');

	if (pubkey_parse_pem(&k, text, NULL))
		return 0;
	pubkey_emit_pem(&k, &pem);
	if (pubkey_parse_pem(&again, buf_span(&pem), NULL) ||
	    !span_eq(buf_span(&k.spki), buf_span(&again.spki)))
		BUG("no round trip");
	if (!sig.ptr)
		sig = SPAN_NONE;
	(void)!pubkey_verify(&k, HASH_NONE, SPAN("abc"), sig, NULL);
	k.pss = size & 1;
	for (enum hash h = HASH_NONE; h <= HASH_SHA512; h++)
		(void)!pubkey_verify_digest(&k, h, span_of(zeros, hash_size(h)), sig, NULL);
	return 0;
}
