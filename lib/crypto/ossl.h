/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_OSSL_H
#define CRYPTO_OSSL_H
/*
 * OpenSSL's objects under AUTO, and its errors in ours. Only lib/crypto
 * includes this.
 */
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include "base/err.h"

/* A macro of OpenSSL 1.0's names, in the way of ours. */
#undef EVP_CIPHER_CTX_cleanup

#define OSSL_AUTO(type, release) \
	static inline void type##_cleanup(type **p) { release(*p); }
OSSL_AUTO(BIGNUM, BN_clear_free)
OSSL_AUTO(BN_CTX, BN_CTX_free)
OSSL_AUTO(EC_GROUP, EC_GROUP_free)
OSSL_AUTO(EC_POINT, EC_POINT_free)
OSSL_AUTO(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)
OSSL_AUTO(EVP_PKEY, EVP_PKEY_free)
OSSL_AUTO(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
#undef OSSL_AUTO

/* Before the first use: no configuration file is read, nothing is set up that
 * is not asked for. Cheap to call again. */
void	ossl_init(void);
/* err_set with OpenSSL's own reason behind it; its queue is empty afterwards. */
int	ossl_fail(struct err *e, enum reason reason, const char *fmt, ...) PRINTF(3, 4);
/* Forgets what OpenSSL complained of. */
void	ossl_forget(void);
#endif
