/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/oldbundle.h"

#include "codec/b64.h"
#include "codec/pem.h"
#include "json/emit.h"
#include "sig/logset.h"

struct raw_oldbundle {
	struct span sig, cert;
	struct node log;
};

static const struct field oldbundle_fields[] = {
	FIELD_B64(struct raw_oldbundle, sig, "base64Signature", FIELD_REQUIRED | FIELD_NONEMPTY,
	    .max = BUNDLE_MAX),
	FIELD_B64(struct raw_oldbundle, cert, "cert", 0, .max = OLDBUNDLE_CERT_MAX),
	FIELD_RAW(struct raw_oldbundle, log, "rekorBundle", 0, .max = LOGSET_MAX),
	FIELD_END,
};

static int
credential_read(struct oldbundle *b, struct span text, struct err *e)
{
	struct pem pem;

	if (text.len == 0)
		return 0;
	if (pem_next(&pem, text, NULL, NULL) == 0) {
		if (span_is(pem.label, "CERTIFICATE"))
			b->cert_pem = text;
		else if (span_is(pem.label, "PUBLIC KEY"))
			b->key_pem = text;
		else
			return err_set(e, REASON_BAD_BUNDLE,
			    "cert: expected CERTIFICATE or PUBLIC KEY, found %.*s",
			    SPAN_FMT(span_first(pem.label, 64)));
		return 0;
	}
	/* `sign` wrote DER, which is a SEQUENCE. */
	if (text.ptr[0] != '\x30')
		return err_set(e, REASON_BAD_BUNDLE,
		    "cert: expected a certificate or a public key, in PEM or DER");
	b->cert_der = text;
	return 0;
}

static int
oldbundle_read(struct oldbundle *b, struct span json, struct err *e)
{
	struct raw_oldbundle raw = {0};

	if (json.len > BUNDLE_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d bytes", BUNDLE_MAX);
	if (shape_parse(&raw, oldbundle_fields, json, SHAPE_LENIENT, &b->pool, e))
		return -1;
	b->sig = raw.sig;
	if (raw.log.kind == JSON_OBJECT)
		b->log = pool_span(&b->pool, raw.log.raw);
	else if (raw.log.kind != JSON_NULL)
		return err_set(e, REASON_BAD_BUNDLE, "rekorBundle: expected an object, found %s",
		    node_kind_name(raw.log.kind));
	return credential_read(b, raw.cert, e);
}

int
oldbundle_parse(struct oldbundle *b, struct span json, struct err *e)
{
	if (oldbundle_read(b, json, e) == 0)
		return 0;
	if (e && !err_is(e, REASON_TOO_LARGE))
		e->reason = REASON_BAD_BUNDLE;
	return err_wrap(e, "old bundle");
}

void
oldbundle_release(struct oldbundle *b)
{
	pool_release(&b->pool);
	*b = (struct oldbundle)OLDBUNDLE_INIT;
}

void
oldbundle_emit(const struct oldbundle *b, struct buf *out)
{
	struct span cert = b->cert_pem.len ? b->cert_pem :
	    b->cert_der.len ? b->cert_der : b->key_pem;
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	emit_key(&j, "base64Signature");
	emit_base64(&j, b->sig);
	if (cert.len) {
		emit_key(&j, "cert");
		emit_base64(&j, cert);
	}
	if (b->log.len) {
		emit_key(&j, "rekorBundle");
		emit_raw(&j, b->log);
	}
	emit_object_end(&j);
}
