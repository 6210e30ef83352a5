/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/logset.h"

#include "codec/hex.h"
#include "json/emit.h"

enum { LOG_ID = 32 };

struct raw_payload {
	struct span body, log_id;
	int64_t integrated_time, log_index;
};
struct raw_set { struct span set; struct raw_payload payload; };
struct raw_kind { struct span kind, version; };

static const struct field payload_fields[] = {
	FIELD_B64(struct raw_payload, body, "body", FIELD_REQUIRED | FIELD_NONEMPTY,
	    .max = ENTRY_BODY_MAX),
	FIELD_INT(struct raw_payload, integrated_time, "integratedTime", FIELD_REQUIRED),
	FIELD_INT(struct raw_payload, log_index, "logIndex", FIELD_REQUIRED),
	FIELD_STR(struct raw_payload, log_id, "logID", FIELD_REQUIRED, .max = 2 * LOG_ID),
	FIELD_END,
};
static const struct field set_fields[] = {
	FIELD_B64(struct raw_set, set, "SignedEntryTimestamp", FIELD_REQUIRED | FIELD_NONEMPTY),
	FIELD_OBJ(struct raw_set, payload, "Payload", payload_fields, FIELD_REQUIRED),
	FIELD_END,
};
static const struct field kind_fields[] = {
	FIELD_STR(struct raw_kind, kind, "kind", FIELD_REQUIRED),
	FIELD_STR(struct raw_kind, version, "apiVersion", FIELD_REQUIRED),
	FIELD_END,
};

static int
read_all(struct bundle_entry *out, struct span json, struct pool *pool, struct err *e)
{
	unsigned char id[LOG_ID];
	struct raw_set raw = {0};
	struct raw_kind body = {0};

	if (shape_parse(&raw, set_fields, json, SHAPE_LENIENT, pool, e))
		return -1;
	if (!hex_decode(id, sizeof(id), raw.payload.log_id))
		return err_set(e, REASON_BAD_LOG_ENTRY, "Payload.logID: expected %d hexadecimal digits",
		    2 * LOG_ID);
	if (raw.payload.log_index < 0)
		return err_set(e, REASON_BAD_LOG_ENTRY, "Payload.logIndex: it is negative");
	if (shape_parse(&body, kind_fields, raw.payload.body, SHAPE_LENIENT, pool, e))
		return err_wrap(e, "Payload.body");
	*out = (struct bundle_entry){
		.log_index = raw.payload.log_index,
		.integrated_time = raw.payload.integrated_time,
		.log_id = pool_span(pool, span_of(id, sizeof(id))),
		.kind = body.kind, .version = body.version,
		.body_kind = body.kind, .body_version = body.version,
		.set = raw.set,
		.body = raw.payload.body,
	};
	return 0;
}

int
logset_parse(struct bundle_entry *out, struct span json, struct pool *pool, struct err *e)
{
	if (json.len > LOGSET_MAX)
		return err_set(e, REASON_TOO_LARGE, "log evidence has at most %d bytes", LOGSET_MAX);
	if (read_all(out, json, pool, e) == 0)
		return 0;
	if (e && e->reason != REASON_TOO_LARGE)
		e->reason = REASON_BAD_LOG_ENTRY;
	return err_wrap(e, "log evidence");
}

void
logset_emit(const struct bundle_entry *entry, struct buf *out)
{
	char id[2 * LOG_ID + 1];
	struct emit j;

	hex_format(id, entry->log_id.ptr, entry->log_id.len < LOG_ID ? entry->log_id.len : LOG_ID);
	emit_init(&j, out);
	emit_object(&j);
	emit_key(&j, "SignedEntryTimestamp");
	emit_base64(&j, entry->set);
	emit_key(&j, "Payload");
	emit_object(&j);
	emit_key(&j, "body");
	emit_base64(&j, entry->body);
	emit_kint(&j, "integratedTime", entry->integrated_time);
	emit_kint(&j, "logIndex", entry->log_index);
	emit_kstr(&j, "logID", id);
	emit_object_end(&j);
	emit_object_end(&j);
}
