/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/scrypt.h"

#include <errno.h>
#include <sodium.h>

int
scrypt_derive(struct secret *key, const struct secret *password, struct span salt, const struct scrypt *cost,
    struct err *e)
{
	const unsigned char *pass = password->len ? password->bytes : (const unsigned char *)"";

	if (sodium_init() < 0 ||
	    crypto_pwhash_scryptsalsa208sha256_ll(pass, password->len, (const unsigned char *)salt.ptr, salt.len,
		cost->n, cost->r, cost->p, key->bytes, key->len))
		return err_errno(e, REASON_FAILED, "scrypt cannot derive the key");
	return 0;
}
