/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/pubkey.h"

#include <openssl/rsa.h>
#include "codec/b64.h"
#include "codec/der.h"
#include "codec/pem.h"
#include "crypto/edwards.h"
#include "crypto/evpkey.h"
#include "crypto/keywrite.h"

static int
keep(struct pubkey *k, const struct keyparts *parts, struct err *e)
{
	pubkey_release(k);
	k->type = parts->type;
	k->bits = parts->bits;
	keywrite_spki(parts, &k->spki);
	if (k->type == KEY_ED25519)
		memcpy(k->raw, parts->point.ptr, sizeof(k->raw));
	return buf_check(&k->spki, "the public key", e);
}

int
pubkey_parse_spki(struct pubkey *k, struct span der, struct err *e)
{
	struct keyparts parts;

	return keyparts_from_spki(&parts, der, e) || keep(k, &parts, e) ? -1 : 0;
}

static int
parse_rsa(struct pubkey *k, struct span der, struct err *e)
{
	struct keyparts parts;

	return keyparts_from_rsa_public(&parts, der, e) || keep(k, &parts, e) ? -1 : 0;
}

static const struct {
	const char *label;
	int (*parse)(struct pubkey *k, struct span der, struct err *e);
} labels[] = {
	{"PUBLIC KEY", pubkey_parse_spki},
	{"RSA PUBLIC KEY", parse_rsa},
};

static int
refuse_label(struct err *e, struct span label)
{
	err_set(e, REASON_BAD_KEY, "this PEM is not a public key");
	err_expected(e, "PUBLIC KEY or RSA PUBLIC KEY");
	err_found(e, "%.*s", SPAN_FMT(span_first(label, 64)));
	if (span_ends(label, "PRIVATE KEY"))
		err_hint(e, "this is a private key; `cosign public-key --key FILE` prints the public key that belongs to it");
	else if (span_ends(label, "CERTIFICATE"))
		err_hint(e, "this is a certificate; `openssl x509 -pubkey -noout` prints its key");
	return -1;
}

int
pubkey_parse_pem(struct pubkey *k, struct span pem, struct err *e)
{
	AUTO(buf) struct buf der = BUF_INIT(PUBKEY_FILE_MAX);
	struct pem block;

	if (pem.len > PUBKEY_FILE_MAX)
		return err_set(e, REASON_TOO_LARGE, "a public key file has at most %d bytes", PUBKEY_FILE_MAX);
	if (pem_next(&block, pem, NULL, e))
		return -1;
	for (size_t i = 0; i < countof(labels); i++)
		if (span_is(block.label, labels[i].label))
			return pem_decode(&block, &der, e) ? -1 : labels[i].parse(k, buf_span(&der), e);
	return refuse_label(e, block.label);
}

void
pubkey_release(struct pubkey *k)
{
	EVP_PKEY_CTX_free(k->ctx);
	EVP_PKEY_free(k->evp);
	buf_release(&k->spki);
	*k = (struct pubkey)PUBKEY_INIT;
}

void
pubkey_emit_pem(const struct pubkey *k, struct buf *out)
{
	pem_encode(out, "PUBLIC KEY", buf_span(&k->spki));
}

void
pubkey_hint(const struct pubkey *k, struct buf *out)
{
	unsigned char value[HASH_SIZE_MAX];

	digest_of(HASH_SHA256, buf_span(&k->spki), value);
	b64_encode(out, span_of(value, hash_size(HASH_SHA256)), B64_STD);
}

const char *
pubkey_describe(const struct pubkey *k, char text[32])
{
	if (k->type == KEY_RSA)
		snprintf(text, 32, "RSA %u", k->bits);
	else
		snprintf(text, 32, "%s", key_type_name(k->type));
	return text;
}

/* OpenSSL's key and a context, once for all signatures. */
static int
prepare(struct pubkey *k, struct err *e)
{
	struct keyparts parts;

	if (k->ctx)
		return 0;
	if (k->type == KEY_NONE)
		return err_set(e, REASON_BAD_KEY, "there is no public key");
	if (keyparts_from_spki(&parts, buf_span(&k->spki), e))
		return -1;
	k->evp = evpkey_public(&parts, e);
	if (!k->evp)
		return -1;
	k->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->evp, NULL);
	return k->ctx ? 0 : ossl_fail(e, REASON_BAD_KEY, "the public key cannot be used");
}

/* One encoding for one signature: Ecdsa-Sig-Value (RFC 3279) in DER, both
 * numbers positive, nothing behind. */
static bool
is_ecdsa(struct span sig)
{
	struct span seq, r, s;

	return der_get(&sig, DER_SEQUENCE, &seq) && sig.len == 0 && der_get_uint(&seq, &r) &&
	    der_get_uint(&seq, &s) && seq.len == 0 && r.len && s.len;
}

static bool
set_padding(EVP_PKEY_CTX *ctx, enum hash hash, enum padding padding)
{
	if (EVP_PKEY_CTX_set_rsa_padding(ctx, padding == PADDING_PSS ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) <= 0)
		return false;
	if (EVP_PKEY_CTX_set_signature_md(ctx, digest_evp(hash)) <= 0)
		return false;
	return padding != PADDING_PSS || EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_AUTO) > 0;
}

