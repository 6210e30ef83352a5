/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "client/ambientspiffe.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *start = (const char *)data;
	struct err e = ERR_INIT;
	struct span token;

	if (ambientspiffe_read(span_of(data, size), &token, &e))
		return 0;
	if (token.len == 0 || token.ptr < start || token.ptr + token.len > start + size)
		BUG("a token that is not in the answer");
	return 0;
}
