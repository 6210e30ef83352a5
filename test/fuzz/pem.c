/* SPDX-License-Identifier: Apache-2.0 */
/* A block that decodes is written to one that decodes to the same. */
#include "base/mem.h"
#include "codec/pem.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
round_trip(const struct buf *bytes)
{
	AUTO(buf) struct buf text = BUF_INIT(1 << 22), again = BUF_INIT(1 << 21);
	struct pem p;

	pem_encode(&text, "X", buf_span(bytes));
	if (pem_next(&p, buf_span(&text), NULL, NULL) || pem_decode(&p, &again, NULL) ||
	    !span_eq(buf_span(bytes), buf_span(&again)))
		BUG("no round trip");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of(data, size);
	struct pem p;

	while (rest.len && pem_next(&p, rest, &rest, NULL) == 0) {
		AUTO(buf) struct buf bytes = BUF_INIT(1 << 21);

		if (pem_decode(&p, &bytes, NULL) == 0)
			round_trip(&bytes);
	}
	return 0;
}
