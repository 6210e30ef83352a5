/* SPDX-License-Identifier: Apache-2.0 */
/* What decodes must encode to a text that decodes to the same. */
#include "base/mem.h"
#include "codec/b64.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int kind = B64_STD; kind <= B64_URL; kind++) {
		AUTO(buf) struct buf a = BUF_INIT(1 << 20), text = BUF_INIT(1 << 21),
		    b = BUF_INIT(1 << 20);

		if (b64_decode(&a, span_of(data, size), (enum b64_kind)kind, NULL) != 0)
			continue;
		if (a.len > b64_decoded_max(size))
			BUG("decoded_max is no bound");
		b64_encode(&text, buf_span(&a), (enum b64_kind)kind);
		if (b64_decode(&b, buf_span(&text), (enum b64_kind)kind, NULL) != 0 ||
		    !span_eq(buf_span(&a), buf_span(&b)))
			BUG("no round trip");
	}
	return 0;
}
