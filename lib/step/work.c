/* SPDX-License-Identifier: Apache-2.0 */
#include "step/work.h"

#include "codec/b64.h"
#include "sig/dsse.h"
#include "sig/envelope.h"
#include "step/witnesstext.h"

void
work_release(struct work *w)
{
	pool_release(&w->pool);
	buf_release(&w->packed);
}

static struct span
keep(struct work *w, const struct buf *b)
{
	return pool_span(&w->pool, buf_span(b));
}

/* A full reference without its tag or digest. */
static int
layout_name(struct work *w, struct err *e)
{
	struct ref named;

	if (!w->subject.reference.ptr) {
		err_set(e, REASON_USAGE, "the layout does not say what its image is called, and a legacy signature names it");
		return err_hint(e, "pass --sign-container-identity NAME, or leave out --new-bundle-format=false");
	}
	if (ref_parse(&named, w->subject.reference, &w->pool, e))
		return -1;
	w->reference = span_str(ref_context(&named, &w->pool));
	return 0;
}

int
work_name(struct work *w, const char *identity, struct err *e)
{
	if (identity) {
		w->reference = pool_span(&w->pool, span_str(identity));
		return 0;
	}
	if (w->subject.ref.place == REF_LAYOUT)
		return layout_name(w, e);
	w->reference = span_str(ref_context(&w->subject.ref, &w->pool));
	return 0;
}

int
work_compose(struct work *w, struct err *e)
{
	AUTO(buf) struct buf b = BUF_INIT(WORK_MAX);
	const char *digest = pool_str(&w->pool, w->subject.desc.digest);

	annotations_sort(&w->annotations);
	if (w->form == FORM_LEGACY) {
		payload_emit(&b, pool_str(&w->pool, w->reference), digest, &w->annotations);
	} else {
		statement_emit(&b, digest, &w->annotations);
		w->payload_type = SPAN(INTOTO_PAYLOAD_TYPE);
		w->predicate_type = SPAN(PREDICATE_SIGN);
	}
	if (buf_check(&b, "the payload", e))
		return -1;
	w->payload = keep(w, &b);
	return 0;
}

/* Whether it is a statement that is signed, in an envelope. */
static bool
is_enveloped(const struct work *w)
{
	return w->form == FORM_BUNDLE || w->payload_type.len;
}

/* Only pure Ed25519 wants all of it in one place. */
static int
sign_pae(const struct work *w, struct signer *s, struct buf *sig, struct err *e)
{
	AUTO(buf) struct buf pae = BUF_INIT(WORK_MAX);
	unsigned char value[HASH_SIZE_MAX];

	if (s->alg && s->alg->hash != HASH_NONE) {
		dsse_pae_digest(s->alg->hash, w->payload_type, w->payload, value);
		return signer_sign_digest(s, span_of(value, hash_size(s->alg->hash)), sig, e);
	}
	dsse_pae(&pae, w->payload_type, w->payload);
	return buf_check(&pae, "the payload", e) ? -1 : signer_sign(s, buf_span(&pae), sig, e);
}

int
work_seal(struct work *w, struct signer *s, struct err *e)
{
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX);
	AUTO(buf) struct buf hint = BUF_INIT(BUF_TEXT_MAX);
	AUTO(buf) struct buf pem = BUF_INIT(BUF_TEXT_MAX);

	if (is_enveloped(w) ? sign_pae(w, s, &sig, e) : signer_sign(s, w->payload, &sig, e))
		return -1;
	pubkey_hint(&s->pub, &hint);
	pubkey_emit_pem(&s->pub, &pem);
	w->signature = keep(w, &sig);
	w->hint = keep(w, &hint);
	w->public_key = keep(w, &pem);
	return 0;
}

static void
pack_bundle(struct work *w)
{
	struct bundle b = {.minor = 3, .key = BUNDLE_KEY_HINT, .hint = w->hint, .content = BUNDLE_DSSE,
	    .payload = w->payload, .payload_type = w->payload_type, .sig = w->signature};

	witness_put(&w->witness, &b);
	bundle_emit(&b, &w->packed);
	w->bundle = buf_span(&w->packed);
}

