/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CSR_H
#define CRYPTO_CSR_H
/*
 * Certificate signing requests (PKCS #10, RFC 2986) that say nothing but the
 * key: who it belongs to is proved otherwise.
 */
#include "crypto/signer.h"

/* Appends the DER of a request with an empty subject, signed by s. REASON_BAD_KEY
 * for keys that sign in a way that has no name there. */
int	csr_emit(struct signer *s, struct buf *der, struct err *e) MUST_CHECK;
#endif
