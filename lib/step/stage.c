/* SPDX-License-Identifier: Apache-2.0 */
#include "step/stage.h"

#include "base/file.h"
#include "step/subject.h"
#include "step/workwitness.h"

static const char *const types[STAGE_COUNT] = {
	[STAGE_SUBJECT] = SUBJECT_RECORD,
	[STAGE_PAYLOAD] = "cosign.payload/1",
	[STAGE_SIGNATURE] = "cosign.signature/1",
	[STAGE_BUNDLE] = "cosign.bundle/1",
	[STAGE_LOCATION] = "cosign.location/1",
};

const char *
stage_type(enum stage stage)
{
	return types[stage];
}

/* Every member any stage writes: what is not here is somebody else's. */
static const char *const known[] = {"type", "image", "mediaType", "digest", "size", "reference", "subject", "form",
	"payload", "payloadType", "predicateType", "signature", "hint", "publicKey", "bundle", "repository", "tag",
	"stored", "certificate", "chain", "tlogEntries", "timestamps", NULL};

/* The members beside the subject's. */
struct wire {
	struct span form, reference, payload, payload_type, predicate_type, signature, hint, public_key;
	struct node bundle;
};

static const struct field fields[] = {
	FIELD_STR(struct wire, form, "form", FIELD_REQUIRED),
	FIELD_STR(struct wire, reference, "reference", 0),
	FIELD_B64(struct wire, payload, "payload", FIELD_REQUIRED, .max = PAYLOAD_MAX),
	FIELD_STR(struct wire, payload_type, "payloadType", 0),
	FIELD_STR(struct wire, predicate_type, "predicateType", 0),
	FIELD_B64(struct wire, signature, "signature", 0),
	FIELD_STR(struct wire, hint, "hint", 0),
	FIELD_STR(struct wire, public_key, "publicKey", 0),
	FIELD_RAW(struct wire, bundle, "bundle", 0),
	FIELD_END};

static int
missing(struct err *e, const char *member)
{
	err_set(e, REASON_BAD_SHAPE, "the record has no member %s", member);
	return err_hint(e, "see cosign-records(5) for the order of the steps");
}

static int
check_wire(const struct wire *x, enum stage stage, enum form form, bool certified, struct err *e)
{
	if (form == FORM_BUNDLE && (!x->payload_type.ptr || !x->predicate_type.ptr))
		return missing(e, x->payload_type.ptr ? "predicateType" : "payloadType");
	if (stage >= STAGE_SIGNATURE && !x->signature.ptr)
		return missing(e, "signature");
	/* A bundle has them inside. */
	if (stage >= STAGE_SIGNATURE && !certified && !x->bundle.raw.ptr && (!x->hint.ptr || !x->public_key.ptr))
		return missing(e, !x->hint.ptr ? "hint" : "publicKey");
	if (stage >= STAGE_BUNDLE && form == FORM_BUNDLE && x->bundle.kind != JSON_OBJECT)
		return missing(e, "bundle");
	return 0;
}

static int
parse_wire(struct work *w, enum stage stage, struct node root, struct err *e)
{
	struct wire x = {0};

	if (shape_decode(&x, fields, root, SHAPE_LENIENT, &w->pool, e))
		return -1;
	if (!span_is(x.form, "bundle") && !span_is(x.form, "legacy")) {
		err_set(e, REASON_BAD_SHAPE, "form");
		err_expected(e, "bundle or legacy");
		return err_found(e, "'%.*s'", SPAN_FMT(x.form));
	}
	w->form = span_is(x.form, "bundle") ? FORM_BUNDLE : FORM_LEGACY;
	if ((stage >= STAGE_SIGNATURE && workwitness_parse(w, root, e)) ||
	    check_wire(&x, stage, w->form, w->witness.cert.len > 0, e))
		return -1;
	w->reference = x.reference;
	w->payload = x.payload;
	w->payload_type = x.payload_type;
	w->predicate_type = x.predicate_type;
	w->signature = x.signature;
	w->hint = x.hint;
	w->public_key = x.public_key;
	w->bundle = x.bundle.raw;
	return 0;
}

int
stage_parse(struct work *w, enum stage stage, struct node root, struct err *e)
{
	struct node subject;

	if (stage == STAGE_SUBJECT)
		return subject_parse(&w->subject, root, &w->pool, e);
	if (!node_member(root, "subject", &subject))
		return missing(e, "subject");
	if (subject_parse_work(&w->subject, root, subject, &w->pool, e))
		return -1;
	return parse_wire(w, stage, root, e);
}

static void
emit_kb64(struct emit *j, const char *name, struct span bytes)
{
	emit_key(j, name);
	emit_base64(j, bytes);
}

static void
emit_optional(struct emit *j, const char *name, struct span text)
{
	if (text.ptr)
		emit_kspan(j, name, text);
}

static void
emit_material(const struct work *w, enum stage stage, struct emit *j)
{
	emit_optional(j, "reference", w->reference);
	emit_optional(j, "payloadType", w->payload_type);
	emit_optional(j, "predicateType", w->predicate_type);
	emit_kb64(j, "payload", w->payload);
	if (stage >= STAGE_SIGNATURE) {
		emit_kb64(j, "signature", w->signature);
		if (!w->witness.cert.len) {
			emit_kspan(j, "hint", w->hint);
			emit_kspan(j, "publicKey", w->public_key);
		}
		if (stage == STAGE_SIGNATURE || !w->bundle.ptr)
			workwitness_emit(w, j);
	}
	if (stage >= STAGE_BUNDLE && w->bundle.ptr) {
		emit_key(j, "bundle");
		emit_raw(j, w->bundle);
	}
}

static void
emit_location(const struct work *w, bool stored, struct emit *j)
{
	if (!span_is(w->predicate_type, PREDICATE_SIGN))
		emit_optional(j, "predicateType", w->predicate_type);
	emit_kbool(j, "stored", stored);
	emit_optional(j, "repository", w->location.repository);
	emit_optional(j, "digest", w->location.digest);
	emit_optional(j, "tag", w->location.tag);
}

void
stage_emit(const struct work *w, enum stage stage, struct node from, bool stored, struct buf *out)
{
	struct emit j;

	emit_init(&j, out);
	record_begin(&j, types[stage]);
	subject_emit_work(&w->subject, &j);
	emit_kstr(&j, "form", w->form == FORM_BUNDLE ? "bundle" : "legacy");
	if (stage == STAGE_LOCATION)
		emit_location(w, stored, &j);
	else
		emit_material(w, stage, &j);
	if (from.kind == JSON_OBJECT)
		record_copy_unknown(&j, from, known);
	record_end(&j);
}
