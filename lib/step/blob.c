/* SPDX-License-Identifier: Apache-2.0 */
#include "step/blob.h"

#include "base/mem.h"
#include "json/record.h"
#include "step/lookup.h"

void
blob_release(struct blob *b)
{
	for (size_t i = 0; i < b->count; i++) {
		material_release(&b->items[i].m);
		verdict_release(&b->items[i].v);
	}
	free(b->items);
	buf_release(&b->records);
	*b = (struct blob)BLOB_INIT;
}

/* --- what vouches --- */

/* Nothing that was asked for may be passed over in silence. */
static int
check_flags(const struct blob_judge *how, const struct blob_evidence *ev, struct err *e)
{
	static const char only_legacy[] = "%s is for signatures of the legacy form, and this is a Sigstore bundle";

	if (ev->signature.ptr)
		return err_set(e, REASON_USAGE, only_legacy, "--signature");
	if (ev->stamp.len)
		return err_set(e, REASON_USAGE, only_legacy, "--rfc3161-timestamp");
	if (how->certificate.len)
		return err_set(e, REASON_USAGE, only_legacy, "--certificate");
	if (how->sct.len)
		return err_set(e, REASON_USAGE, only_legacy, "--sct");
	return 0;
}

static int
check_stamp(const struct blob_judge *how, const struct blob_evidence *ev, struct err *e)
{
	if ((ev->stamp.len != 0) == how->policy->stamps)
		return 0;
	if (ev->stamp.len)
		return err_set(e, REASON_USAGE, "--rfc3161-timestamp is looked at only with --use-signed-timestamps or "
		    "--timestamp-certificate-chain");
	return err_set(e, REASON_USAGE, "--use-signed-timestamps and --timestamp-certificate-chain need "
	    "--rfc3161-timestamp with a signature of the legacy form");
}

/* A signature that is given beside an old bundle cannot mean another. */
static int
check_same(struct blob_signature *s, const struct blob_evidence *ev, struct err *e)
{
	AUTO(material) struct material other = MATERIAL_INIT;

	if (!ev->signature.ptr)
		return 0;
	if (material_from_signature(&other, ev->signature, e))
		return -1;
	if (span_eq(other.sig, s->m.sig))
		return 0;
	return err_set(e, REASON_BAD_SIGNATURE, "--signature and the bundle hold different signatures");
}

/* The old bundle of an attestation has the envelope for a signature. */
static int
read_envelope(struct blob_signature *s, const struct blob_evidence *ev, struct err *e)
{
	struct material *m = &s->m;
	struct material_layer l = {.payload = ev->signature};

	if (!ev->bundle.ptr)
		return material_from_envelope(m, &l, e);
	if (material_from_old_bundle(m, ev->bundle, e))
		return -1;
	if (ev->signature.ptr && !span_eq(span_trim(ev->signature), span_trim(m->sig)))
		return err_set(e, REASON_BAD_SIGNATURE, "--signature and the bundle hold different envelopes");
	if (!ev->signature.ptr)
		l.payload = m->sig;
	l.certificate = m->certificate;
	l.log = m->log;
	return material_from_envelope(m, &l, e);
}

static int
read_legacy(struct blob_signature *s, const struct blob_judge *how, const struct blob_evidence *ev, struct err *e)
{
	struct material *m = &s->m;

	if (how->attestations) {
		if (read_envelope(s, ev, e))
			return -1;
	} else if (ev->bundle.ptr) {
		if (material_from_old_bundle(m, ev->bundle, e) || check_same(s, ev, e))
			return -1;
	} else if (material_from_signature(m, ev->signature, e)) {
		return -1;
	}
	if (how->certificate.len)
		m->certificate = how->certificate;
	if (how->chain.len)
		m->chain = how->chain;
	m->sct = how->sct;
	m->stamp = ev->stamp;
	return 0;
}

static int
read_any(struct blob_signature *s, const struct blob_judge *how, const struct blob_evidence *ev, struct err *e)
{
	return s->legacy ? read_legacy(s, how, ev, e) : material_from_bundle(&s->m, ev->bundle, how->late_chain, e);
}

int
blob_add(struct blob *b, const struct blob_judge *how, const struct blob_evidence *ev, struct err *e)
{
	bool legacy = !ev->bundle.ptr || how->old_only || !bundle_is_one(ev->bundle);
	struct blob_signature *s;
	struct err why = ERR_INIT;

	if (b->count == BLOB_SIGNATURES_MAX)
		return err_set(e, REASON_TOO_LARGE, "a file has at most %d signatures", BLOB_SIGNATURES_MAX);
	if (legacy ? check_stamp(how, ev, e) : check_flags(how, ev, e))
		return -1;
	b->items = xreallocarray(b->items, b->count + 1, sizeof(*b->items));
	s = &b->items[b->count++];
	*s = (struct blob_signature){.name = ev->name, .legacy = legacy, .m = MATERIAL_INIT, .v = VERDICT_INIT};
	s->readable = read_any(s, how, ev, &why) == 0;
	if (!s->readable)
		(void)verdict_fail(&s->v, ev->bundle.ptr || how->attestations ? CHECK_FORMAT : CHECK_SIGNATURE, &why);
	return 0;
}

static bool
lacks_entry(const struct blob_signature *s, const struct blob_judge *how)
{
	return how->log && s->readable && s->legacy && lookup_lacks_entry(&s->m, how->policy);
}

unsigned
blob_needs(const struct blob *b, const struct blob_judge *how)
{
	unsigned needs = 0;

	for (size_t i = 0; i < b->count; i++) {
		if (b->items[i].readable)
			needs |= verify_needs(&b->items[i].m, how->policy);
		if (lacks_entry(&b->items[i], how) && !b->items[i].m.message.ptr)
			needs |= 1U << HASH_SHA256;
	}
	return needs;
}

