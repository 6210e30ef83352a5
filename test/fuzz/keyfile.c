/* SPDX-License-Identifier: Apache-2.0 */
/* Nobody answers the question for a password: deriving keys is not what this
 * looks at. A plain key that opens must also import, to one that opens. */
#include "base/mem.h"
#include "crypto/keyfile.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
refuse(void *ctx UNUSED, struct secret *password UNUSED, struct err *e)
{
	return err_set(e, REASON_NO_TERMINAL, "nobody is there");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(signer) struct signer s = SIGNER_INIT, again = SIGNER_INIT;
	AUTO(secret) struct secret pkcs8 = SECRET_INIT;
	struct span pem = span_of(data, size);

	if (keyfile_open(&s, pem, refuse, NULL, NULL))
		return 0;
	if (keyfile_import(pem, &pkcs8, NULL) || signer_from_pkcs8(&again, &pkcs8, NULL) ||
	    !span_eq(buf_span(&s.pub.spki), buf_span(&again.pub.spki)))
		BUG("a key that opens does not import");
	return 0;
}
