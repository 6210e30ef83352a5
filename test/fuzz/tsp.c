/* SPDX-License-Identifier: Apache-2.0 */
/* A timestamp that is read has an imprint of its hash's length, a signature
 * and attributes; without a root it is never good. */
#include "base/mem.h"
#include "crypto/tspcheck.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(tsp) struct tsp t = TSP_INIT;
	struct certlist none = CERTLIST_INIT, *lists[] = {&none};
	struct tsp_want want = {SPAN("message"), lists, 1, lists, 1, NULL, SPAN_NONE, SPAN_NONE};

	if (tsp_parse_response(&t, span_of(data, size), NULL) && tsp_parse_token(&t, span_of(data, size), NULL))
		return 0;
	if (t.imprint.len != hash_size(t.imprint_hash) || !t.message_digest.ptr || !t.attributes.len)
		BUG("a part is missing");
	if (t.time.nanos >= 1000000000 || t.time.accuracy_us < 0)
		BUG("no time");
	if (tspcheck(&t, &want, NULL) == 0)
		BUG("nobody is trusted");
	return 0;
}
