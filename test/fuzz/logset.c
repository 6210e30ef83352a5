/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/logset.h"
#include "sig/tlog.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nobody signed anything: whatever the entry says, it is about another. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	AUTO(trust) struct trust none = TRUST_INIT;
	struct logbody_subject s = {.key = &key, .sig = SPAN("sig"), .hash = HASH_SHA256, .legacy = true,
	    .payload = SPAN("x"), .payload_type = SPAN("y")};
	struct tlog_policy policy = {.threshold = 1};
	struct bundle_entry entry;
	struct tlog_entry out;
	struct err e = ERR_INIT;
	size_t logs;

	if (logset_parse(&entry, span_of(data, size), &pool, &e))
		return 0;
	for (int dsse = 0; dsse < 2; dsse++) {
		s.dsse = dsse;
		if (logbody_check(&entry, &s, &e) == 0 ||
		    tlog_judge(&entry, 1, &s, &none, &policy, &out, &logs, &e) == 0)
			BUG("an entry about nothing counts");
		if (e.reason != REASON_BAD_LOG_ENTRY && e.reason != REASON_UNTRUSTED_LOG)
			BUG("refused for another reason");
	}
	return 0;
}
