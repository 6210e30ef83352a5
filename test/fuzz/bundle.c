/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/bundleview.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What bundle_parse takes is shown, and so is much that it refuses. */
static bool
is_shown(struct span json)
{
	AUTO(bundleloose) struct bundleloose b = BUNDLELOOSE_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUNDLEVIEW_MAX);
	struct emit j;

	if (bundleloose_parse(&b, json, NULL))
		return false;
	bundleview_outline(&b, NULL, &out);
	emit_init(&j, &out);
	emit_object(&j);
	bundleview_emit(&b, NULL, NULL, &j);
	emit_object_end(&j);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(bundle) struct bundle b = BUNDLE_INIT, again = BUNDLE_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX), twice = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;
	bool shown = is_shown(span_of(data, size));

	if (bundle_parse(&b, span_of(data, size), &e))
		return 0;
	if (!shown)
		BUG("what is a bundle is not shown");
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
