/* SPDX-License-Identifier: Apache-2.0 */
/* A line that names a platform, then an index. What is found is an entry of
 * that index, and for that platform. */
#include "base/mem.h"
#include "oci/platform.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct span rest = span_of(data, size), line = span_cut(&rest, '\n');
	const struct desc *found = NULL;
	struct err e = ERR_INIT;
	struct platform p;

	if (platform_parse(&p, line, &e))
		return 0;
	if (!p.os.len || !p.arch.len || (p.variant.ptr && !p.variant.len))
		BUG("a platform with an empty word");
	if (!rest.ptr || manifest_parse(&m, rest, SPAN(MEDIA_OCI_INDEX), &e) || platform_find(&p, &m, &found, &e))
		return 0;
	if (found < m.layers || found >= m.layers + m.count || !platform_matches(&p, found))
		BUG("another platform");
	return 0;
}
