/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/payload.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(payload) struct payload p = PAYLOAD_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;
	struct emit j;

	if (payload_parse(&p, span_of(data, size), &e))
		return 0;
	emit_init(&j, &out);
	annotations_emit_node(&j, p.root);
	return 0;
}
