/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "oci/manifest.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An index that is composed anew from what was read says the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(manifest) struct manifest m = MANIFEST_INIT, again = MANIFEST_INIT;
	AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;

	if (manifest_parse(&m, span_of(data, size), SPAN(MEDIA_OCI_INDEX), &e))
		return 0;
	for (size_t i = 0; i < m.count; i++)
		m.layers[i].raw = SPAN_NONE;
	manifest_emit_index(&b, m.layers, m.count);
	if (manifest_parse(&again, buf_span(&b), SPAN(MEDIA_OCI_INDEX), &e) || again.count != m.count)
		BUG("composed anew it cannot be read");
	for (size_t i = 0; i < m.count; i++) {
		const struct desc *x = &m.layers[i], *y = &again.layers[i];

		if (!span_eq(x->digest, y->digest) || x->size != y->size || !span_eq(x->media_type, y->media_type) ||
		    x->annotations.count != y->annotations.count)
			BUG("entry %zu differs", i);
	}
	return 0;
}
