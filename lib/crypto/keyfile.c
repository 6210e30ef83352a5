/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/keyfile.h"

#include <sodium.h>
#include "base/mem.h"
#include "codec/pem.h"
#include "crypto/evpkey.h"
#include "crypto/keybox.h"
#include "crypto/keywrite.h"
#include "crypto/pbes2.h"

/* What one PEM block becomes: PKCS#8. */
struct opening {
	struct secret *pkcs8;
	keyfile_password *ask;
	void *ctx;
};

static int
ask(const struct opening *o, struct secret *password, struct err *e)
{
	if (!o->ask)
		return err_set(e, REASON_BAD_PASSWORD, "the key is encrypted, and nobody knows its password");
	return o->ask(o->ctx, password, e);
}

static int
open_keybox(const struct opening *o, struct span json, struct err *e)
{
	AUTO(keybox) struct keybox box = KEYBOX_INIT;
	AUTO(secret) struct secret password = SECRET_INIT;

	if (keybox_parse(&box, json, e) || ask(o, &password, e))
		return -1;
	return keybox_open(&box, &password, o->pkcs8, e);
}

static int
open_pbes2(const struct opening *o, struct span der, struct err *e)
{
	AUTO(secret) struct secret password = SECRET_INIT;
	struct pbes2 p;

	if (pbes2_parse(&p, der, e) || ask(o, &password, e))
		return -1;
	return pbes2_open(&p, &password, o->pkcs8, e);
}

static int
open_pkcs8(const struct opening *o, struct span der, struct err *e)
{
	(void)e;
	secret_copy(o->pkcs8, der);
	return 0;
}

static int
open_sec1(const struct opening *o, struct span der, struct err *e)
{
	struct keyparts k;

	if (keyparts_from_sec1(&k, der, e))
		return -1;
	keywrite_pkcs8(&k, o->pkcs8);
	return 0;
}

static int
open_rsa(const struct opening *o, struct span der, struct err *e)
{
	struct keyparts k;

	if (keyparts_from_rsa_private(&k, der, e))
		return -1;
	keywrite_pkcs8(&k, o->pkcs8);
	return 0;
}

static const char label_today[] = "ENCRYPTED SIGSTORE PRIVATE KEY";

static const struct label {
	const char *name;
	bool encrypted;
	int (*open)(const struct opening *o, struct span bytes, struct err *e);
} labels[] = {
	{label_today, true, open_keybox},
	{"ENCRYPTED COSIGN PRIVATE KEY", true, open_keybox},
	{"ENCRYPTED PRIVATE KEY", true, open_pbes2},
	{"PRIVATE KEY", false, open_pkcs8},
	{"EC PRIVATE KEY", false, open_sec1},
	{"RSA PRIVATE KEY", false, open_rsa},
};

static const struct label *
find_label(struct span name)
{
	for (size_t i = 0; i < countof(labels); i++)
		if (span_is(name, labels[i].name))
			return &labels[i];
	return NULL;
}

/* `openssl ecparam -genkey` writes the curve in a block before the key. */
static int
first_key(struct pem *p, struct span text, struct err *e)
{
	struct span rest;

	if (text.len > KEYFILE_MAX)
		return err_set(e, REASON_TOO_LARGE, "a private key file has at most %d bytes", KEYFILE_MAX);
	if (pem_next(p, text, &rest, e))
		return -1;
	return span_is(p->label, "EC PARAMETERS") ? pem_next(p, rest, NULL, e) : 0;
}

bool
keyfile_is_encrypted(struct span pem)
{
	const struct label *label;
	struct pem p;

	label = first_key(&p, pem, NULL) ? NULL : find_label(p.label);
	return label && label->encrypted;
}

