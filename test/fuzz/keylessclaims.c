/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/b64.h"
#include "step/keyless.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The claims of a token; what is around them is test/fuzz/idtoken.c's. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(keyless_claims) struct keyless_claims c = KEYLESS_CLAIMS_INIT;
	AUTO(buf) struct buf token = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;

	buf_add_str(&token, "eyJhbGciOiJFUzI1NiJ9.");
	b64_encode(&token, span_of(data, size), B64_URL);
	buf_add_str(&token, ".AA");
	if (keyless_claims_read(&c, buf_span(&token), &e)) {
		if (e.reason != REASON_BAD_TOKEN && e.reason != REASON_TOO_LARGE)
			BUG("a bad token for another reason");
		return 0;
	}
	if (!c.issuer.len || !(c.email.len || c.subject.len) || c.expires < 0)
		BUG("claims that break their promises");
	if (c.path_count > KEYLESS_PATHS)
		BUG("more paths than there is room for");
	for (size_t i = 0; i < c.path_count; i++)
		if (!c.paths[i].len || c.paths[i].len > size)
			BUG("a path out of nothing");
	return 0;
}
