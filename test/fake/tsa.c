/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A timestamp authority (RFC 3161) under the path of Sigstore's.
 */
#include "sigstore.h"

#include <openssl/ts.h>

#define POLICY "1.3.6.1.4.1.57264.2"

static struct seal_cert
make_leaf(const struct seal_cert *root, const char *kind, const X509 *like)
{
	struct seal_cert c = {.key = seal_key(kind)};

	c.x509 = seal_new("tests TSA", c.key, root, -3600, 5L * 365 * 86400);
	/* An impostor has the same serial, so that only the key is wrong. */
	if (like)
		X509_set_serialNumber(c.x509, (ASN1_INTEGER *)(uintptr_t)X509_get0_serialNumber(like));
	seal_extension(c.x509, root, NID_basic_constraints, "critical,CA:FALSE");
	seal_extension(c.x509, root, NID_key_usage, "critical,digitalSignature");
	seal_extension(c.x509, root, NID_ext_key_usage, "critical,timeStamping");
	seal_extension(c.x509, root, NID_subject_key_identifier, "hash");
	seal_extension(c.x509, root, NID_authority_key_identifier, "keyid:always");
	seal_finish(c.x509, root->key);
	return c;
}

void
tsa_start(struct service *s)
{
	struct tsa *t = xcalloc(1, sizeof(*t));

	t->root = seal_authority("tests TSA root", "P-384", NULL, NULL);
	t->other_root = seal_authority("tests TSA root", "P-384", NULL, NULL);
	t->leaf = make_leaf(&t->root, s->variant ? "P-384" : "P-256", NULL);
	t->other_leaf = make_leaf(&t->other_root, s->variant ? "P-384" : "P-256", t->leaf.x509);
	s->tsa = t;
}

/* --- the token ----------------------------------------------------------- */

static int
now(struct TS_resp_ctx *ctx, void *arg, long *sec, long *usec)
{
	(void)ctx;
	*sec = (long)time(NULL) + deed_number(arg, "time", 0);
	*usec = 0;
	return 1;
}

static ASN1_INTEGER *
serial(struct TS_resp_ctx *ctx, void *arg)
{
	static long count;
	ASN1_INTEGER *n = ASN1_INTEGER_new();

	(void)ctx, (void)arg;
	ASN1_INTEGER_set(n, ++count);
	return n;
}

static void
spoil_request(const struct ask *a, TS_REQ *req)
{
	TS_MSG_IMPRINT *imprint = TS_REQ_get_msg_imprint(req);
	const ASN1_OCTET_STRING *old = TS_MSG_IMPRINT_get_msg(imprint);
	unsigned char hash[64];
	int len = old->length < 64 ? old->length : 64;

	memcpy(hash, old->data, (size_t)len);
	if (deed_of(a, "other-bytes")) {
		hash[0] ^= 1;
		TS_MSG_IMPRINT_set_msg(imprint, hash, len);
	}
	if (deed_of(a, "other-nonce")) {
		ASN1_INTEGER *n = ASN1_INTEGER_new();

		ASN1_INTEGER_set(n, 4711);
		TS_REQ_set_nonce(req, n);
		ASN1_INTEGER_free(n);
	}
	if (deed_of(a, "no-cert"))
		TS_REQ_set_cert_req(req, 0);
}

static TS_RESP_CTX *
context(struct ask *a)
{
	const struct tsa *t = a->service->tsa;
	const struct seal_cert *leaf = deed_of(a, "other-key") ? &t->other_leaf : &t->leaf;
	TS_RESP_CTX *ctx = TS_RESP_CTX_new();
	ASN1_OBJECT *policy = OBJ_txt2obj(POLICY, 1);
	bool fine;

	fine = TS_RESP_CTX_set_signer_cert(ctx, leaf->x509) && TS_RESP_CTX_set_signer_key(ctx, leaf->key) &&
	    TS_RESP_CTX_set_signer_digest(ctx, a->service->variant ? EVP_sha384() : EVP_sha256()) &&
	    TS_RESP_CTX_set_ess_cert_id_digest(ctx, EVP_sha256()) && TS_RESP_CTX_set_def_policy(ctx, policy) &&
	    TS_RESP_CTX_add_md(ctx, EVP_sha256()) && TS_RESP_CTX_add_md(ctx, EVP_sha384()) &&
	    TS_RESP_CTX_add_md(ctx, EVP_sha512()) && TS_RESP_CTX_set_accuracy(ctx, 1, 0, 0);
	if (!fine)
		BUG("no timestamp authority");
	TS_RESP_CTX_add_flags(ctx, TS_TSA_NAME);
	TS_RESP_CTX_set_serial_cb(ctx, serial, NULL);
	TS_RESP_CTX_set_time_cb(ctx, now, a);
	ASN1_OBJECT_free(policy);
	return ctx;
}

static TS_RESP *
respond(struct ask *a, TS_REQ *req)
{
	TS_RESP_CTX *ctx = context(a);
	BIO *in = BIO_new(BIO_s_mem());
	TS_RESP *resp;

	i2d_TS_REQ_bio(in, req);
	resp = TS_RESP_create_response(ctx, in);
	BIO_free(in);
	TS_RESP_CTX_free(ctx);
	return resp;
}

static TS_RESP *
reject(void)
{
	TS_RESP *resp = TS_RESP_new();
	TS_STATUS_INFO *status = TS_STATUS_INFO_new();

	TS_STATUS_INFO_set_status(status, 2);
	TS_RESP_set_status_info(resp, status);
	TS_STATUS_INFO_free(status);
	return resp;
}

static void
stamp(struct ask *a)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	const unsigned char *p = (const unsigned char *)buf_str(&a->x.body);
	TS_REQ *req = d2i_TS_REQ(NULL, &p, (long)a->x.body.len);
	unsigned char *der = NULL;
	TS_RESP *resp;
	int len;

	if (!req) {
		reply_error(a, 400, 400, "Error generating timestamp response");
		return;
	}
	spoil_request(a, req);
	resp = deed_of(a, "rejected") ? reject() : respond(a, req);
	len = i2d_TS_RESP(resp, &der);
	buf_add(&out, der, len > 0 ? (size_t)len : 0);
	OPENSSL_free(der);
	TS_RESP_free(resp);
	TS_REQ_free(req);
	reply(a, 201, "application/timestamp-reply", &out);
}

static void
chain(struct ask *a)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);

	seal_pem(a->service->tsa->leaf.x509, &out);
	seal_pem(a->service->tsa->root.x509, &out);
	reply(a, 200, "application/pem-certificate-chain", &out);
}

void
tsa_serve(struct ask *a)
{
	if (exchange_is(&a->x, "POST") && strcmp(a->x.path, "/api/v1/timestamp") == 0)
		stamp(a);
	else if (exchange_is_read(&a->x) && strcmp(a->x.path, "/api/v1/timestamp/certchain") == 0)
		chain(a);
	else
		reply_error(a, 404, 404, "path %s was not found", a->x.path);
}
