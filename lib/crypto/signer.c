/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/signer.h"

#include <openssl/rsa.h>
#include "base/mem.h"
#include "crypto/edwards.h"
#include "crypto/evpkey.h"
#include "crypto/keywrite.h"

static int
open_edwards(struct signer *s, struct keyparts *k, struct err *e)
{
	unsigned char pub[EDWARDS_KEY];
	struct secret *key = xcalloc(1, sizeof(*key));
	AUTO(buf) struct buf spki = BUF_INIT(PUBKEY_FILE_MAX);

	edwards_key(key, pub, k->scalar);
	s->key = key;
	if (k->point.ptr && !span_eq(k->point, span_of(pub, sizeof(pub))))
		return err_set(e, REASON_BAD_KEY, "the file's public key does not belong to its private key");
	k->point = span_of(pub, sizeof(pub));
	keywrite_spki(k, &spki);
	return pubkey_parse_spki(&s->pub, buf_span(&spki), e);
}

static int
open_evp(struct signer *s, struct keyparts *k, struct err *e)
{
	AUTO(buf) struct buf spki = BUF_INIT(PUBKEY_FILE_MAX);
	unsigned char point[EVPKEY_POINT_MAX];
	size_t len;

	if (k->type == KEY_RSA) {
		if (evpkey_check_rsa(k, e))
			return -1;
	} else {
		if (evpkey_point(k, point, &len, e))
			return -1;
		k->point = span_of(point, len);
	}
	s->key = evpkey_private(k, e);
	if (!s->key)
		return -1;
	keywrite_spki(k, &spki);
	return pubkey_parse_spki(&s->pub, buf_span(&spki), e);
}

int
signer_from_pkcs8(struct signer *s, const struct secret *pkcs8, struct err *e)
{
	struct keyparts k;

	signer_release(s);
	if (keyparts_from_pkcs8(&k, secret_span(pkcs8), e))
		return -1;
	s->alg = alg_default(k.type, k.bits);
	if (!s->alg) {
		err_set(e, REASON_BAD_KEY, "the RSA key has a size that nobody may sign with");
		err_expected(e, "2048, 3072 or 4096 bits");
		return err_found(e, "%u bits", k.bits);
	}
	/* So that signer_release knows what s->key is. */
	s->pub.type = k.type;
	if ((k.type == KEY_ED25519 ? open_edwards : open_evp)(s, &k, e) == 0)
		return 0;
	signer_release(s);
	return -1;
}

void
signer_release(struct signer *s)
{
	if (s->key && s->pub.type == KEY_ED25519) {
		secret_release(s->key);
		free(s->key);
	} else if (s->key) {
		EVP_PKEY_free(s->key);
	}
	s->key = NULL;
	pubkey_release(&s->pub);
	s->alg = NULL;
}

/* PSS salt as long as the hash, as the algorithm registry's names mean it. */
static bool
set_padding(EVP_PKEY_CTX *ctx, const struct alg *alg)
{
	bool pss = alg->padding == PADDING_PSS;

	return EVP_PKEY_CTX_set_rsa_padding(ctx, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, digest_evp(alg->hash)) > 0 &&
	    (!pss || EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) > 0);
}

static int
sign_evp(struct signer *s, struct span digest, struct buf *sig, struct err *e)
{
	AUTO(EVP_PKEY_CTX) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, s->key, NULL);
	unsigned char out[1024];
	size_t len = sizeof(out);

	if (!ctx || EVP_PKEY_sign_init(ctx) <= 0 || (s->pub.type == KEY_RSA && !set_padding(ctx, s->alg)) ||
	    EVP_PKEY_sign(ctx, out, &len, (const unsigned char *)digest.ptr, digest.len) <= 0)
		return ossl_fail(e, REASON_FAILED, "the key cannot sign");
	buf_add(sig, out, len);
	return buf_check(sig, "the signature", e);
}

static int
check_ready(const struct signer *s, struct err *e)
{
	return s->key && s->alg ? 0 : err_set(e, REASON_BAD_KEY, "there is no private key to sign with");
}

int
signer_sign_digest(struct signer *s, struct span digest, struct buf *sig, struct err *e)
{
	unsigned char out[EDWARDS_SIGNATURE];

	if (check_ready(s, e))
		return -1;
	if (s->alg->hash == HASH_NONE)
		return err_set(e, REASON_BAD_KEY, "pure Ed25519 signs no digest");
	if (digest.len != hash_size(s->alg->hash))
		BUG("a digest of %zu bytes for %s", digest.len, s->alg->name);
	if (s->pub.type != KEY_ED25519)
		return sign_evp(s, digest, sig, e);
	edwards_sign_ph(s->key, (const unsigned char *)digest.ptr, out);
	buf_add(sig, out, sizeof(out));
	return buf_check(sig, "the signature", e);
}

int
signer_sign(struct signer *s, struct span message, struct buf *sig, struct err *e)
{
	unsigned char out[EDWARDS_SIGNATURE], value[HASH_SIZE_MAX];

	if (check_ready(s, e))
		return -1;
	if (s->alg->hash != HASH_NONE) {
		digest_of(s->alg->hash, message, value);
		return signer_sign_digest(s, span_of(value, hash_size(s->alg->hash)), sig, e);
	}
	edwards_sign(s->key, message, out);
	buf_add(sig, out, sizeof(out));
	return buf_check(sig, "the signature", e);
}

int
signer_sign_pure(struct signer *s, int fd, const char *name, struct buf *sig, struct err *e)
{
	unsigned char out[EDWARDS_SIGNATURE];

	if (check_ready(s, e))
		return -1;
	if (s->pub.type != KEY_ED25519)
		return err_set(e, REASON_BAD_KEY, "only Ed25519 keys sign without a hash");
	if (edwards_sign_fd(s->key, fd, name, out, e))
		return -1;
	buf_add(sig, out, sizeof(out));
	return buf_check(sig, "the signature", e);
}
