/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/envelope.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read and is written again says the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(buf) struct buf out = BUF_INIT(BUNDLE_MAX);
	AUTO(pool) struct pool pool = POOL_INIT;
	struct envelope v, again;
	struct err e = ERR_INIT;

	if (envelope_parse(&v, span_of(data, size), &pool, &e))
		return 0;
	envelope_emit(&v, &out);
	if (envelope_parse(&again, buf_span(&out), &pool, &e))
		BUG("an envelope that cannot be read");
	if (!span_eq(v.payload, again.payload) || !span_eq(v.payload_type, again.payload_type) ||
	    !span_eq(v.sig, again.sig) || !span_eq(v.keyid, again.keyid))
		BUG("an envelope that was changed");
	return 0;
}