void
blob_look_up(struct blob *b, const struct blob_judge *how, const struct target *t)
{
	for (size_t i = 0; i < b->count; i++) {
		struct blob_signature *s = &b->items[i];
		struct err why = ERR_INIT;

		if (!lacks_entry(s, how) || !lookup_would_help(&s->m, t, how->policy) ||
		    lookup_legacy(&s->m, how->policy->keys, how->policy->key_count, t->digest[HASH_SHA256], how->log, &why) == 0)
			continue;
		s->readable = false;
		(void)verdict_fail(&s->v, CHECK_LOG, &why);
	}
}

/* --- the judgement --- */

static void
add_record(struct blob *b, const struct blob_signature *s)
{
	const struct verdict *v = &s->v;
	struct emit o;

	if (b->records.len)
		buf_add_char(&b->records, ',');
	emit_init(&o, &b->records);
	emit_object(&o);
	emit_kstr(&o, "form", s->legacy ? "legacy" : "bundle");
	if (s->name)
		emit_kstr(&o, "bundle", s->name);
	emit_kbool(&o, "ok", v->ok);
	if (v->predicate_type.ptr)
		emit_kspan(&o, "predicateType", v->predicate_type);
	if (v->ok)
		verdict_emit_signer(v, &o);
	verdict_emit_checks(v, &o);
	emit_object_end(&o);
}

/* Of a signature over the file itself there is no type to compare. */
static void
check_content(struct blob_signature *s, const struct blob_judge *how)
{
	struct err e = ERR_INIT;

	if (!how->attestations || !s->v.ok || s->m.content == BUNDLE_DSSE)
		return;
	err_set(&e, REASON_WRONG_TYPE, "this is a signature, no attestation");
	err_expected(&e, "dsseEnvelope");
	err_found(&e, "messageSignature");
	(void)verdict_fail(&s->v, CHECK_TYPE, &e);
}

static void
ask_policies(struct blob *b, struct blob_signature *s, const struct blob_judge *how)
{
	struct err e = ERR_INIT;

	if (!how->decide || !s->v.ok)
		return;
	if (how->decide(how->decider, s->v.payload, &e) == 0) {
		verdict_pass(&s->v, CHECK_POLICY);
		return;
	}
	(void)verdict_fail(&s->v, CHECK_POLICY, &e);
	if (err_is(&b->refusal, REASON_NONE))
		b->refusal = e;
}

static bool
is_new_signer(const struct blob *b, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (b->items[k].v.ok && span_eq(b->items[k].v.signer, b->items[i].v.signer))
			return false;
	return true;
}

static const struct blob_signature *
first_failed(const struct blob *b)
{
	for (size_t i = 0; i < b->count; i++)
		if (!b->items[i].v.ok)
			return &b->items[i];
	return NULL;
}

static int
conclude(const struct blob *b, size_t threshold, struct err *e)
{
	const struct blob_signature *s = first_failed(b);

	if (!err_is(&b->refusal, REASON_NONE)) {
		*e = b->refusal;
		return -1;
	}
	if (b->signers >= threshold)
		return 0;
	if (!b->count)
		return err_set(e, REASON_NO_SIGNATURE, "there is nothing that vouches for the file");
	if (b->signers || !s) {
		err_set(e, REASON_TOO_FEW, "fewer distinct signers than were asked for");
		err_expected(e, "at least %zu", threshold);
		return err_found(e, "%zu", b->signers);
	}
	*e = s->v.why;
	if (b->count == 1)
		return -1;
	e->reason = REASON_NO_MATCH;
	return err_wrap(e, "none of %zu signatures is acceptable, the first", b->count);
}

int
blob_verify(struct blob *b, const struct blob_judge *how, const struct target *t, struct err *e)
{
	for (size_t i = 0; i < b->count; i++) {
		struct blob_signature *s = &b->items[i];

		if (s->readable)
			verify_material(&s->m, t, how->policy, &s->v);
		check_content(s, how);
		ask_policies(b, s, how);
		if (s->v.ok && is_new_signer(b, i))
			b->signers++;
		if (how->records)
			add_record(b, s);
	}
	if (buf_check(&b->records, "the output", e))
		return -1;
	return conclude(b, how->threshold ? how->threshold : 1, e);
}

/* --- how it is written --- */

static const char *const known[] = {"file", "digest", "bundle", "ok", "reason", "exit", "message", "good", "signatures",
	NULL};

void
blob_emit_record(const struct blob *b, const char *file, const char *digest, const struct err *failure, struct node from,
    struct buf *out)
{
	char text[ERR_TEXT];
	struct emit o;

	emit_init(&o, out);
	emit_object(&o);
	emit_kstr(&o, "type", "cosign.verdict/1");
	if (file)
		emit_kstr(&o, "file", file);
	if (digest)
		emit_kstr(&o, "digest", digest);
	emit_kbool(&o, "ok", !failure);
	if (failure) {
		emit_kstr(&o, "reason", reason_slug(failure->reason));
		emit_kint(&o, "exit", reason_exit(failure->reason));
		emit_kstr(&o, "message", err_text(failure, text, sizeof(text)));
	}
	emit_kint(&o, "good", b ? (int64_t)b->signers : 0);
	emit_key(&o, "signatures");
	emit_array(&o);
	if (b && b->records.len)
		emit_raw(&o, buf_span(&b->records));
	emit_array_end(&o);
	if (from.kind == JSON_OBJECT)
		record_copy_unknown(&o, from, known);
	record_end(&o);
}
