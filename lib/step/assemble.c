/* SPDX-License-Identifier: Apache-2.0 */
#include "step/assemble.h"

#include "base/file.h"
#include "codec/b64.h"
#include "client/keyref.h"
#include "crypto/cert.h"
#include "crypto/digest_file.h"
#include "json/scan.h"
#include "sig/envelope.h"
#include "sig/logset.h"
#include "sig/stampfile.h"
#include "step/lookup.h"

#define MEDIA_TYPE "application/vnd.dev.sigstore.bundle+json;version=0.3"

/* --- reading --- */

static int
hash_url(struct digest *d, const char *url, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	struct http_request q = {.method = "GET", .url = url, .max_body = SIZE_MAX / 2, .repeatable = true,
	    .sink = &d->sink};

	if (http_do(&q, &r, e))
		return -1;
	if (r.status >= 200 && r.status <= 299)
		return 0;
	err_set(e, REASON_HTTP, "the server does not give it");
	err_expected(e, "a status of 200 to 299");
	return err_found(e, "%d", r.status);
}

static int
hash_artifact(struct assemble *a, const char *name, struct err *e)
{
	AUTO(digest) struct digest d = {0};
	struct digest_file file;

	if (!span_starts(span_str(name), "http://") && !span_starts(span_str(name), "https://")) {
		if (digest_file_path(&file, name, 1U << HASH_SHA256, NULL, e))
			return err_wrap(e, "artifact");
		memcpy(a->digest, file.value[HASH_SHA256], sizeof(a->digest));
		return 0;
	}
	digest_init(&d, HASH_SHA256);
	if (hash_url(&d, name, e))
		return err_wrap(e, "artifact");
	digest_final(&d, a->digest);
	return 0;
}

static int
read_key(struct assemble *a, const char *ref, struct err *e)
{
	if (keyref_public(ref, &a->key, NULL, e))
		return -1;
	pubkey_hint(&a->key, &a->hint);
	return 0;
}

static bool
is_given(const char *name)
{
	return name && *name;
}

int
assemble_read(struct assemble *a, const struct assemble_files *f, struct err *e)
{
	const struct { const char *name; struct buf *into; } files[] = {
		{f->bundle, &a->bundle}, {f->signature, &a->signature}, {f->attestation, &a->attestation},
		{f->certificate, &a->certificate}, {f->stamp, &a->stamp},
	};

	a->ignore_log = f->ignore_log;
	for (size_t i = 0; i < countof(files); i++)
		if (is_given(files[i].name) && file_read(files[i].name, files[i].into, e))
			return -1;
	if (is_given(f->key) && read_key(a, f->key, e))
		return -1;
	return hash_artifact(a, f->artifact, e);
}

void
assemble_release(struct assemble *a)
{
	buf_release(&a->bundle);
	buf_release(&a->signature);
	buf_release(&a->attestation);
	buf_release(&a->certificate);
	buf_release(&a->stamp);
	buf_release(&a->hint);
	pubkey_release(&a->key);
}

/* --- the envelope of an attestation --- */

static int
use_envelope(struct bundle *b, struct span json, struct err *e)
{
	struct envelope v;

	if (envelope_parse(&v, json, &b->pool, e))
		return -1;
	b->content = BUNDLE_DSSE;
	b->payload = v.payload;
	b->payload_type = v.payload_type;
	b->sig = v.sig;
	return 0;
}

/* Attestations of before have their envelope where others have a signature. */
static bool
is_envelope(struct span text)
{
	struct node root, v;

	return scan_document(text, &root, NULL) == 0 && node_member(root, "payloadType", &v);
}

/* --- the other parts --- */

static void
use_certificate(struct bundle *b, struct span der)
{
	b->key = BUNDLE_KEY_CERT;
	b->certs.items = POOL_NEW(&b->pool, struct span);
	b->certs.items[0] = pool_span(&b->pool, der);
	b->certs.count = 1;
}

static int
use_pem(struct bundle *b, struct span pem, struct err *e)
{
	AUTO(cert) struct cert c = CERT_INIT;

	if (cert_parse_pem(&c, pem, NULL, e))
		return err_wrap(e, "certificate");
	use_certificate(b, buf_span(&c.der));
	return 0;
}

/* PEM, or base64 of PEM, as sign-blob writes it. */
static int
use_certificate_file(struct bundle *b, struct span text, struct err *e)
{
	AUTO(buf) struct buf pem = BUF_INIT(BUNDLE_MAX);

	if (b64_decode(&pem, span_trim(text), B64_STD, NULL) == 0)
		return use_pem(b, buf_span(&pem), e);
	return use_pem(b, text, e);
}

static int
use_key(struct bundle *b, struct span pem, struct err *e)
{
	AUTO(pubkey) struct pubkey k = PUBKEY_INIT;
	AUTO(buf) struct buf hint = BUF_INIT(BUF_TEXT_MAX);

	if (pubkey_parse_pem(&k, pem, e))
		return err_wrap(e, "old bundle: cert");
	pubkey_hint(&k, &hint);
	b->key = BUNDLE_KEY_HINT;
	b->hint = pool_span(&b->pool, buf_span(&hint));
	return 0;
}

