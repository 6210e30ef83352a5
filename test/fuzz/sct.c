/* SPDX-License-Identifier: Apache-2.0 */
/* What a log signs is never longer than the certificate and its own head; no
 * unknown log vouches for anything. */
#include "base/mem.h"
#include "crypto/sct.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(cert) struct cert c = CERT_INIT;
	struct sct_list list;

	if (cert_parse_der(&c, span_of(data, size), NULL) || sct_list_get(&list, &c, NULL))
		return 0;
	for (size_t i = 0; i < list.count; i++) {
		AUTO(buf) struct buf message = BUF_INIT(1 << 20);

		if (sct_signed_bytes(&list.items[i], &c, &c, &message, NULL))
			BUG("what is signed does not fit");
		if (message.len > c.der.len + 49 + list.items[i].extensions.len)
			BUG("more is signed than there is");
	}
	if (sct_check_embedded(&c, &c, NULL, 0, SCT_ALL, 0, NULL) == 0)
		BUG("nobody vouched for it");
	return 0;
}