static int
refuse_label(struct err *e, struct span label)
{
	err_set(e, REASON_BAD_KEY, "this PEM is not a private key that can be used");
	err_expected(e, "a PRIVATE KEY, plain or encrypted");
	err_found(e, "%.*s", SPAN_FMT(span_first(label, 64)));
	if (span_ends(label, "PUBLIC KEY"))
		err_hint(e, "a public key cannot sign; give the private key");
	else if (span_is(label, "OPENSSH PRIVATE KEY"))
		err_hint(e, "`ssh-keygen -p -m PKCS8 -f COPY` converts a copy of it");
	return -1;
}

static int
to_pkcs8(const struct opening *o, struct span pem, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(KEYFILE_MAX);
	const struct label *label;
	struct pem p;
	int rc;

	if (first_key(&p, pem, e))
		return -1;
	label = find_label(p.label);
	if (!label)
		return refuse_label(e, p.label);
	if (p.headers.len) {
		err_set(e, REASON_BAD_KEY, "the key is encrypted in OpenSSL's old way, inside the PEM");
		return err_hint(e, "`openssl pkcs8 -topk8 -in FILE` writes a form that can be read");
	}
	rc = pem_decode(&p, &bytes, e) ? -1 : label->open(o, buf_span(&bytes), e);
	mem_wipe(bytes.ptr, bytes.len);
	return rc;
}

int
keyfile_open(struct signer *s, struct span pem, keyfile_password *question, void *ctx, struct err *e)
{
	AUTO(secret) struct secret pkcs8 = SECRET_INIT;
	struct opening o = {&pkcs8, question, ctx};

	return to_pkcs8(&o, pem, e) || signer_from_pkcs8(s, &pkcs8, e) ? -1 : 0;
}

int
keyfile_import(struct span pem, struct secret *pkcs8, struct err *e)
{
	AUTO(secret) struct secret foreign = SECRET_INIT;
	AUTO(signer) struct signer s = SIGNER_INIT;
	struct opening o = {&foreign, NULL, NULL};
	unsigned char point[EVPKEY_POINT_MAX];
	struct keyparts k;
	size_t len;

	if (keyfile_is_encrypted(pem)) {
		err_set(e, REASON_BAD_KEY, "the key to import is encrypted");
		return err_hint(e, "it can be used as --key as it is; or take the password off with `openssl pkey`");
	}
	/* The signer is made only because it checks the key as a whole. */
	if (to_pkcs8(&o, pem, e) || signer_from_pkcs8(&s, &foreign, e) ||
	    keyparts_from_pkcs8(&k, secret_span(&foreign), e))
		return -1;
	if (k.type != KEY_RSA && k.type != KEY_ED25519) {
		if (evpkey_point(&k, point, &len, e))
			return -1;
		k.point = span_of(point, len);
	}
	keywrite_pkcs8(&k, pkcs8);
	return 0;
}

int
keyfile_seal(const struct secret *pkcs8, const struct secret *password, struct buf *pem, struct err *e)
{
	AUTO(buf) struct buf json = BUF_INIT(KEYFILE_MAX);
	unsigned char salt[KEYBOX_SALT], nonce[KEYBOX_NONCE];

	randombytes_buf(salt, sizeof(salt));
	randombytes_buf(nonce, sizeof(nonce));
	if (keybox_seal(pkcs8, password, salt, nonce, &json, e))
		return -1;
	pem_encode(pem, label_today, buf_span(&json));
	return buf_check(pem, "the key file", e);
}

int
keyfile_generate(const struct alg *alg, struct secret *pkcs8, struct err *e)
{
	unsigned char point[EVPKEY_POINT_MAX];
	AUTO(secret) struct secret numbers = SECRET_INIT;
	struct keyparts k;

	if (alg->type == KEY_ED25519) {
		secret_new(&numbers, 32);
		randombytes_buf(numbers.bytes, numbers.len);
		k = (struct keyparts){.type = KEY_ED25519, .scalar = secret_span(&numbers)};
	} else if (evpkey_generate(&k, alg->type, alg->bits, &numbers, point, e)) {
		return -1;
	}
	keywrite_pkcs8(&k, pkcs8);
	return 0;
}
