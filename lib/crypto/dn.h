/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_DN_H
#define CRYPTO_DN_H
/*
 * Names of X.509 (RFC 5280 section 4.1.2.4) for people who look at them.
 * Nothing is judged by what stands here.
 */
#include "base/buf.h"

#define DN_COMMON_NAME SPAN("\x55\x04\x03")
#define DN_COUNTRY SPAN("\x55\x04\x06")
#define DN_ORGANIZATION SPAN("\x55\x04\x0a")

/* Content of the first attribute of this type (DER content), or with last of the
 * last; ptr NULL without any. Borrows the name, a whole SEQUENCE. */
struct span	dn_get(struct span name, struct span oid, bool last);

/* Appends the name as Go writes it, RFC 2253 in a fixed order of types; types
 * that are not listed there as OID=#HEX. */
void	dn_format(struct span name, struct buf *out);
#endif
