/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CERTUSAGE_H
#define CRYPTO_CERTUSAGE_H
/*
 * What a certificate's key may be used for: basic constraints, key usage and
 * extended key usage (RFC 5280 sections 4.2.1.3, 4.2.1.9, 4.2.1.12), and which
 * critical extensions somebody looks at.
 */
#include "crypto/cert.h"

/* Fills the members of c from its extensions; for cert.c. */
int	certusage_parse(struct cert *c, struct err *e) MUST_CHECK;
/* The first critical extension that nobody here understands, or NULL. */
const struct cert_extension	*certusage_unhandled(const struct cert *c);
#endif
