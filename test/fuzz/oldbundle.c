/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/logset.h"
#include "sig/oldbundle.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read and written is read the same again. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(oldbundle) struct oldbundle b = OLDBUNDLE_INIT;
	AUTO(oldbundle) struct oldbundle again = OLDBUNDLE_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUNDLE_MAX);
	struct bundle_entry entry;
	struct err e = ERR_INIT;

	if (oldbundle_parse(&b, span_of(data, size), &e))
		return 0;
	if (b.log.ptr && logset_parse(&entry, b.log, &b.pool, &e))
		err_clear(&e);
	oldbundle_emit(&b, &out);
	if (oldbundle_parse(&again, buf_span(&out), &e))
		BUG("what was written cannot be read");
	if (!span_eq(b.sig, again.sig) || !span_eq(b.cert_pem, again.cert_pem) ||
	    !span_eq(b.cert_der, again.cert_der) || !span_eq(b.key_pem, again.key_pem) ||
	    !span_eq(b.log, again.log))
		BUG("another bundle came back");
	return 0;
}
