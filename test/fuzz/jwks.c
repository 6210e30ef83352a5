/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/jwks.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A token, a newline, and the keys. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(idtoken) struct idtoken t = IDTOKEN_INIT;
	struct span set = span_of(data, size), token = span_cut(&set, '\n');
	struct err e = ERR_INIT;

	if (idtoken_parse(&t, token, &e) == 0)
		(void)(jwks_check(set, &t, token, &e) == 0);
	return 0;
}
