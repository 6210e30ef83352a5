/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/sctfile.h"

struct raw_sct {
	int64_t version, time;
	struct span id, extensions, signature;
};

static const struct field fields[] = {
	FIELD_INT(struct raw_sct, version, "sct_version", FIELD_REQUIRED),
	FIELD_B64(struct raw_sct, id, "id", FIELD_REQUIRED),
	FIELD_INT(struct raw_sct, time, "timestamp", FIELD_REQUIRED),
	FIELD_B64(struct raw_sct, extensions, "extensions", 0),
	FIELD_B64(struct raw_sct, signature, "signature", FIELD_REQUIRED | FIELD_NONEMPTY),
	FIELD_END,
};

static int
read_all(struct sct *out, struct span json, struct pool *pool, struct err *e)
{
	struct raw_sct raw = {0};

	if (json.len > SCTFILE_MAX)
		return err_set(e, REASON_BAD_SCT, "more than %d bytes", SCTFILE_MAX);
	if (shape_parse(&raw, fields, json, SHAPE_LENIENT, pool, e))
		return -1;
	if (raw.version != 0 || raw.time < 0)
		return err_set(e, REASON_BAD_SCT, "of no version or time that is known");
	if (raw.id.len != SCT_ID)
		return err_set(e, REASON_BAD_SCT, "id: expected %d bytes, found %zu", SCT_ID, raw.id.len);
	*out = (struct sct){.time = (uint64_t)raw.time, .signature = raw.signature,
	    .extensions = raw.extensions.ptr ? raw.extensions : SPAN("")};
	memcpy(out->id, raw.id.ptr, SCT_ID);
	return 0;
}

int
sctfile_parse(struct sct *out, struct span json, struct pool *pool, struct err *e)
{
	if (read_all(out, json, pool, e) == 0)
		return 0;
	if (e)
		e->reason = REASON_BAD_SCT;
	return err_wrap(e, "detached certificate timestamp");
}
