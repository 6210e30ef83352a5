/* SPDX-License-Identifier: Apache-2.0 */
#include "client/fulcioca.h"

#include "codec/pem.h"
#include "json/emit.h"
#include "json/shape.h"

void
fulcioca_answer_release(struct fulcioca_answer *a)
{
	certlist_release(&a->chain);
	buf_release(&a->sct);
}

/* The server looks at the key itself; this is a courtesy. */
static const char *
algorithm(const struct pubkey *k)
{
	return k->type == KEY_RSA ? "RSA_PSS" : k->type == KEY_ED25519 ? "ED25519" : "ECDSA";
}

void
fulcioca_emit(const struct fulcioca_request *q, struct buf *out)
{
	AUTO(buf) struct buf pem = BUF_INIT(BUF_TEXT_MAX);
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	if (q->csr.ptr) {
		pem_encode(&pem, "CERTIFICATE REQUEST", q->csr);
		emit_key(&j, "certificateSigningRequest");
		emit_base64(&j, buf_span(&pem));
		emit_object_end(&j);
		return;
	}
	pubkey_emit_pem(q->key, &pem);
	emit_key(&j, "publicKeyRequest");
	emit_object(&j);
	emit_key(&j, "publicKey");
	emit_object(&j);
	emit_kstr(&j, "algorithm", algorithm(q->key));
	emit_kspan(&j, "content", buf_span(&pem));
	emit_object_end(&j);
	emit_key(&j, "proofOfPossession");
	emit_base64(&j, q->proof);
	emit_object_end(&j);
	emit_object_end(&j);
}

struct answer_chain { struct shape_strs certs; };
struct answer_signed { struct answer_chain chain; struct span sct; bool has_sct; };
struct answer { struct answer_signed embedded, detached; bool has_embedded, has_detached; };

static const struct field chain_fields[] = {
	FIELD_STRS(struct answer_chain, certs, "certificates", FIELD_REQUIRED | FIELD_NONEMPTY, .max = FULCIOCA_CERTS_MAX),
	FIELD_END};
static const struct field signed_fields[] = {
	FIELD_OBJ(struct answer_signed, chain, "chain", chain_fields, FIELD_REQUIRED),
	FIELD_B64(struct answer_signed, sct, "signedCertificateTimestamp", 0, FIELD_HAS(struct answer_signed, has_sct)),
	FIELD_END};
static const struct field answer_fields[] = {
	FIELD_OBJ(struct answer, embedded, "signedCertificateEmbeddedSct", signed_fields, 0,
	    FIELD_HAS(struct answer, has_embedded)),
	FIELD_OBJ(struct answer, detached, "signedCertificateDetachedSct", signed_fields, 0,
	    FIELD_HAS(struct answer, has_detached)),
	FIELD_END};

static int
add_certificate(struct certlist *l, struct span text, struct err *e)
{
	AUTO(buf) struct buf der = BUF_INIT(CERT_MAX);
	struct span rest;
	struct pem p;

	if (pem_next(&p, text, &rest, e) || pem_decode(&p, &der, e) || buf_check(&der, "a certificate", e))
		return -1;
	if (!span_is(p.label, "CERTIFICATE") || span_trim(rest).len)
		return err_set(e, REASON_BAD_CERTIFICATE, "expected one CERTIFICATE block alone");
	return certlist_add_der(l, buf_span(&der), e);
}

int
fulcioca_parse(struct fulcioca_answer *a, struct span json, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct answer raw = {.has_embedded = false};
	const struct answer_signed *s;

	if (json.len > FULCIOCA_ANSWER_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d bytes", FULCIOCA_ANSWER_MAX);
	if (shape_parse(&raw, answer_fields, json, SHAPE_LENIENT, &pool, e))
		return -1;
	if (raw.has_embedded == raw.has_detached)
		return err_set(e, REASON_BAD_SHAPE,
		    "expected signedCertificateEmbeddedSct or signedCertificateDetachedSct, and one of them");
	s = raw.has_embedded ? &raw.embedded : &raw.detached;
	for (size_t i = 0; i < s->chain.certs.count; i++)
		if (add_certificate(&a->chain, s->chain.certs.items[i], e))
			return err_wrap(e, "certificates[%zu]", i);
	if (raw.has_detached)
		buf_add_span(&a->sct, s->sct);
	return buf_check(&a->sct, "the certificate timestamp", e);
}

int
fulcioca_ask(const struct service *s, const struct secret *token, const struct fulcioca_request *q,
    struct fulcioca_answer *a, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf body = BUF_INIT(BUF_TEXT_MAX);
	struct service_call c = {.method = "POST", .path = "/api/v2/signingCert", .type = "application/json",
	    .accept = "application/json", .bearer = token, .max_body = FULCIOCA_ANSWER_MAX,
	    .timeout = FULCIOCA_TIMEOUT_MS, .repeatable = true};

	fulcioca_emit(q, &body);
	if (buf_check(&body, "the request", e))
		return service_wrap(s, e);
	c.body = buf_span(&body);
	if (service_do(s, &c, &r, e))
		return -1;
	if (r.status != 200 && r.status != 201)
		return service_refused(s, &r, e);
	return fulcioca_parse(a, buf_span(&r.body), e) ? service_garbage(s, e) : 0;
}
