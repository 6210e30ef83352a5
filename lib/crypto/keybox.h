/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_KEYBOX_H
#define CRYPTO_KEYBOX_H
/*
 * The JSON inside ENCRYPTED SIGSTORE PRIVATE KEY: a key from scrypt, bytes in
 * NaCl's secretbox (XSalsa20-Poly1305, tag first). What it holds is not looked
 * at here.
 */
#include "base/pool.h"
#include "crypto/scrypt.h"

enum { KEYBOX_SALT = 32, KEYBOX_NONCE = 24, KEYBOX_TAG = 16 };

struct keybox {
	struct scrypt cost;
	struct span salt, nonce, ciphertext;	/* in the pool */
	struct pool pool;
};

#define KEYBOX_INIT {.pool = POOL_INIT}

/* Refuses other algorithms, and every cost but the three that were ever
 * written, so that no file can ask for hours or gigabytes. */
int	keybox_parse(struct keybox *b, struct span json, struct err *e) MUST_CHECK;
void	keybox_release(struct keybox *b);
static inline void keybox_cleanup(struct keybox *b) { keybox_release(b); }

/* REASON_BAD_PASSWORD also when the file was changed: nobody can tell. */
int	keybox_open(const struct keybox *b, const struct secret *password, struct secret *plain,
	    struct err *e) MUST_CHECK;

/* Appends the JSON as Go writes it. salt and nonce are random but in tests. */
int	keybox_seal(const struct secret *plain, const struct secret *password,
	    const unsigned char salt[KEYBOX_SALT], const unsigned char nonce[KEYBOX_NONCE], struct buf *json,
	    struct err *e) MUST_CHECK;
#endif
