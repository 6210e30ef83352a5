/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/challenge.h"

#include "base/mem.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each line is one header. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span values[4], rest = span_of(data, size);
	struct challenge c;
	size_t n = 0;

	while (n < countof(values) && rest.ptr)
		values[n++] = span_cut(&rest, '\n');
	if (challenge_parse(&c, values, n, &pool, NULL) == 0 && c.kind == CHALLENGE_BEARER && c.realm.len == 0)
		BUG("a Bearer challenge without realm");
	return 0;
}
