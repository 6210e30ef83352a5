/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_SEAL_H
#define FAKE_SEAL_H
/*
 * Keys, hashes, signatures and certificates of the services of the tests: thin
 * shells around OpenSSL. What cannot fail on a sound machine ends the program.
 */
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include "base/buf.h"
#include "base/mem.h"
#include "json/node.h"

enum { SEAL_HASH = 32 };

/* kind: "P-256", "P-384", "ED25519" or "RSA". */
EVP_PKEY	*seal_key(const char *kind);
/* ECDSA with the hash of its curve, RSA PKCS#1 v1.5 SHA-256, Ed25519. */
void	seal_sign(EVP_PKEY *key, struct span message, struct buf *sig);
void	seal_sha256(struct span bytes, unsigned char out[SEAL_HASH]);
void	seal_spki(EVP_PKEY *key, struct buf *der);

struct seal_cert {
	EVP_PKEY *key;
	X509 *x509;
};
void	seal_der(X509 *x, struct buf *out);
/* PEM of a certificate or, given its key, of that. */
void	seal_pem(X509 *x, struct buf *out);
void	seal_pem_key(EVP_PKEY *key, struct buf *out);

/* An unsigned certificate from now-from to now+to seconds; name NULL: an empty
 * subject. */
X509	*seal_new(const char *name, EVP_PKEY *key, const struct seal_cert *issuer, long from, long to);
/* value in OpenSSL's notation. */
void	seal_extension(X509 *x, const struct seal_cert *issuer, int nid, const char *value);
void	seal_extension_raw(X509 *x, const char *oid, bool critical, struct span value);
void	seal_finish(X509 *x, EVP_PKEY *issuer);
/* An authority; issuer NULL: itself. usage: an extended key usage, or NULL. */
struct seal_cert	seal_authority(const char *name, const char *kind, const struct seal_cert *issuer, const char *usage);

/* base64 of bytes, standard, appended. */
void	seal_base64(struct buf *out, struct span bytes);
/* Decodes; false when it is none. */
bool	seal_unbase64(struct buf *out, struct span text);

/* The value at a path of members and indexes, "spec.signatures.0.sig". */
bool	seal_pick(struct node root, const char *path, struct node *out);
/* The string there, without escapes; ptr NULL when there is none. */
struct span	seal_text(struct node root, const char *path, struct pool *pool);
#endif
