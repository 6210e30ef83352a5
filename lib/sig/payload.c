/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/payload.h"

void
payload_emit(struct buf *out, const char *reference, const char *digest,
    const struct shape_map *annotations)
{
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	emit_key(&j, "critical");
	emit_object(&j);
	emit_key(&j, "identity");
	emit_object(&j);
	emit_kstr(&j, "docker-reference", reference);
	emit_object_end(&j);
	emit_key(&j, "image");
	emit_object(&j);
	emit_kstr(&j, "docker-manifest-digest", digest);
	emit_object_end(&j);
	emit_kstr(&j, "type", PAYLOAD_TYPE_LEGACY);
	emit_object_end(&j);
	emit_key(&j, "optional");
	if (annotations && annotations->count)
		annotations_emit(&j, annotations);
	else
		emit_null(&j);
	emit_object_end(&j);
}

struct identity { struct span reference; };
struct image { struct span digest; };
struct critical {
	struct identity identity;
	struct image image;
	struct span type;
};
struct simple_signing {
	struct critical critical;
	struct node optional;
};

static const struct field identity_fields[] = {
	FIELD_STR(struct identity, reference, "docker-reference", 0),
	FIELD_END,
};
static const struct field image_fields[] = {
	FIELD_STR(struct image, digest, "docker-manifest-digest", FIELD_REQUIRED | FIELD_NONEMPTY),
	FIELD_END,
};
static const struct field critical_fields[] = {
	FIELD_OBJ(struct critical, identity, "identity", identity_fields, 0),
	FIELD_OBJ(struct critical, image, "image", image_fields, FIELD_REQUIRED),
	FIELD_STR(struct critical, type, "type", 0),
	FIELD_END,
};
static const struct field payload_fields[] = {
	FIELD_OBJ(struct simple_signing, critical, "critical", critical_fields, FIELD_REQUIRED),
	FIELD_RAW(struct simple_signing, optional, "optional", 0),
	FIELD_END,
};

static int
payload_read(struct payload *p, struct span json, struct err *e)
{
	struct simple_signing s = {0};

	if (json.len > PAYLOAD_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d bytes", PAYLOAD_MAX);
	if (scan_document(json, &p->root, e))
		return -1;
	if (p->root.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_PAYLOAD, "expected an object, found %s",
		    node_kind_name(p->root.kind));
	if (shape_decode(&s, payload_fields, p->root, SHAPE_LENIENT, &p->pool, e))
		return -1;
	if (s.optional.kind != JSON_OBJECT && s.optional.kind != JSON_NULL)
		return err_set(e, REASON_BAD_PAYLOAD, "optional: expected an object, found %s",
		    node_kind_name(s.optional.kind));
	p->reference = s.critical.identity.reference;
	p->digest = s.critical.image.digest;
	p->type = s.critical.type;
	p->optional = s.optional;
	return 0;
}

int
payload_parse(struct payload *p, struct span json, struct err *e)
{
	if (payload_read(p, json, e) == 0)
		return 0;
	if (e && !err_is(e, REASON_TOO_LARGE))
		e->reason = REASON_BAD_PAYLOAD;
	return err_wrap(e, "signed payload");
}

void
payload_release(struct payload *p)
{
	pool_release(&p->pool);
	*p = (struct payload)PAYLOAD_INIT;
}
