/* SPDX-License-Identifier: Apache-2.0 */
#include "step/subject.h"

const char *const subject_members[] = {"image", "mediaType", "digest", "size", "reference", NULL};

struct image_wire { struct span image; };
static const struct field image_fields[] = {
	FIELD_STR(struct image_wire, image, "image", FIELD_REQUIRED | FIELD_NONEMPTY),
	FIELD_END};

struct desc_wire {
	struct span media_type, digest, reference;
	int64_t size;
};
static const struct field desc_fields[] = {
	FIELD_STR(struct desc_wire, media_type, "mediaType", 0),
	FIELD_STR(struct desc_wire, digest, "digest", FIELD_REQUIRED),
	FIELD_STR(struct desc_wire, reference, "reference", 0),
	FIELD_INT(struct desc_wire, size, "size", 0),
	FIELD_END};

static void
emit_image(const struct subject *s, struct emit *j)
{
	AUTO(pool) struct pool pool = POOL_INIT;

	emit_kstr(j, "image", ref_name(&s->ref, &pool));
}

static void
emit_desc(const struct subject *s, struct emit *j)
{
	if (s->desc.media_type.len)
		emit_kspan(j, "mediaType", s->desc.media_type);
	emit_kspan(j, "digest", s->desc.digest);
	if (s->desc.size > 0)
		emit_kint(j, "size", s->desc.size);
	if (s->reference.ptr)
		emit_kspan(j, "reference", s->reference);
}

void
subject_emit(const struct subject *s, struct emit *j)
{
	emit_image(s, j);
	emit_desc(s, j);
}

void
subject_emit_work(const struct subject *s, struct emit *j)
{
	emit_image(s, j);
	emit_key(j, "subject");
	emit_object(j);
	emit_desc(s, j);
	emit_object_end(j);
}

static int
parse_desc(struct subject *s, struct node object, struct pool *pool, struct err *e)
{
	struct desc_wire w = {0};

	if (shape_decode(&w, desc_fields, object, SHAPE_LENIENT, pool, e))
		return -1;
	if (!ref_is_digest(w.digest)) {
		err_set(e, REASON_BAD_DIGEST, "digest of a subject");
		err_expected(e, "sha256: and 64 digits");
		return err_found(e, "'%.*s'", SPAN_FMT(span_first(w.digest, 100)));
	}
	if (w.size < 0)
		return err_set(e, REASON_BAD_SHAPE, "size: expected a number that is not negative");
	s->desc = (struct desc){.media_type = w.media_type, .digest = w.digest, .size = w.size};
	s->reference = w.reference;
	return 0;
}

static int
parse_image(struct subject *s, struct node root, struct pool *pool, struct err *e)
{
	struct image_wire w = {0};

	memset(s, 0, sizeof(*s));
	if (shape_decode(&w, image_fields, root, SHAPE_LENIENT, pool, e))
		return -1;
	return ref_parse(&s->ref, w.image, pool, e);
}

int
subject_parse(struct subject *s, struct node root, struct pool *pool, struct err *e)
{
	return parse_image(s, root, pool, e) || parse_desc(s, root, pool, e) ? -1 : 0;
}

int
subject_parse_work(struct subject *s, struct node root, struct node subject, struct pool *pool, struct err *e)
{
	if (parse_image(s, root, pool, e))
		return -1;
	return parse_desc(s, subject, pool, e) ? err_wrap(e, "subject") : 0;
}
