/* SPDX-License-Identifier: Apache-2.0 */
#include "step/judge.h"

#include "json/record.h"
#include "sig/statement.h"
#include "step/lookup.h"

void
judge_release(struct judgement *j)
{
	buf_release(&j->items);
	buf_release(&j->lines);
	buf_release(&j->notes);
	buf_release(&j->records);
	buf_release(&j->types);
	VEC_FREE(&j->signers);
	pool_release(&j->names);
}

void
judge_count_signer(struct judgement *j, struct span name)
{
	for (size_t i = 0; i < j->signers.count; i++)
		if (span_eq(j->signers.items[i], name))
			return;
	*VEC_PUSH(&j->signers) = pool_span(&j->names, name);
}

/* Not what cannot be read as a bundle, nor what by its own words is a statement
 * of another type. */
static bool
is_signature(const struct candidate *c, const struct verdict *v, const struct policy *p)
{
	if (c->form == FORM_LEGACY)
		return true;
	if (c->error || v->status[CHECK_FORMAT] == CHECK_FAILED)
		return false;
	return !p->predicate_type || !v->predicate_type.ptr || span_is(v->predicate_type, p->predicate_type);
}

static void
add_record(struct judgement *j, const struct candidate *c, const struct verdict *v, bool signature)
{
	struct emit o;

	if (j->records.len)
		buf_add_char(&j->records, ',');
	emit_init(&o, &j->records);
	emit_object(&o);
	emit_kstr(&o, "form", c->form == FORM_BUNDLE ? "bundle" : "legacy");
	emit_kspan(&o, "manifest", c->manifest.digest);
	emit_kspan(&o, "layer", c->layer.digest);
	emit_kbool(&o, "signature", signature);
	emit_kbool(&o, "ok", v->ok && signature);
	if (v->predicate_type.ptr)
		emit_kspan(&o, "predicateType", v->predicate_type);
	if (v->reference.ptr)
		emit_kspan(&o, "reference", v->reference);
	if (v->digest.ptr)
		emit_kspan(&o, "digest", v->digest);
	if (v->optional.kind == JSON_OBJECT) {
		emit_key(&o, "annotations");
		emit_raw(&o, v->optional.raw);
	}
	if (v->ok)
		verdict_emit_signer(v, &o);
	verdict_emit_checks(v, &o);
	emit_object_end(&o);
}

static void
add_notes(struct judgement *j, const struct verdict *v)
{
	static const char *const names[VERDICT_EXTENSIONS] = {NULL, "Certificate issuer URL", "GitHub Workflow Trigger",
		"GitHub Workflow SHA", "GitHub Workflow Name", "GitHub Workflow Repository", "GitHub Workflow Ref"};

	if (!v->by_cert)
		return;
	buf_printf(&j->notes, "Certificate subject: %.*s\n", SPAN_FMT(v->subject));
	for (unsigned n = 1; n < VERDICT_EXTENSIONS; n++)
		if (v->extension[n].len)
			buf_printf(&j->notes, "%s: %.*s\n", names[n], SPAN_FMT(v->extension[n]));
}

/* As upstream has it: what was signed, and nothing that is known besides. */
static void
add_line(struct judgement *j, const struct candidate *c, const struct material *m, bool blank, struct span item)
{
	if (blank) {
		attested_print(ATTESTED_ENVELOPE, true, m, SPAN_NONE, &j->lines);
		return;
	}
	buf_add_span(&j->lines, c->form == FORM_LEGACY ? span_trim(c->bytes) : item);
	buf_add_char(&j->lines, '\n');
}

static void
add_good(const struct judge *how, struct judgement *j, const struct candidate *c, const struct material *m,
    const struct verdict *v, const char *reference)
{
	static const char empty[] = "{\"critical\":{\"identity\":{\"docker-reference\":\"\"},\"image\":"
		"{\"docker-manifest-digest\":\"\"},\"type\":\"\"},\"optional\":null}";
	AUTO(buf) struct buf item = BUF_INIT(JUDGE_TEXT_MAX);
	bool blank = c->form == FORM_BUNDLE && how->blank_bundles;
	struct emit o;

	add_notes(j, v);
	emit_init(&o, &item);
	if (blank)
		emit_raw(&o, SPAN(empty));
	else
		verdict_emit_upstream(v, reference, &o);
	if (j->items.len)
		buf_add_char(&j->items, ',');
	buf_add_span(&j->items, buf_span(&item));
	add_line(j, c, m, blank, buf_span(&item));
}

