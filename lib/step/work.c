/* SPDX-License-Identifier: Apache-2.0 */
#include "step/work.h"

#include "codec/b64.h"
#include "sig/bundle.h"
#include "sig/dsse.h"

void
work_release(struct work *w)
{
	pool_release(&w->pool);
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

int
work_seal(struct work *w, struct signer *s, struct err *e)
{
	AUTO(buf) struct buf pae = BUF_INIT(WORK_MAX);
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX);
	AUTO(buf) struct buf hint = BUF_INIT(BUF_TEXT_MAX);
	AUTO(buf) struct buf pem = BUF_INIT(BUF_TEXT_MAX);
	struct span message = w->payload;

	if (w->form == FORM_BUNDLE) {
		dsse_pae(&pae, w->payload_type, w->payload);
		if (buf_check(&pae, "the payload", e))
			return -1;
		message = buf_span(&pae);
	}
	if (signer_sign(s, message, &sig, e))
		return -1;
	pubkey_hint(&s->pub, &hint);
	pubkey_emit_pem(&s->pub, &pem);
	w->signature = keep(w, &sig);
	w->hint = keep(w, &hint);
	w->public_key = keep(w, &pem);
	return 0;
}

int
work_pack(struct work *w, struct err *e)
{
	AUTO(bundle) struct bundle b = BUNDLE_INIT;
	AUTO(buf) struct buf json = BUF_INIT(WORK_MAX);

	if (w->form == FORM_LEGACY)
		return 0;
	b.minor = 3;
	b.key = BUNDLE_KEY_HINT;
	b.hint = w->hint;
	b.content = BUNDLE_DSSE;
	b.payload = w->payload;
	b.payload_type = w->payload_type;
	b.sig = w->signature;
	bundle_emit(&b, &json);
	if (buf_check(&json, "the bundle", e))
		return -1;
	w->bundle = keep(w, &json);
	return 0;
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

static int
publish_legacy(struct work *w, const struct store *s, const struct work_publish *how, struct err *e)
{
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX);
	struct duplicate duplicate = {how->key};
	struct shape_pair annotation = {SPAN(ANNOTATION_SIGNATURE), SPAN_NONE};
	struct store_layer layer = {w->payload, MEDIA_SIMPLE_SIGNING, &annotation, 1};
	struct store_legacy legacy = {
		.docker_types = how->docker_types,
		.record_created = how->record_created,
		.replace = how->replace,
		.same = how->key ? same_signature : NULL,
		.ctx = &duplicate,
	};

	b64_encode(&sig, w->signature, B64_STD);
	annotation.value = buf_span(&sig);
	return store_put_legacy(s, &w->subject, &layer, &legacy, &w->pool, &w->location, e);
}

int
work_publish(struct work *w, const struct store *s, const struct work_publish *how, struct err *e)
{
	if (w->form == FORM_LEGACY)
		return publish_legacy(w, s, how, e);
	return store_put_bundle(s, &w->subject, w->bundle, pool_str(&w->pool, w->predicate_type), how->replace,
	    &w->pool, &w->location, e);
}
