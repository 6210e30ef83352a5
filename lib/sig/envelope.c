/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/envelope.h"

#include "json/emit.h"

struct raw_signature { struct span sig, keyid; };
struct raw_envelope { struct span payload, type; struct shape_objs signatures; };

static const struct field signature_fields[] = {
	FIELD_B64(struct raw_signature, sig, "sig", FIELD_REQUIRED | FIELD_NONEMPTY),
	FIELD_STR(struct raw_signature, keyid, "keyid", 0),
	FIELD_END,
};
static const struct field envelope_fields[] = {
	FIELD_B64(struct raw_envelope, payload, "payload", FIELD_REQUIRED, .max = BUNDLE_MAX),
	FIELD_STR(struct raw_envelope, type, "payloadType", FIELD_REQUIRED),
	FIELD_OBJS(struct raw_envelope, signatures, "signatures", signature_fields, struct raw_signature,
	    FIELD_REQUIRED),
	FIELD_END,
};

static int
read_envelope(struct envelope *v, struct span json, struct pool *pool, struct err *e)
{
	const struct raw_signature *only;
	struct raw_envelope raw = {0};

	if (json.len > BUNDLE_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d bytes", BUNDLE_MAX);
	if (shape_parse(&raw, envelope_fields, json, SHAPE_LENIENT, pool, e))
		return -1;
	if (raw.signatures.count != BUNDLE_SIGNATURES_MAX)
		return err_set(e, REASON_BAD_BUNDLE, "expected exactly one signature, found %zu", raw.signatures.count);
	only = raw.signatures.items;
	*v = (struct envelope){raw.payload, raw.type, only->sig, only->keyid};
	return 0;
}

int
envelope_parse(struct envelope *v, struct span json, struct pool *pool, struct err *e)
{
	if (read_envelope(v, json, pool, e) == 0)
		return 0;
	if (e && !err_is(e, REASON_TOO_LARGE))
		e->reason = REASON_BAD_BUNDLE;
	return err_wrap(e, "envelope");
}

void
envelope_emit(const struct envelope *v, struct buf *out)
{
	struct emit j;

	emit_init(&j, out);
	j.raw_html = true;
	emit_object(&j);
	emit_key(&j, "payload");
	emit_base64(&j, v->payload);
	emit_kspan(&j, "payloadType", v->payload_type);
	emit_key(&j, "signatures");
	emit_array(&j);
	emit_object(&j);
	if (v->keyid.len)
		emit_kspan(&j, "keyid", v->keyid);
	emit_key(&j, "sig");
	emit_base64(&j, v->sig);
	emit_object_end(&j);
	emit_array_end(&j);
	emit_object_end(&j);
}
