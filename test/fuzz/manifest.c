/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "oci/manifest.h"
#include "oci/platform.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read can be written back with its own list, and read again. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(manifest) struct manifest m = MANIFEST_INIT, again = MANIFEST_INIT;
	AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);
	struct platform p = {.os = SPAN("linux"), .arch = SPAN("arm")};
	const struct desc *found = NULL;
	struct err e = ERR_INIT;

	if (manifest_parse(&m, span_of(data, size), SPAN_NONE, &e))
		return 0;
	manifest_emit_edited(&b, &m, NULL, m.layers, m.count);
	if (manifest_parse(&again, buf_span(&b), SPAN_NONE, &e) || again.count != m.count ||
	    again.is_index != m.is_index || again.has_subject != m.has_subject)
		BUG("written back as something else");
	for (size_t i = 0; i < m.count; i++)
		if (!span_eq(m.layers[i].raw, again.layers[i].raw) || !desc_is_digest(m.layers[i].digest))
			BUG("layer %zu differs", i);
	if (m.is_index && platform_find(&p, &m, &found, &e) == 0 && !platform_matches(&p, found))
		BUG("found a platform that does not match");
	return 0;
}
