/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/trustwrite.h"

#include "codec/der.h"

static void
emit_text(struct emit *j, const char *name, struct span text)
{
	if (text.len)
		emit_kspan(j, name, text);
}

static void
emit_id(struct emit *j, const char *name, struct span bytes)
{
	emit_key(j, name);
	emit_object(j);
	emit_key(j, "keyId");
	emit_base64(j, bytes);
	emit_object_end(j);
}

/* --- logs --- */

/* The key inside a SubjectPublicKeyInfo, which for RSA is its PKCS#1 form. */
static struct span
inner_key(struct span spki)
{
	struct span content, alg, bits = SPAN_NONE;

	if (der_get(&spki, DER_SEQUENCE, &content) && der_get(&content, DER_SEQUENCE, &alg))
		(void)der_get_bits(&content, &bits);
	return bits;
}

static void
emit_public_key(struct emit *j, const struct trust_log *log)
{
	struct span spki = buf_span(&log->key.spki);

	emit_key(j, "publicKey");
	emit_object(j);
	emit_key(j, "rawBytes");
	emit_base64(j, span_is(log->details, "PKCS1_RSA_PKCS1V5") ? inner_key(spki) : spki);
	emit_kspan(j, "keyDetails", log->details);
	trust_window_emit(j, &log->window);
	emit_object_end(j);
}

static void
emit_log(struct emit *j, const struct trust_log *log)
{
	emit_object(j);
	emit_text(j, "baseUrl", log->base_url);
	emit_kstr(j, "hashAlgorithm", "SHA2_256");
	emit_public_key(j, log);
	emit_id(j, "logId", log->id);
	if (log->checkpoint_id.ptr)
		emit_id(j, "checkpointKeyId", log->checkpoint_id);
	emit_text(j, "operator", log->operator);
	emit_object_end(j);
}

static void
emit_logs(struct emit *j, const char *name, const struct trust_logs *logs)
{
	if (logs->count == 0)
		return;
	emit_key(j, name);
	emit_array(j);
	for (size_t i = 0; i < logs->count; i++)
		emit_log(j, &logs->items[i]);
	emit_array_end(j);
}

/* --- authorities --- */

static void
emit_chain(struct emit *j, const struct shape_strs *certs)
{
	emit_key(j, "certChain");
	emit_object(j);
	emit_key(j, "certificates");
	emit_array(j);
	for (size_t i = 0; i < certs->count; i++) {
		emit_object(j);
		emit_key(j, "rawBytes");
		emit_base64(j, certs->items[i]);
		emit_object_end(j);
	}
	emit_array_end(j);
	emit_object_end(j);
}

static void
emit_ca(struct emit *j, const struct trust_ca *ca)
{
	emit_object(j);
	emit_key(j, "subject");
	emit_object(j);
	emit_text(j, "organization", ca->organization);
	emit_text(j, "commonName", ca->common_name);
	emit_object_end(j);
	emit_text(j, "uri", ca->uri);
	emit_chain(j, &ca->certs);
	trust_window_emit(j, &ca->window);
	emit_text(j, "operator", ca->operator);
	emit_object_end(j);
}

static void
emit_cas(struct emit *j, const char *name, const struct trust_cas *cas)
{
	if (cas->count == 0)
		return;
	emit_key(j, name);
	emit_array(j);
	for (size_t i = 0; i < cas->count; i++)
		emit_ca(j, &cas->items[i]);
	emit_array_end(j);
}

void
trustwrite_emit(const struct trust *t, struct buf *out)
{
	struct emit j;

	emit_init(&j, out);
	j.raw_html = true;
	emit_object(&j);
	emit_kstr(&j, "mediaType", "application/vnd.dev.sigstore.trustedroot+json;version=0.1");
	emit_logs(&j, "tlogs", &t->tlogs);
	emit_cas(&j, "certificateAuthorities", &t->cas);
	emit_logs(&j, "ctlogs", &t->ctlogs);
	emit_cas(&j, "timestampAuthorities", &t->tsas);
	emit_object_end(&j);
}
