/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/verify.h"

#include "codec/b64.h"
#include "sig/bundle.h"
#include "sig/dsse.h"
#include "sig/payload.h"

enum {
	SIGNATURE_MAX = 64 << 10,
	IMAGE_BUNDLE_MINOR = 3,		/* older ones are never images' (oci-storage 2.4) */
};

struct work {
	const struct evidence *ev;
	const struct policy *policy;
	struct verdict *v;
};

/* A copy that the verdict owns; what is absent stays so. */
static struct span
keep(struct verdict *v, struct span s)
{
	return s.ptr ? pool_span(&v->pool, s) : SPAN_NONE;
}

/* Every key of the policy, in order. */
static int
keys_try(struct work *w, struct span keyid, struct span message, struct span sig, struct err *e)
{
	const struct policy *p = w->policy;
	size_t tried = 0;

	if (sig.len == 0)
		return err_set(e, REASON_BAD_SIGNATURE, "the signature is empty");
	for (size_t i = 0; i < p->key_count; i++) {
		AUTO(buf) struct buf id = BUF_INIT(256);

		/* keys.md 1.8: a name that is another key's rules this one out. */
		if (keyid.len && dsse_keyid(p->keys[i], &id) && !span_eq(keyid, buf_span(&id)))
			continue;
		tried++;
		if (pubkey_verify(p->keys[i], p->hash, message, sig, e) == 0) {
			w->v->key = i;
			return 0;
		}
	}
	if (tried == 0) {
		err_set(e, REASON_BAD_SIGNATURE, "the signature names another key as its maker");
		return err_found(e, "keyid %.*s", SPAN_FMT(keyid));
	}
	return -1;
}

/* The key alone decides: no log, time or certificate is asked about. */
static int
policy_check(struct work *w)
{
	struct err e = ERR_INIT;

	if (w->policy->key_count == 0 && w->ev->form == EVIDENCE_LEGACY && !w->ev->certificate.len) {
		err_set(&e, REASON_NO_CERTIFICATE, "no key was given, and the signature has no certificate");
		return verdict_fail(w->v, CHECK_CERTIFICATE, &e);
	}
	if (w->policy->key_count == 0) {
		err_set(&e, REASON_UNSUPPORTED,
		    "no key to verify with; certificates cannot be judged yet");
		return verdict_fail(w->v, CHECK_KEY, &e);
	}
	if (!w->policy->ignore_log) {
		err_set(&e, REASON_UNSUPPORTED, "the transparency log cannot be judged yet");
		err_hint(&e, "pass --insecure-ignore-tlog to do without");
		return verdict_fail(w->v, CHECK_LOG, &e);
	}
	verdict_skip(w->v, CHECK_LOG);
	verdict_skip(w->v, CHECK_TIMESTAMP);
	verdict_skip(w->v, CHECK_CERTIFICATE);
	verdict_skip(w->v, CHECK_IDENTITY);
	return 0;
}

static int
annotations_judge(struct work *w)
{
	struct err e = ERR_INIT;

	if (!w->policy->check_claims || w->policy->annotations.count == 0) {
		verdict_skip(w->v, CHECK_ANNOTATIONS);
		return 0;
	}
	if (annotations_check(&w->policy->annotations, w->v->optional, &e))
		return verdict_fail(w->v, CHECK_ANNOTATIONS, &e);
	verdict_pass(w->v, CHECK_ANNOTATIONS);
	return 0;
}

/* --- legacy --- */