static bool
try_digest(struct pubkey *k, enum hash hash, struct span digest, struct span sig)
{
	bool good;

	good = EVP_PKEY_verify_init(k->ctx) > 0 &&
	    (k->type != KEY_RSA || set_padding(k->ctx, hash, k->pss ? PADDING_PSS : PADDING_PKCS1)) &&
	    EVP_PKEY_verify(k->ctx, (const unsigned char *)sig.ptr, sig.len,
		(const unsigned char *)digest.ptr, digest.len) == 1;
	ossl_forget();
	return good;
}

static bool
try_once(struct pubkey *k, enum hash hash, struct span message, struct span sig)
{
	unsigned char value[HASH_SIZE_MAX];

	digest_of(hash, message, value);
	return try_digest(k, hash, span_of(value, hash_size(hash)), sig);
}

/* What a key's signatures may be over when nobody says which hash. */
static const struct attempt {
	enum key_type type;
	enum hash hash;
} attempts[] = {
	{KEY_P256, HASH_SHA256},
	{KEY_P384, HASH_SHA384},
	{KEY_P384, HASH_SHA256},
	{KEY_P521, HASH_SHA512},
	{KEY_P521, HASH_SHA256},
	{KEY_RSA, HASH_SHA256},
	{KEY_ED25519, HASH_SHA512},
};

unsigned
pubkey_hashes(const struct pubkey *k)
{
	unsigned mask = 0;

	for (size_t i = 0; i < countof(attempts); i++)
		if (attempts[i].type == k->type)
			mask |= 1U << attempts[i].hash;
	return mask;
}

static bool
try_all(struct pubkey *k, enum hash hash, struct span message, struct span sig)
{
	if (hash != HASH_NONE)
		return try_once(k, hash, message, sig);
	for (size_t i = 0; i < countof(attempts); i++)
		if (attempts[i].type == k->type && try_once(k, attempts[i].hash, message, sig))
			return true;
	return false;
}

static int
no_match(const struct pubkey *k, struct err *e)
{
	char text[32];

	return err_set(e, REASON_BAD_SIGNATURE, "the signature does not verify under the %s key",
	    pubkey_describe(k, text));
}

/* Readies k and looks at the signature's form. */
static int
start(struct pubkey *k, struct span sig, struct err *e)
{
	if (prepare(k, e))
		return -1;
	if (k->type == KEY_RSA || is_ecdsa(sig))
		return 0;
	err_set(e, REASON_BAD_SIGNATURE, "the signature is no ECDSA signature in DER");
	return err_expected(e, "SEQUENCE of two positive INTEGERs, nothing behind");
}

static bool
try_edwards(const struct pubkey *k, struct span message, struct span sig)
{
	unsigned char value[HASH_SIZE_MAX];

	if (edwards_verify(k->raw, message, sig))
		return true;
	digest_of(HASH_SHA512, message, value);
	return edwards_verify_ph(k->raw, value, sig);
}

int
pubkey_verify(struct pubkey *k, enum hash hash, struct span message, struct span sig, struct err *e)
{
	if (k->type == KEY_ED25519)
		return try_edwards(k, message, sig) ? 0 : no_match(k, e);
	if (start(k, sig, e))
		return -1;
	return try_all(k, hash, message, sig) ? 0 : no_match(k, e);
}

static int
verify_ph(const struct pubkey *k, enum hash hash, struct span digest, struct span sig, struct err *e)
{
	if (hash != HASH_SHA512) {
		err_set(e, REASON_BAD_SIGNATURE, "an Ed25519 key signs the SHA-512 of a file, or the file itself");
		return err_found(e, "%s alone", hash_name(hash));
	}
	if (edwards_verify_ph(k->raw, (const unsigned char *)digest.ptr, sig))
		return 0;
	no_match(k, e);
	return err_hint(e, "pure Ed25519 signs no hash: it is checked where the whole file is given");
}

int
pubkey_verify_digest(struct pubkey *k, enum hash hash, struct span digest, struct span sig, struct err *e)
{
	if (hash == HASH_NONE || digest.len != hash_size(hash)) {
		err_set(e, REASON_BAD_SIGNATURE, "the digest has not the length of its algorithm");
		err_expected(e, "%s of %zu bytes", hash_name(hash), hash_size(hash));
		return err_found(e, "%zu bytes", digest.len);
	}
	if (k->type == KEY_ED25519)
		return verify_ph(k, hash, digest, sig, e);
	if (start(k, sig, e))
		return -1;
	return try_digest(k, hash, digest, sig) ? 0 : no_match(k, e);
}

int
pubkey_verify_pure(struct pubkey *k, int fd, const char *name, struct span sig, struct err *e)
{
	bool good;

	if (k->type != KEY_ED25519)
		return no_match(k, e);
	if (edwards_verify_fd(k->raw, fd, name, sig, &good, e))
		return -1;
	return good ? 0 : no_match(k, e);
}
