/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/url.h"

#include "base/mem.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A first line is the base, the rest is seen from it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(buf) struct buf out = BUF_INIT(4 * URL_MAX);
	struct span rest = span_of(data, size), base = span_cut(&rest, '\n');
	struct url u;

	if (url_parse(&u, base, NULL) == 0 && u.host.len == 0)
		BUG("a URL without host");
	if (url_resolve(&out, base, rest, NULL) == 0 && url_parse(&u, buf_span(&out), NULL) != 0)
		BUG("a resolved URL that is none");
	(void)url_host_is_private(base);
	return 0;
}