static int
legacy_signature(struct work *w)
{
	AUTO(buf) struct buf sig = BUF_INIT(SIGNATURE_MAX);
	struct err e = ERR_INIT;

	if (!w->ev->signature_b64.ptr) {
		err_set(&e, REASON_BAD_SIGNATURE, "the layer has no signature annotation");
		return verdict_fail(w->v, CHECK_SIGNATURE, &e);
	}
	if (b64_decode(&sig, w->ev->signature_b64, B64_STD, &e) ||
	    buf_check(&sig, "the signature", &e)) {
		e.reason = REASON_BAD_SIGNATURE;
		err_wrap(&e, "signature annotation");
		return verdict_fail(w->v, CHECK_SIGNATURE, &e);
	}
	if (keys_try(w, SPAN_NONE, w->ev->bytes, buf_span(&sig), &e)) {
		if (w->ev->certificate.len)
			err_hint(&e, "it comes with a certificate: it was made without a key");
		return verdict_fail(w->v, CHECK_SIGNATURE, &e);
	}
	verdict_pass(w->v, CHECK_SIGNATURE);
	return 0;
}

/* The payload, read only now that somebody known has signed it. */
static int
legacy_read(struct work *w)
{
	AUTO(payload) struct payload p = PAYLOAD_INIT;
	struct verdict *v = w->v;
	struct err e = ERR_INIT;

	v->payload = pool_span(&v->pool, w->ev->bytes);
	if (payload_parse(&p, v->payload, &e))
		return verdict_fail(v, CHECK_FORMAT, &e);
	v->reference = keep(v, p.reference);
	v->type = keep(v, p.type);
	v->digest = keep(v, p.digest);
	v->optional = p.optional;
	verdict_pass(v, CHECK_FORMAT);
	verdict_skip(v, CHECK_TYPE);
	return 0;
}

static int
legacy_subject(struct work *w)
{
	struct span want = w->ev->subject_digest;
	struct err e = ERR_INIT;

	if (!w->policy->check_claims) {
		verdict_skip(w->v, CHECK_SUBJECT);
		return 0;
	}
	if (want.len == 0 || !span_eq(w->v->digest, want)) {
		err_set(&e, REASON_WRONG_SUBJECT, "the signed payload is about another image");
		err_expected(&e, "%.*s", SPAN_FMT(want));
		err_found(&e, "%.*s", SPAN_FMT(w->v->digest));
		return verdict_fail(w->v, CHECK_SUBJECT, &e);
	}
	verdict_pass(w->v, CHECK_SUBJECT);
	return 0;
}

static int
legacy_judge(struct work *w)
{
	w->v->legacy = true;
	if (policy_check(w))
		return -1;
	verdict_pass(w->v, CHECK_KEY);
	if (legacy_signature(w) || legacy_read(w) || legacy_subject(w))
		return -1;
	return annotations_judge(w);
}

/* --- bundle --- */

static int
bundle_read(struct work *w, struct bundle *b)
{
	struct err e = ERR_INIT;

	if (bundle_parse(b, w->ev->bytes, &e))
		return verdict_fail(w->v, CHECK_FORMAT, &e);
	if (b->minor < IMAGE_BUNDLE_MINOR) {
		err_set(&e, REASON_BAD_BUNDLE, "bundle: version 0.%d is not used for images",
		    b->minor);
		err_expected(&e, "version 0.%d", IMAGE_BUNDLE_MINOR);
		return verdict_fail(w->v, CHECK_FORMAT, &e);
	}
	verdict_pass(w->v, CHECK_FORMAT);
	return 0;
}

static int
bundle_key(struct work *w, const struct bundle *b)
{
	struct err e = ERR_INIT;

	if (b->key == BUNDLE_KEY_CERT) {
		err_set(&e, REASON_WRONG_KEY,
		    "the signature was made with a certificate, not with a key");
		err_expected(&e, "publicKey");
		err_found(&e, "certificate");
		return verdict_fail(w->v, CHECK_KEY, &e);
	}
	verdict_pass(w->v, CHECK_KEY);
	return 0;
}

static int
bundle_signature(struct work *w, const struct bundle *b)
{
	AUTO(buf) struct buf pae = BUF_INIT(b->payload.len + b->payload_type.len + DSSE_PAE_EXTRA);
	struct err e = ERR_INIT;

	dsse_pae(&pae, b->payload_type, b->payload);
	if (buf_check(&pae, "the envelope", &e) ||
	    keys_try(w, b->keyid, buf_span(&pae), b->sig, &e))
		return verdict_fail(w->v, CHECK_SIGNATURE, &e);
	verdict_pass(w->v, CHECK_SIGNATURE);
	return 0;
}

