/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log of certificates (RFC 6962), as much of it as an authority needs: it
 * signs a timestamp for whatever chain it is given. Nobody asks it for proofs.
 */
#include "sigstore.h"
#include "json/emit.h"
#include "json/scan.h"

#include <openssl/ct.h>

EVP_PKEY *ctlog_key;

static void
add_number(struct buf *b, uint64_t n, unsigned bytes)
{
	while (bytes-- > 0)
		buf_add_char(b, (char)(n >> (8 * bytes)));
}

static void
add_tbs(struct buf *b, X509 *leaf)
{
	unsigned char *der = NULL;
	int len = i2d_re_X509_tbs(leaf, &der);

	if (len < 0)
		BUG("no certificate to sign");
	add_number(b, (uint64_t)len, 3);
	buf_add(b, der, (size_t)len);
	OPENSSL_free(der);
}

static void
add_entry(struct buf *b, X509 *leaf, const struct seal_cert *issuer)
{
	AUTO(buf) struct buf der = BUF_INIT(BUF_TEXT_MAX);
	unsigned char hash[SEAL_HASH];

	if (!issuer) {
		seal_der(leaf, &der);
		add_number(b, 0, 2);
		add_number(b, der.len, 3);
		buf_add_span(b, buf_span(&der));
		return;
	}
	seal_spki(X509_get0_pubkey(issuer->x509), &der);
	seal_sha256(buf_span(&der), hash);
	add_number(b, 1, 2);
	buf_add(b, hash, sizeof(hash));
	add_tbs(b, leaf);
}

void
ctlog_sct(EVP_PKEY *key, X509 *leaf, const struct seal_cert *issuer, struct buf *out)
{
	AUTO(buf) struct buf message = BUF_INIT(BUF_TEXT_MAX), sig = BUF_INIT(BUF_TEXT_MAX);
	AUTO(buf) struct buf spki = BUF_INIT(BUF_TEXT_MAX);
	struct timespec now;
	uint64_t ms;
	unsigned char id[SEAL_HASH];

	clock_gettime(CLOCK_REALTIME, &now);
	ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	seal_spki(key, &spki);
	seal_sha256(buf_span(&spki), id);
	add_number(&message, 0, 2);
	add_number(&message, ms, 8);
	add_entry(&message, leaf, issuer);
	add_number(&message, 0, 2);
	seal_sign(key, buf_span(&message), &sig);
	add_number(out, 0, 1);
	buf_add(out, id, sizeof(id));
	add_number(out, ms, 8);
	add_number(out, 0, 2);
	add_number(out, 0x0403, 2);
	add_number(out, sig.len, 2);
	buf_add_span(out, buf_span(&sig));
}

void
ctlog_json(struct span sct, struct buf *out)
{
	const unsigned char *p = (const unsigned char *)sct.ptr;
	struct emit j;
	uint64_t ms = 0;

	for (int i = 0; i < 8; i++)
		ms = ms << 8 | p[33 + i];
	emit_init(&j, out);
	emit_object(&j);
	emit_kint(&j, "sct_version", 0);
	emit_key(&j, "id");
	emit_base64(&j, span_of(p + 1, SEAL_HASH));
	emit_kint(&j, "timestamp", (int64_t)ms);
	emit_kstr(&j, "extensions", "");
	emit_key(&j, "signature");
	emit_base64(&j, span_from(sct, 43));
	emit_object_end(&j);
}

static X509 *
read_cert(struct ask *a, struct node request, const char *path)
{
	AUTO(buf) struct buf der = BUF_INIT(BUF_TEXT_MAX);
	const unsigned char *p;

	if (!seal_unbase64(&der, seal_text(request, path, &a->pool)) || !der.len)
		return NULL;
	p = (const unsigned char *)der.ptr;
	return d2i_X509(NULL, &p, (long)der.len);
}

static void
add_chain(struct ask *a, bool pre)
{
	AUTO(buf) struct buf sct = BUF_INIT(BUF_TEXT_MAX), out = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;
	struct node request;
	struct seal_cert issuer = {0};
	X509 *leaf = NULL;
	int poison;

	if (scan_document(buf_span(&a->x.body), &request, &e) == 0) {
		leaf = read_cert(a, request, "chain.0");
		issuer.x509 = read_cert(a, request, "chain.1");
	}
	poison = leaf ? X509_get_ext_by_NID(leaf, NID_ct_precert_poison, -1) : -1;
	if (!leaf || !issuer.x509 || pre != (poison >= 0)) {
		reply_error(a, 400, 3, "no chain");
		return;
	}
	if (pre)
		X509_EXTENSION_free(X509_delete_ext(leaf, poison));
	ctlog_sct(ctlog_key, leaf, pre ? &issuer : NULL, &sct);
	X509_free(leaf);
	X509_free(issuer.x509);
	ctlog_json(buf_span(&sct), &out);
	reply_json(a, 200, &out);
}

void
ctlog_start(void)
{
	ctlog_key = seal_key("P-256");
}

void
ctlog_serve(struct ask *a)
{
	struct span path = span_str(a->x.path);

	if (exchange_is(&a->x, "POST") && span_ends(path, "/ct/v1/add-pre-chain"))
		add_chain(a, true);
	else if (exchange_is(&a->x, "POST") && span_ends(path, "/ct/v1/add-chain"))
		add_chain(a, false);
	else
		reply_error(a, 404, 5, "not found");
}
