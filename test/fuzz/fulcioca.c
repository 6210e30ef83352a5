/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "client/fulcioca.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(fulcioca_answer) struct fulcioca_answer a = FULCIOCA_ANSWER_INIT;
	struct err e = ERR_INIT;

	if (fulcioca_parse(&a, span_of(data, size), &e) == 0 && a.chain.count == 0)
		BUG("an answer without a certificate");
	return 0;
}
