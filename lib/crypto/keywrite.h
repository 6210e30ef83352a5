/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_KEYWRITE_H
#define CRYPTO_KEYWRITE_H
/*
 * Parts of a key to DER, byte for byte as Go writes it: hints and log entries
 * hash these bytes.
 */
#include "crypto/keyparts.h"
#include "crypto/secret.h"

/* Appends SubjectPublicKeyInfo. EC and Ed25519 keys need their point. */
void	keywrite_spki(const struct keyparts *k, struct buf *out);
/* PKCS#8 version 1; an EC key with its point inside, without the curve twice. */
void	keywrite_pkcs8(const struct keyparts *k, struct secret *out);
#endif
