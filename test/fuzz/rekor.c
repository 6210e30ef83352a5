/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "client/rekor.h"
#include "sig/tlog.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read can be written into a bundle, and vouches for nothing. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rekor_found found;
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	AUTO(trust) struct trust none = TRUST_INIT;
	struct logbody_subject s = {.key = &key, .sig = SPAN("sig"), .hash = HASH_SHA256};
	struct tlog_policy policy = {.threshold = 1};
	struct bundle_entry entry;
	struct tlog_entry judged;
	struct err e = ERR_INIT;
	struct emit j;

	(void)!rekor_parse_found(&found, span_of(data, size), &pool, &e);
	if (rekor_parse(&entry, span_of(data, size), &pool, &e))
		return 0;
	emit_init(&j, &out);
	entry_emit(&entry, &j);
	if (tlog_judge_entry(&entry, &s, &none, &policy, &judged) == 0)
		BUG("an entry about nothing counts");
	return 0;
}
