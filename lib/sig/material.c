/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/material.h"

#include "codec/b64.h"
#include "codec/pem.h"
#include "crypto/certlist.h"
#include "sig/envelope.h"

enum { SIGNATURE_MAX = 64 << 10, TEXT_MAX = CERTLIST_FILE_MAX };

void
material_release(struct material *m)
{
	bundle_release(&m->bundle);
	pool_release(&m->pool);
	*m = (struct material)MATERIAL_INIT;
}

int
material_from_bundle(struct material *m, struct span json, bool late_chain, struct err *e)
{
	struct bundle *b = &m->bundle;

	if (late_chain ? bundle_parse_chain(b, json, e) : bundle_parse(b, json, e))
		return -1;
	m->form = MATERIAL_BUNDLE;
	m->content = b->content;
	m->sig = b->sig;
	m->keyid = b->keyid;
	return 0;
}

static int
decode_signature(struct material *m, struct span text, struct err *e)
{
	AUTO(buf) struct buf sig = BUF_INIT(SIGNATURE_MAX);

	if (b64_decode(&sig, text, B64_STD, e) || buf_check(&sig, "the signature", e)) {
		if (e)
			e->reason = REASON_BAD_SIGNATURE;
		return -1;
	}
	m->sig = pool_span(&m->pool, buf_span(&sig));
	return 0;
}

static void
borrow_layer(struct material *m, const struct material_layer *l)
{
	m->form = MATERIAL_LEGACY;
	m->message = l->payload.ptr ? l->payload : SPAN("");
	m->certificate = l->certificate;
	m->chain = l->chain;
	m->log = l->log;
	m->stamp = l->stamp;
}

int
material_from_layer(struct material *m, const struct material_layer *l, struct err *e)
{
	borrow_layer(m, l);
	m->content = BUNDLE_MESSAGE;
	if (!l->signature.ptr)
		return err_set(e, REASON_BAD_SIGNATURE, "the layer has no signature annotation");
	return decode_signature(m, l->signature, e) ? err_wrap(e, "signature annotation") : 0;
}

int
material_from_envelope(struct material *m, const struct material_layer *l, struct err *e)
{
	struct envelope v;

	borrow_layer(m, l);
	m->content = BUNDLE_DSSE;
	if (envelope_parse(&v, m->message, &m->pool, e))
		return -1;
	m->bundle.payload = v.payload;
	m->bundle.payload_type = v.payload_type;
	m->sig = v.sig;
	m->keyid = v.keyid;
	return 0;
}

int
material_from_old_bundle(struct material *m, struct span json, struct err *e)
{
	AUTO(oldbundle) struct oldbundle b = OLDBUNDLE_INIT;

	if (oldbundle_parse(&b, json, e))
		return -1;
	m->form = MATERIAL_LEGACY;
	m->content = BUNDLE_MESSAGE;
	m->sig = pool_span(&m->pool, b.sig);
	m->certificate = pool_span(&m->pool, b.cert_pem.len ? b.cert_pem : b.cert_der);
	m->key = pool_span(&m->pool, b.key_pem);
	m->log = b.log.ptr ? pool_span(&m->pool, b.log) : SPAN_NONE;
	return 0;
}

/* What is base64 and nothing else means what it encodes. */
int
material_from_signature(struct material *m, struct span text, struct err *e)
{
	m->form = MATERIAL_LEGACY;
	m->content = BUNDLE_MESSAGE;
	if (text.len > SIGNATURE_MAX)
		return err_set(e, REASON_TOO_LARGE, "a signature has at most %d bytes", SIGNATURE_MAX);
	if (decode_signature(m, span_trim(text), NULL) || m->sig.len == 0)
		m->sig = pool_span(&m->pool, text);
	if (m->sig.len == 0)
		return err_set(e, REASON_BAD_SIGNATURE, "the signature is empty");
	return 0;
}

bool
material_has_certificate(const struct material *m)
{
	if (m->form == MATERIAL_BUNDLE)
		return m->bundle.key == BUNDLE_KEY_CERT;
	return m->certificate.len > 0;
}

/* PEM, or DER, or base64 of either, to PEM or DER. */
static int
unwrap(struct material *m, struct span text, struct span *out, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(TEXT_MAX);

	*out = text;
	if (span_starts(span_trim(text), "-----") || (text.len && text.ptr[0] == '\x30'))
		return 0;
	if (b64_decode(&bytes, span_trim(text), B64_STD, NULL) || buf_check(&bytes, "the certificate", NULL)) {
		err_set(e, REASON_BAD_CERTIFICATE, "this is no certificate");
		return err_expected(e, "PEM, DER, or base64 of PEM");
	}
	*out = pool_span(&m->pool, buf_span(&bytes));
	return 0;
}

static int
read_text(struct material *m, struct span text, struct certlist *list, struct err *e)
{
	struct span plain;

	if (unwrap(m, text, &plain, e))
		return -1;
	return plain.len && plain.ptr[0] == '\x30' ? certlist_add_der(list, plain, e) : certlist_add_pem(list, plain, e);
}

static int
legacy_certificates(struct material *m, struct shape_strs *out, struct err *e)
{
	AUTO(certlist) struct certlist list = CERTLIST_INIT;

	if (m->certificate.len == 0)
		return err_set(e, REASON_NO_CERTIFICATE, "the signature has no certificate");
	if (read_text(m, m->certificate, &list, e) || (m->chain.len && read_text(m, m->chain, &list, e))) {
		if (e && !err_is(e, REASON_TOO_LARGE))
			e->reason = REASON_BAD_CERTIFICATE;
		return -1;
	}
	out->items = pool_array(&m->pool, list.count, sizeof(*out->items));
	out->count = list.count;
	for (size_t i = 0; i < list.count; i++)
		out->items[i] = pool_span(&m->pool, buf_span(&list.items[i]->der));
	return 0;
}

int
material_certificates(struct material *m, struct shape_strs *out, struct err *e)
{
	if (m->form == MATERIAL_LEGACY)
		return legacy_certificates(m, out, e);
	*out = m->bundle.certs;
	if (out->count)
		return 0;
	return err_set(e, REASON_NO_CERTIFICATE, "the bundle has no certificate");
}
