/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/stampfile.h"

struct raw_stampfile { struct span der; };

static const struct field stampfile_fields[] = {
	FIELD_B64(struct raw_stampfile, der, "SignedRFC3161Timestamp",
	    FIELD_REQUIRED | FIELD_NONEMPTY, .max = STAMPFILE_MAX),
	FIELD_END,
};

static int
stampfile_read(struct raw_stampfile *raw, struct span json, struct pool *pool, struct err *e)
{
	if (json.len > STAMPFILE_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d bytes", STAMPFILE_MAX);
	return shape_parse(raw, stampfile_fields, json, SHAPE_LENIENT, pool, e);
}

int
stampfile_parse(struct span *der, struct span json, struct pool *pool, struct err *e)
{
	struct raw_stampfile raw = {0};

	if (stampfile_read(&raw, json, pool, e) == 0) {
		*der = raw.der;
		return 0;
	}
	if (e && !err_is(e, REASON_TOO_LARGE))
		e->reason = REASON_BAD_TIMESTAMP;
	return err_wrap(e, "timestamp file");
}

void
stampfile_emit(struct span der, struct buf *out)
{
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	emit_key(&j, "SignedRFC3161Timestamp");
	emit_base64(&j, der);
	emit_object_end(&j);
}
