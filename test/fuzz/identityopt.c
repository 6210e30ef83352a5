/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/mem.h"
#include "cli/identityopt.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An identity file names somebody, or says why it does not. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(identityopt) struct identityopt o = IDENTITYOPT_INIT;
	struct err e = ERR_INIT;
	int rc = identityopt_add_lines(&o, span_of(data, size), &e);

	if ((rc == 0) != (e.reason == REASON_NONE))
		BUG("a reason is given just for what is refused");
	if (rc && e.reason != REASON_CONFIG && e.reason != REASON_TOO_LARGE)
		BUG("refused for another reason");
	if (rc == 0 && o.identity_count + o.key_count == 0)
		BUG("nobody is named");
	if (o.identity_count > IDENTITYOPT_MAX || o.key_count > IDENTITYOPT_MAX)
		BUG("too many are named");
	return 0;
}