static int
read_material(const struct judge *how, const struct candidate *c, struct material *m, struct err *e)
{
	struct material_layer layer = {
		.payload = c->bytes,
		.signature = shape_map_get(&c->annotations, ANNOTATION_SIGNATURE),
		.certificate = shape_map_get(&c->annotations, ANNOTATION_CERTIFICATE),
		.chain = shape_map_get(&c->annotations, ANNOTATION_CHAIN),
		.log = shape_map_get(&c->annotations, ANNOTATION_BUNDLE),
		.stamp = shape_map_get(&c->annotations, ANNOTATION_TIMESTAMP),
	};

	if (c->error) {
		*e = *c->error;
		return -1;
	}
	if (c->form == FORM_BUNDLE)
		return material_from_bundle(m, c->bytes, how->late_chain, e);
	m->form = MATERIAL_LEGACY;
	if (how->certificate.len)
		layer.certificate = how->certificate;
	if (how->chain.len)
		layer.chain = how->chain;
	if (how->attestations ? material_from_envelope(m, &layer, e) : material_from_layer(m, &layer, e))
		return -1;
	m->sct = how->sct;
	return 0;
}

/* Signatures of before may have come without what the log said. */
static int
look_up(const struct judge *how, struct material *m, const struct target *t, struct err *e)
{
	const struct policy *p = how->policy;

	if (!how->log || !lookup_lacks_entry(m, p) || !lookup_would_help(m, t, p))
		return 0;
	return lookup_legacy(m, p->keys, p->key_count, SPAN_NONE, how->log, e);
}

/* What cannot be read as a bundle is none; a signature that is no base64 is a
 * bad one. */
static void
verify(const struct judge *how, struct span digest, const struct candidate *c, struct material *m, struct verdict *v)
{
	struct target t = {.image = digest};
	struct err e = ERR_INIT;

	if (read_material(how, c, m, &e))
		verdict_fail(v, c->form == FORM_BUNDLE || c->error || how->attestations ? CHECK_FORMAT : CHECK_SIGNATURE, &e);
	else if (look_up(how, m, &t, &e))
		verdict_fail(v, CHECK_LOG, &e);
	else
		verify_material(m, &t, how->policy, v);
}

void
judge_verify(const struct judge *how, struct span digest, const struct candidate *c, struct verdict *v)
{
	AUTO(material) struct material m = MATERIAL_INIT;

	verify(how, digest, c, &m, v);
}

static void
ask_policies(const struct judge *how, struct judgement *j, struct verdict *v)
{
	struct err e = ERR_INIT;

	if (!how->decide || !v->ok)
		return;
	if (how->decide(how->decider, v->payload, &e) == 0) {
		verdict_pass(v, CHECK_POLICY);
		return;
	}
	verdict_fail(v, CHECK_POLICY, &e);
	if (!j->refused++)
		j->refusal = e;
}

static bool
is_meant(const struct judge *how, const struct candidate *c, const struct material *m, const struct verdict *v)
{
	if (!how->attestations)
		return is_signature(c, v, how->policy);
	return !(c->form == FORM_BUNDLE && c->error) && attested_is_one(m, v, how->policy);
}

static void
count_other(struct judgement *j, const struct verdict *v)
{
	if (!j->others++)
		j->other = v->why;
	if (v->predicate_type.ptr && !span_is(v->predicate_type, PREDICATE_SIGN))
		attested_note_type(&j->types, v->predicate_type);
}

void
judge_candidate(const struct judge *how, struct judgement *j, struct span digest, const char *reference,
    const struct candidate *c)
{
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	AUTO(material) struct material m = MATERIAL_INIT;
	bool meant;

	verify(how, digest, c, &m, &v);
	meant = is_meant(how, c, &m, &v);
	if (meant)
		ask_policies(how, j, &v);
	if (how->records)
		add_record(j, c, &v, meant);
	if (!meant) {
		count_other(j, &v);
		return;
	}
	j->signatures++;
	if (!v.ok) {
		if (j->why.reason == REASON_NONE)
			j->why = v.why;
		return;
	}
	j->good++;
	judge_count_signer(j, v.signer);
	if (!how->attestations)
		add_good(how, j, c, &m, &v, reference);
	else if (!how->records)
		attested_print(how->output, how->one_line, &m, c->form == FORM_LEGACY ? c->bytes : SPAN_NONE, &j->lines);
}

struct judging {
	const struct judge *how;
	struct judgement *j;
	struct span digest;
	const char *reference;
};

static int
judge_each(void *ctx, const struct candidate *c, struct err *e)
{
	struct judging *g = ctx;

	(void)e;
	judge_candidate(g->how, g->j, g->digest, g->reference, c);
	return 0;
}

int
judge_subject(const struct judge *how, const struct store *s, const struct subject *sub, const char *reference,
    struct judgement *j, struct err *e)
{
	struct judging g = {how, j, sub->desc.digest, reference};

	return store_candidates(s, sub, how->forms | (how->attestations ? STORE_ATTESTATIONS : 0), judge_each, &g, e);
}

