/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/stampfile.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read and written is read the same again. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	struct span der, again;
	struct err e = ERR_INIT;

	if (stampfile_parse(&der, span_of(data, size), &pool, &e))
		return 0;
	stampfile_emit(der, &out);
	if (stampfile_parse(&again, buf_span(&out), &pool, &e) || !span_eq(der, again))
		BUG("another timestamp came back");
	return 0;
}
