/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "oci/dockercfg.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What login puts into a configuration is found there again. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(dockercfg_auth) struct dockercfg_auth a = DOCKERCFG_AUTH_INIT, b = DOCKERCFG_AUTH_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	struct span text = span_of(data, size);
	struct err e = ERR_INIT;

	if (dockercfg_find_in(text, SPAN_NONE, "h.io", "ns/app", NULL, NULL, &a, &e))
		return 0;
	if (dockercfg_put_in(text, SPAN("h.io/ns/app"), SPAN("dTpw"), &out, &e) ||
	    dockercfg_find_in(SPAN("{}"), buf_span(&out), "h.io", "ns/app", NULL, NULL, &b, &e) ||
	    !b.username || strcmp(b.username, "u") != 0)
		BUG("what was put in is not there");
	return 0;
}