static int
nothing_found(const struct judgement *j, struct err *e)
{
	char text[ERR_TEXT];

	err_set(e, REASON_NO_SIGNATURE, "no signatures found");
	err_expected(e, "at least 1 signature");
	if (!j->others)
		return err_found(e, "none");
	return err_found(e, "%zu attachment%s that %s none (the first: %s)", j->others, j->others == 1 ? "" : "s",
	    j->others == 1 ? "is" : "are", err_text(&j->other, text, sizeof(text)));
}

static int
no_attestation(const struct judge *how, const struct judgement *j, struct err *e)
{
	char text[ERR_TEXT];

	if (j->types.len) {
		err_set(e, REASON_NO_MATCH, "no attestation is of the type asked for");
		err_expected(e, "%s", how->policy->predicate_type);
		return err_found(e, "%s", buf_str(&j->types));
	}
	err_set(e, REASON_NO_SIGNATURE, "no attestations found");
	err_expected(e, "at least 1 attestation");
	if (!j->others)
		return err_found(e, "none");
	return err_found(e, "%zu attachment%s that %s none (the first: %s)", j->others, j->others == 1 ? "" : "s",
	    j->others == 1 ? "is" : "are", err_text(&j->other, text, sizeof(text)));
}

static int
enough_signers(const struct judge *how, const struct judgement *j, struct err *e)
{
	if (j->signers.count >= how->threshold)
		return 0;
	err_set(e, REASON_TOO_FEW, "too few distinct signers");
	err_expected(e, "%zu", how->threshold);
	return err_found(e, "%zu", j->signers.count);
}

int
judge_conclude(const struct judge *how, const struct judgement *j, struct err *e)
{
	const char *what = how->attestations ? "attestations" : "signatures";

	if (buf_check(&j->items, "the output", e) || buf_check(&j->lines, "the output", e) ||
	    buf_check(&j->records, "the output", e))
		return -1;
	/* Every good attestation has to please the policies, as upstream has it. */
	if (j->refused) {
		*e = j->refusal;
		return j->signatures > 1 ? err_wrap(e, "%zu of %zu attestations refused, the first", j->refused,
		    j->signatures) : -1;
	}
	if (j->good)
		return enough_signers(how, j, e);
	if (!j->signatures)
		return how->attestations ? no_attestation(how, j, e) : nothing_found(j, e);
	/* The first refusal says most; the verdict record has them all. */
	*e = j->why;
	e->reason = REASON_NO_MATCH;
	if (j->signatures > 1)
		return err_wrap(e, "no matching %s: none of %zu is acceptable, the first", what, j->signatures);
	return err_wrap(e, "no matching %s", what);
}

/* Of a verdict, and of the subject it is about. */
static const char *const known[] = {"image", "digest", "ok", "reason", "exit", "message", "good", "signatures",
	"mediaType", "size", "reference", NULL};

static void
copy_unknown(struct node from, const char *const skip[], struct emit *o)
{
	for (struct node_iter it = node_iter(from); node_next(&it);) {
		bool ours = node_key_is(it.key, "type");

		for (size_t i = 0; known[i] && !ours; i++)
			ours = node_key_is(it.key, known[i]);
		for (size_t i = 0; skip[i] && !ours; i++)
			ours = node_key_is(it.key, skip[i]);
		if (ours)
			continue;
		emit_key_raw(o, it.key);
		emit_raw(o, it.value.raw);
	}
}

void
judge_emit_answer(const struct judgement *j, const char *image, struct span digest, const struct err *failure,
    struct node from, const char *const skip[], struct buf *out)
{
	char text[ERR_TEXT];
	struct emit o;

	emit_init(&o, out);
	emit_object(&o);
	emit_kstr(&o, "type", "cosign.verdict/1");
	emit_kstr(&o, "image", image);
	if (digest.ptr)
		emit_kspan(&o, "digest", digest);
	emit_kbool(&o, "ok", !failure);
	if (failure) {
		emit_kstr(&o, "reason", reason_slug(failure->reason));
		emit_kint(&o, "exit", reason_exit(failure->reason));
		emit_kstr(&o, "message", err_text(failure, text, sizeof(text)));
	}
	emit_kint(&o, "good", j ? (int64_t)j->good : 0);
	emit_key(&o, "signatures");
	emit_array(&o);
	if (j && j->records.len)
		emit_raw(&o, buf_span(&j->records));
	emit_array_end(&o);
	if (from.kind == JSON_OBJECT)
		copy_unknown(from, skip, &o);
	record_end(&o);
}

void
judge_emit_record(const struct judgement *j, const char *image, struct span digest, const struct err *failure,
    struct node from, struct buf *out)
{
	static const char *const none[] = {NULL};

	judge_emit_answer(j, image, digest, failure, from, none, out);
}
