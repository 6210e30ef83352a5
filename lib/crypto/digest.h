/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H
/*
 * Hashes over bytes as they come. EVP is fetched once per algorithm.
 */
#include "base/sink.h"

enum hash { HASH_NONE, HASH_SHA224, HASH_SHA256, HASH_SHA384, HASH_SHA512 };

enum { HASH_SIZE_MAX = 64, DIGEST_TEXT_MAX = 8 + 128 };

size_t	hash_size(enum hash h);
/* "sha256"; "none". */
const char	*hash_name(enum hash h);
/* "sha256", any case; HASH_NONE for others. */
enum hash	hash_find(struct span name);
/* OpenSSL's EVP_MD of a hash, fetched once; for lib/crypto. */
const void	*digest_evp(enum hash h);

/* A sink that hashes what it is fed. */
struct digest {
	struct sink sink;
	enum hash hash;
	void *ctx;
	uint64_t size;		/* bytes seen */
};

void	digest_init(struct digest *d, enum hash h);
void	digest_update(struct digest *d, struct span bytes);
/* Writes hash_size bytes. d is done then. */
void	digest_final(struct digest *d, unsigned char *out);
void	digest_release(struct digest *d);
static inline void digest_cleanup(struct digest *d) { digest_release(d); }

/* Looks SHA-256 up in libcrypto, which takes a millisecond the first time: for
 * when something is waited for anyway. */
void	digest_warm(void);

/* All at once. */
void	digest_of(enum hash h, struct span bytes, unsigned char *out);
/* "sha256:HEX" with NUL into text (DIGEST_TEXT_MAX bytes); returns text. */
const char	*digest_text(enum hash h, const unsigned char *value, char *text);
const char	*digest_text_of(struct span bytes, char *text);	/* SHA-256 */
#endif
