/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "client/rekor2.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read and written into a bundle is read the same again. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	struct bundle_entry entry, again;
	struct err e = ERR_INIT;
	struct emit j;

	if (rekor2_parse(&entry, span_of(data, size), &pool, &e))
		return 0;
	emit_init(&j, &out);
	entry_emit(&entry, &j);
	if (buf_check(&out, "the entry", &e) == 0 && (rekor2_parse(&again, buf_span(&out), &pool, &e) ||
	    !span_eq(entry.body, again.body) || entry.log_index != again.log_index))
		BUG("another entry came back");
	return 0;
}
