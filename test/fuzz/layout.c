/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "oci/layout.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* index.json and oci-layout as bytes; what an edit leaves can be read, and
 * holds what was put in. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char digest[] = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
	AUTO(manifest) struct manifest m = MANIFEST_INIT, again = MANIFEST_INIT;
	AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);
	struct layout_edit edit = {.pool = POOL_INIT};
	struct desc d = {.media_type = SPAN(MEDIA_OCI_MANIFEST), .digest = SPAN(digest), .size = 3};
	struct err e = ERR_INIT;

	(void)!layout_check_version(span_of(data, size), &e);
	if (manifest_parse(&m, span_of(data, size), SPAN(MEDIA_OCI_INDEX), &e))
		return 0;
	for (size_t i = 0; i < m.count; i++)
		*VEC_PUSH(&edit.list) = m.layers[i];
	layout_edit_name(&edit, "v1", &d);
	layout_edit_add(&edit, &d);
	manifest_emit_edited(&b, &m, NULL, edit.list.items, edit.list.count);
	if (edit.list.count <= INDEX_ENTRIES_MAX && (manifest_parse(&again, buf_span(&b), SPAN(MEDIA_OCI_INDEX), &e) ||
	    !manifest_find(&again, SPAN(digest)) || again.count != edit.list.count))
		BUG("an edited index cannot be read");
	VEC_FREE(&edit.list);
	pool_release(&edit.pool);
	return 0;
}
