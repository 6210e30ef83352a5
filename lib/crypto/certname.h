/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CERTNAME_H
#define CRYPTO_CERTNAME_H
/*
 * Single attributes of a certificate's subject or issuer, for those who repeat
 * them: nothing is judged by a name. Values borrow the Name; those in a string
 * type that is not ASCII or UTF-8 count as missing (ptr NULL).
 */
#include "base/span.h"

/* The last commonName. */
struct span	certname_common(struct span name);
/* The first organizationName. */
struct span	certname_organization(struct span name);
#endif
