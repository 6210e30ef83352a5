/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/sctfile.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct err e = ERR_INIT;
	struct sct sct;

	if (sctfile_parse(&sct, span_of(data, size), &pool, &e)) {
		if (e.reason != REASON_BAD_SCT)
			BUG("refused for another reason");
		return 0;
	}
	if (sct.time > INT64_MAX || sct.signature.len == 0 || !sct.extensions.ptr)
		BUG("a timestamp that says nothing");
	return 0;
}
