/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/idtoken.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(idtoken) struct idtoken t = IDTOKEN_INIT;
	struct err e = ERR_INIT;
	struct span who;

	if (idtoken_parse(&t, span_of(data, size), &e))
		return 0;
	if (!idtoken_is_form(span_of(data, size)))
		BUG("a token that has no token's form");
	if (t.issuer.len == 0 || t.expires < 0 || t.audience_count > IDTOKEN_AUDIENCES_MAX)
		BUG("a token that breaks its promises");
	if (idtoken_identity(&t, &who, &e) == 0 && (who.len == 0 || (t.email.len && !t.email_verified)))
		BUG("somebody nobody vouched for");
	if (idtoken_check_time(&t, t.expires, &e) == 0)
		BUG("a token that never ends");
	if (t.not_before > IDTOKEN_LEEWAY_S && idtoken_check_time(&t, 0, &e) == 0)
		BUG("a token before its time");
	if (idtoken_check_audience(&t, "sigstore", &e) == 0 && t.audience_count == 0)
		BUG("an audience out of nothing");
	return 0;
}
