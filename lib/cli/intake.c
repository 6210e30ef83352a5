/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/intake.h"

static const char *const refusal_members[] = {"image", "ok", "reason", "exit", "message", NULL};

void
intake_release(struct intake *in)
{
	pool_release(&in->pool);
}

static int
set_image(struct intake *in, struct span text, struct err *e)
{
	if (text.len && memchr(text.ptr, '\0', text.len))
		return err_set(e, REASON_BAD_REFERENCE, "a NUL within the image's name");
	in->image = pool_str(&in->pool, text);
	return 0;
}

struct refusal { struct span reason, message; };
static const struct field refusal_fields[] = {
	FIELD_STR(struct refusal, reason, "reason", FIELD_REQUIRED),
	FIELD_STR(struct refusal, message, "message", 0),
	FIELD_END};

/* An earlier step failed for this image: so does this one. */
static int
take_refusal(struct intake *in, struct node root, struct err *e)
{
	struct refusal r = {0};
	enum reason reason;

	if (shape_decode(&r, refusal_fields, root, SHAPE_LENIENT, &in->pool, e))
		return -1;
	reason = reason_find(r.reason);
	return err_set(e, reason == REASON_NONE ? REASON_FAILED : reason, "%.*s", SPAN_FMT(r.message));
}

static int
take_type(struct intake *in, struct node root, struct err *e)
{
	struct node type;
	struct span name;

	if (!node_member(root, "type", &type) || !node_string(type, &in->pool, &name) || !span_starts(name, "cosign."))
		return 0;
	if (span_is(name, REFUSAL_RECORD))
		return take_refusal(in, root, e);
	in->known = span_is(name, SUBJECT_RECORD);
	if (in->known)
		return subject_parse(&in->subject, root, &in->pool, e);
	err_set(e, REASON_BAD_RECORD, "a record of another type");
	err_expected(e, "%s", SUBJECT_RECORD);
	return err_found(e, "%.*s", SPAN_FMT(span_first(name, RECORD_TYPE_MAX)));
}

static int
take_object(struct intake *in, struct span text, struct err *e)
{
	struct node root, image;
	struct span name;

	if (scan_document(text, &root, e))
		return -1;
	in->from = root;
	if (!node_member(root, "image", &image) || !node_string(image, &in->pool, &name) || !name.len) {
		err_set(e, REASON_BAD_RECORD, "the line names no image");
		return err_expected(e, "an object with the string \"image\"");
	}
	return set_image(in, name, e) || take_type(in, root, e) ? -1 : 0;
}

void
intake_parse(struct intake *in, struct span line)
{
	struct span text = pool_span(&in->pool, span_trim(line));

	in->failed = (span_starts(text, "{") ? take_object(in, text, &in->err) : set_image(in, text, &in->err)) != 0;
}

void
intake_too_long(struct intake *in)
{
	in->failed = true;
	err_set(&in->err, REASON_TOO_LARGE, "the line is too long");
	err_expected(&in->err, "at most %d bytes", INTAKE_LINE_MAX);
}

int
intake_find(struct intake *in, const struct store *s, bool local_image, bool need_desc, struct subject *out,
    struct err *e)
{
	struct ref ref;

	if (!in->known) {
		if (store_ref(in->image, local_image, &ref, &in->pool, e))
			return -1;
		return store_resolve(s, &ref, need_desc, &in->pool, out, e);
	}
	*out = in->subject;
	if (!need_desc || (out->desc.size > 0 && out->desc.media_type.len))
		return 0;
	ref = out->ref;
	ref.tag = NULL;
	ref.digest = pool_str(&in->pool, out->desc.digest);
	if (store_resolve(s, &ref, true, &in->pool, out, e))
		return -1;
	out->ref = in->subject.ref;
	return 0;
}

void
intake_emit_refusal(const struct intake *in, const struct err *why, struct buf *out)
{
	char text[ERR_TEXT];
	struct emit j;

	emit_init(&j, out);
	record_begin(&j, REFUSAL_RECORD);
	emit_kstr(&j, "image", in->image);
	emit_kbool(&j, "ok", false);
	emit_kstr(&j, "reason", reason_slug(why->reason));
	emit_kint(&j, "exit", reason_exit(why->reason));
	emit_kstr(&j, "message", err_text(why, text, sizeof(text)));
	if (in->from.kind == JSON_OBJECT)
		record_copy_unknown(&j, in->from, refusal_members);
	record_end(&j);
}
