/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/bundle.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(bundle) struct bundle b = BUNDLE_INIT, again = BUNDLE_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX), twice = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;

	if (bundle_parse(&b, span_of(data, size), &e))
		return 0;
	bundle_emit(&b, &out);
	/* What is written says 0.3, whose rules an older one need not keep. */
	if (bundle_parse(&again, buf_span(&out), &e)) {
		if (b.minor == 3)
			BUG("what was read and written is not read again");
		return 0;
	}
	bundle_emit(&again, &twice);
	if (!span_eq(buf_span(&out), buf_span(&twice)))
		BUG("written twice, it differs");
	return 0;
}
