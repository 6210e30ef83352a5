/* SPDX-License-Identifier: Apache-2.0 */
#include "step/candidate.h"

const char *const candidate_members[] = {"image", "subject", "form", "manifest", "layer", "index", "annotations",
	"bundle", "bytes", "payload", "error", NULL};

struct wire {
	struct span form, bytes, payload, reason, message;
	struct node subject, manifest, layer, bundle, error;
	struct shape_map annotations;
	int64_t index;
};

static const struct field fields[] = {
	FIELD_STR(struct wire, form, "form", 0),
	FIELD_RAW(struct wire, subject, "subject", 0),
	FIELD_RAW(struct wire, manifest, "manifest", 0),
	FIELD_RAW(struct wire, layer, "layer", 0),
	FIELD_INT(struct wire, index, "index", 0),
	FIELD_MAP(struct wire, annotations, "annotations", 0),
	FIELD_RAW(struct wire, bundle, "bundle", 0),
	FIELD_B64(struct wire, bytes, "bytes", 0, .max = ATTACHMENT_SIZE_MAX),
	FIELD_B64(struct wire, payload, "payload", 0, .max = ATTACHMENT_SIZE_MAX),
	FIELD_RAW(struct wire, error, "error", 0),
	FIELD_END};

static const struct field error_fields[] = {
	FIELD_STR(struct wire, reason, "reason", FIELD_REQUIRED),
	FIELD_STR(struct wire, message, "message", FIELD_REQUIRED),
	FIELD_END};

static void
emit_desc(struct emit *j, const char *name, const struct desc *d)
{
	struct desc bare = *d;

	if (!d->digest.ptr)
		return;
	bare.annotations = (struct shape_map){NULL, 0};
	emit_key(j, name);
	desc_emit(&bare, j);
}

static void
emit_annotations(struct emit *j, const struct shape_map *m)
{
	if (m->count == 0)
		return;
	emit_key(j, "annotations");
	emit_object(j);
	for (size_t i = 0; i < m->count; i++) {
		emit_key_span(j, m->pairs[i].key);
		emit_span(j, m->pairs[i].value);
	}
	emit_object_end(j);
}

static void
emit_error(struct emit *j, const struct err *why)
{
	char text[ERR_TEXT];

	emit_key(j, "error");
	emit_object(j);
	emit_kstr(j, "reason", reason_slug(why->reason));
	emit_kstr(j, "message", err_text(why, text, sizeof(text)));
	emit_object_end(j);
}

/* JSON that can stand in a line as it is: then nothing is lost. */
static bool
fits_in_line(struct span bytes)
{
	struct node root;

	return span_find(bytes, '\n') < 0 && span_find(bytes, '\r') < 0 && scan_document(bytes, &root, NULL) == 0 &&
	    root.kind == JSON_OBJECT;
}

static void
emit_bytes(struct emit *j, const struct candidate *c)
{
	if (c->form == FORM_BUNDLE && fits_in_line(c->bytes)) {
		emit_key(j, "bundle");
		emit_raw(j, c->bytes);
		return;
	}
	emit_key(j, c->form == FORM_BUNDLE ? "bytes" : "payload");
	emit_base64(j, c->bytes);
}

void
candidate_emit(const struct subject *s, const struct candidate *c, struct emit *j)
{
	subject_emit_work(s, j);
	emit_kstr(j, "form", c->form == FORM_BUNDLE ? "bundle" : "legacy");
	emit_desc(j, "manifest", &c->manifest);
	emit_desc(j, "layer", &c->layer);
	if (c->form == FORM_LEGACY)
		emit_kint(j, "index", (int64_t)c->index);
	emit_annotations(j, &c->annotations);
	if (c->error)
		emit_error(j, c->error);
	else
		emit_bytes(j, c);
}

static int
parse_form(struct candidate *c, struct span form, struct err *e)
{
	if (!form.ptr)
		return err_set(e, REASON_BAD_SHAPE, "the record has no member form");
	c->form = span_is(form, "bundle") ? FORM_BUNDLE : FORM_LEGACY;
	if (c->form == FORM_BUNDLE || span_is(form, "legacy"))
		return 0;
	err_set(e, REASON_BAD_SHAPE, "form");
	err_expected(e, "bundle or legacy");
	return err_found(e, "'%.*s'", SPAN_FMT(span_first(form, 40)));
}

static int
parse_descs(struct candidate *c, const struct wire *w, struct pool *pool, struct err *e)
{
	if (w->manifest.raw.ptr && desc_parse(&c->manifest, w->manifest, pool, e))
		return err_wrap(e, "manifest");
	if (w->layer.raw.ptr && desc_parse(&c->layer, w->layer, pool, e))
		return err_wrap(e, "layer");
	return 0;
}

static int
parse_error(struct candidate *c, struct wire *w, struct pool *pool, struct err *e)
{
	enum reason reason;

	if (shape_decode(w, error_fields, w->error, SHAPE_LENIENT, pool, e))
		return err_wrap(e, "error");
	reason = reason_find(w->reason);
	c->error = POOL_NEW(pool, struct err);
	*c->error = (struct err)ERR_INIT;
	(void)!err_set(c->error, reason == REASON_NONE ? REASON_FAILED : reason, "%.*s",
	    SPAN_FMT(span_first(w->message, 1000)));
	return 0;
}

static int
parse_bytes(struct candidate *c, struct wire *w, struct pool *pool, struct err *e)
{
	if (w->error.raw.ptr)
		return parse_error(c, w, pool, e);
	if (c->form == FORM_LEGACY) {
		c->bytes = w->payload;
		return w->payload.ptr ? 0 : err_set(e, REASON_BAD_SHAPE, "the record has no member payload");
	}
	c->bytes = w->bundle.raw.ptr ? w->bundle.raw : w->bytes;
	return c->bytes.ptr ? 0 : err_set(e, REASON_BAD_SHAPE, "the record has no member bundle");
}

static int
parse_rest(struct candidate *c, struct wire *w, struct pool *pool, struct err *e)
{
	if (parse_form(c, w->form, e) || parse_descs(c, w, pool, e))
		return -1;
	if (w->index < 0)
		return err_set(e, REASON_BAD_SHAPE, "index: expected a number that is not negative");
	c->index = (size_t)w->index;
	c->annotations = w->annotations;
	return parse_bytes(c, w, pool, e);
}

int
candidate_parse_bare(struct candidate *c, struct node object, struct pool *pool, struct err *e)
{
	struct wire w = {0};

	memset(c, 0, sizeof(*c));
	if (shape_decode(&w, fields, object, SHAPE_LENIENT, pool, e))
		return -1;
	if (!w.form.ptr)
		w.form = w.payload.ptr ? SPAN("legacy") : SPAN("bundle");
	return parse_rest(c, &w, pool, e);
}

int
candidate_parse(struct subject *s, struct candidate *c, struct node root, struct pool *pool, struct err *e)
{
	struct wire w = {0};

	memset(c, 0, sizeof(*c));
	if (shape_decode(&w, fields, root, SHAPE_LENIENT, pool, e))
		return -1;
	if (!w.subject.raw.ptr)
		return err_set(e, REASON_BAD_SHAPE, "the record has no member subject");
	if (subject_parse_work(s, root, w.subject, pool, e))
		return -1;
	return parse_rest(c, &w, pool, e);
}
