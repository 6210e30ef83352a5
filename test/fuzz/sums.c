/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/sums.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct sums s = {.rest = span_of(data, size)};
	struct sums_line line;
	struct err e = ERR_INIT;

	while (sums_next(&s, &line, &pool, &e) > 0)
		if (!line.name[0] || strlen(line.name) > SUMS_NAME_MAX || (line.bits != 256 && line.bits != 384 && line.bits != 512))
			BUG("a line that is none");
	return 0;
}