static int
wrong_type(struct work *w, const char *what, const char *want, struct span found)
{
	struct err e = ERR_INIT;

	err_set(&e, REASON_WRONG_TYPE, "%s", what);
	err_expected(&e, "%s", want);
	err_found(&e, "%.*s", SPAN_FMT(found));
	return verdict_fail(w->v, CHECK_TYPE, &e);
}

/* read: what came of parsing the statement, whose error is *bad. */
static int
bundle_type(struct work *w, const struct bundle *b, const struct statement *s, int read,
    struct err *bad)
{
	const char *want = w->policy->predicate_type;

	if (!span_is(b->payload_type, INTOTO_PAYLOAD_TYPE))
		return wrong_type(w, "the envelope holds no in-toto statement", INTOTO_PAYLOAD_TYPE,
		    b->payload_type);
	if (read == 0 && s->predicate.kind != JSON_OBJECT && s->predicate.kind != JSON_NULL)
		read = err_set(bad, REASON_BAD_PAYLOAD,
		    "signed statement: predicate: expected an object, found %s",
		    node_kind_name(s->predicate.kind));
	if (read)
		return verdict_fail(w->v, CHECK_TYPE, bad);
	if (!want) {
		verdict_skip(w->v, CHECK_TYPE);
		return 0;
	}
	if (!span_is(s->predicate_type, want))
		return wrong_type(w, "the statement is of another type", want, s->predicate_type);
	verdict_pass(w->v, CHECK_TYPE);
	return 0;
}

/* The first subject that fits counts, later ones are not tried, whatever
 * annotations they have (oci-storage 2.5). */
static int
bundle_subject(struct work *w, const struct statement *s)
{
	const struct statement_subject *sub;
	struct err e = ERR_INIT;

	sub = statement_find(s, w->ev->subject_digest, &e);
	if (!sub)
		return verdict_fail(w->v, CHECK_SUBJECT, &e);
	w->v->digest = pool_span(&w->v->pool, w->ev->subject_digest);
	w->v->optional = sub->annotations;
	verdict_pass(w->v, CHECK_SUBJECT);
	return 0;
}

static int
bundle_judge(struct work *w)
{
	AUTO(bundle) struct bundle b = BUNDLE_INIT;
	AUTO(statement) struct statement s = STATEMENT_INIT;
	struct err bad = ERR_INIT;
	struct verdict *v = w->v;
	int read;

	if (bundle_read(w, &b))
		return -1;
	if (b.content != BUNDLE_DSSE)
		return wrong_type(w, "the bundle signs a plain message, not a statement",
		    "dsseEnvelope",
		    SPAN("messageSignature"));
	v->payload = pool_span(&v->pool, b.payload);
	read = statement_parse(&s, v->payload, &bad);
	if (read == 0)
		v->predicate_type = keep(v, s.predicate_type);
	if (policy_check(w) || bundle_key(w, &b) || bundle_signature(w, &b) ||
	    bundle_type(w, &b, &s, read, &bad) || bundle_subject(w, &s))
		return -1;
	return annotations_judge(w);
}

void
verify_evidence(const struct evidence *ev, const struct policy *p, struct verdict *out)
{
	struct work w = {ev, p, out};
	struct err e = ERR_INIT;
	int rc;

	if (ev->form == EVIDENCE_BUNDLE) {
		rc = bundle_judge(&w);
	} else if (ev->form == EVIDENCE_LEGACY) {
		rc = legacy_judge(&w);
	} else {
		err_set(&e, REASON_UNSUPPORTED, "no such form of signature: %d", ev->form);
		rc = verdict_fail(out, CHECK_FORMAT, &e);
	}
	out->ok = rc == 0;
}