static int
use_old_credential(struct bundle *b, const struct oldbundle *old, struct err *e)
{
	AUTO(cert) struct cert c = CERT_INIT;

	if (old->cert_pem.ptr)
		return use_pem(b, old->cert_pem, e);
	if (old->key_pem.ptr)
		return use_key(b, old->key_pem, e);
	if (!old->cert_der.ptr)
		return 0;
	if (cert_parse_der(&c, old->cert_der, e))
		return err_wrap(e, "old bundle: cert");
	use_certificate(b, old->cert_der);
	return 0;
}

static int
use_old(struct bundle *b, const struct assemble *a, struct err *e)
{
	AUTO(oldbundle) struct oldbundle old = OLDBUNDLE_INIT;

	if (oldbundle_parse(&old, buf_span(&a->bundle), e) || use_old_credential(b, &old, e))
		return -1;
	if (a->ignore_log && old.log.ptr)
		return err_set(e, REASON_USAGE,
		    "--ignore-tlog: the log's promise in the bundle would be lost, which nobody may want");
	b->sig = pool_span(&b->pool, old.sig);
	if (old.log.ptr) {
		b->entries = POOL_NEW(&b->pool, struct bundle_entry);
		b->entry_count = 1;
		if (logset_parse(b->entries, old.log, &b->pool, e))
			return err_wrap(e, "old bundle");
	}
	return is_envelope(b->sig) ? use_envelope(b, b->sig, e) : 0;
}

static int
use_signature(struct bundle *b, struct span text, struct err *e)
{
	AUTO(buf) struct buf sig = BUF_INIT(BUNDLE_MAX);

	if (b64_decode(&sig, span_trim(text), B64_STD, e))
		return err_wrap(e, "signature");
	b->sig = pool_span(&b->pool, buf_span(&sig));
	return 0;
}

static int
use_stamp(struct bundle *b, struct span text, struct err *e)
{
	b->timestamps.items = POOL_NEW(&b->pool, struct span);
	if (stampfile_parse(&b->timestamps.items[0], text, &b->pool, e))
		return -1;
	b->timestamps.count = 1;
	return 0;
}

/* --- the whole --- */

static int
use_parts(struct bundle *b, const struct assemble *a, struct err *e)
{
	b->media_type = SPAN(MEDIA_TYPE);
	b->digest_alg = SPAN("SHA2_256");
	b->digest = span_of(a->digest, sizeof(a->digest));
	if (a->hint.len)
		b->hint = buf_span(&a->hint);
	if ((a->bundle.ptr && use_old(b, a, e)) || (a->signature.ptr && use_signature(b, buf_span(&a->signature), e)) ||
	    (a->certificate.ptr && use_certificate_file(b, buf_span(&a->certificate), e)) ||
	    (a->attestation.ptr && use_envelope(b, buf_span(&a->attestation), e)) ||
	    (a->stamp.ptr && use_stamp(b, buf_span(&a->stamp), e)))
		return -1;
	if (b->sig.len == 0)
		return err_set(e, REASON_USAGE, "the signature is empty");
	if (b->certs.count == 0 && b->hint.len == 0) {
		err_set(e, REASON_USAGE, "nothing says who signed");
		return err_hint(e, "pass --certificate FILE or --key KEY");
	}
	return 0;
}

/* A key that stands in an old bundle is known by its hint alone. */
static int
add_entry(struct bundle *b, const struct assemble *a, struct err *e)
{
	struct span envelope = a->attestation.ptr ? buf_span(&a->attestation) : SPAN_NONE;
	AUTO(buf) struct buf text = BUF_INIT(BUNDLE_MAX);
	struct envelope v = {.payload = b->payload, .payload_type = b->payload_type, .sig = b->sig};

	if (b->entry_count)
		return lookup_proofs(b, a->log, e);
	if (b->content == BUNDLE_DSSE && !envelope.ptr) {
		envelope_emit(&v, &text);
		if (buf_check(&text, "the envelope", e))
			return -1;
		envelope = buf_span(&text);
	}
	return lookup_entry(b, (struct pubkey *)(uintptr_t)&a->key, span_trim(envelope), a->log, e);
}

int
assemble_emit(const struct assemble *a, struct buf *out, struct err *e)
{
	AUTO(bundle) struct bundle b = {.pool = POOL_INIT, .content = BUNDLE_MESSAGE};
	AUTO(bundle) struct bundle again = BUNDLE_INIT;

	if (use_parts(&b, a, e))
		return -1;
	if (!a->ignore_log && add_entry(&b, a, e))
		return -1;
	bundle_emit_same(&b, out);
	/* What was made must be a bundle for whoever reads it. */
	return buf_check(out, "the bundle", e) ? -1 : bundle_parse(&again, buf_span(out), e);
}