static void
pack_envelope(struct work *w)
{
	struct envelope v = {.payload = w->payload, .payload_type = w->payload_type, .sig = w->signature};

	envelope_emit(&v, &w->packed);
	w->envelope = buf_span(&w->packed);
}

int
work_pack(struct work *w, struct err *e)
{
	size_t likely = w->payload.len / 3 * 4 + 4096;

	if (!is_enveloped(w))
		return 0;
	buf_reset(&w->packed);
	/* At once, so that it is not moved about while it grows. */
	if (likely < w->packed.max)
		(void)buf_room(&w->packed, likely);
	if (w->form == FORM_BUNDLE)
		pack_bundle(w);
	else
		pack_envelope(w);
	return buf_check(&w->packed, "the bundle", e);
}

struct duplicate {
	struct pubkey *key;
};

static bool
same_signature(void *ctx, struct span payload, struct span old_signature)
{
	struct duplicate *d = ctx;
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX);

	return b64_decode(&sig, old_signature, B64_STD, NULL) == 0 &&
	    pubkey_verify(d->key, HASH_NONE, payload, buf_span(&sig), NULL) == 0;
}

enum { LEGACY_ANNOTATIONS = 6 };

static void
annotate(struct shape_pair *list, size_t *count, const char *name, struct span value)
{
	if (value.ptr)
		list[(*count)++] = (struct shape_pair){span_str(name), value};
}

/* Upstream writes an empty chain rather than none. */
static void
annotate_witness(struct work *w, struct shape_pair *list, size_t *count)
{
	struct span certificate = witnesstext_certificate(&w->witness, &w->pool);

	annotate(list, count, ANNOTATION_BUNDLE, witnesstext_log(&w->witness, &w->pool));
	annotate(list, count, ANNOTATION_CERTIFICATE, certificate);
	if (certificate.ptr)
		annotate(list, count, ANNOTATION_CHAIN, w->witness.chain.ptr ? w->witness.chain : SPAN(""));
	annotate(list, count, ANNOTATION_TIMESTAMP, witnesstext_stamp(&w->witness, &w->pool));
}

static int
publish_legacy(struct work *w, const struct store *s, const struct work_publish *how, struct err *e)
{
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX);
	struct duplicate duplicate = {how->key};
	struct shape_pair annotations[LEGACY_ANNOTATIONS];
	struct store_layer layer = {w->payload, MEDIA_SIMPLE_SIGNING, annotations, 0};
	struct store_legacy legacy = {
		.docker_types = how->docker_types,
		.record_created = how->record_created,
		.replace = how->replace,
		.same = how->key ? same_signature : NULL,
		.ctx = &duplicate,
	};

	b64_encode(&sig, w->signature, B64_STD);
	annotate(annotations, &layer.annotation_count, ANNOTATION_SIGNATURE, buf_span(&sig));
	annotate_witness(w, annotations, &layer.annotation_count);
	return store_put_legacy(s, &w->subject, &layer, &legacy, &w->pool, &w->location, e);
}

static int
publish_envelope(struct work *w, const struct store *s, const struct work_publish *how, struct err *e)
{
	struct shape_pair annotations[LEGACY_ANNOTATIONS];
	struct store_layer layer = {w->envelope, MEDIA_DSSE, annotations, 0};
	struct store_legacy legacy = {
		.attestation = true,
		.docker_types = how->docker_types,
		.record_created = how->record_created,
		.replace = how->replace,
	};

	annotate(annotations, &layer.annotation_count, ANNOTATION_SIGNATURE, SPAN(""));
	annotate_witness(w, annotations, &layer.annotation_count);
	annotate(annotations, &layer.annotation_count, ANNOTATION_PREDICATE, w->predicate_type);
	return store_put_legacy(s, &w->subject, &layer, &legacy, &w->pool, &w->location, e);
}

int
work_publish(struct work *w, const struct store *s, const struct work_publish *how, struct err *e)
{
	if (w->form == FORM_LEGACY)
		return is_enveloped(w) ? publish_envelope(w, s, how, e) : publish_legacy(w, s, how, e);
	return store_put_bundle(s, &w->subject, w->bundle, pool_str(&w->pool, w->predicate_type), how->replace,
	    &w->pool, &w->location, e);
}
