/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/verdict.h"

#include "base/date.h"
#include "codec/hex.h"
#include "crypto/fulcio.h"
#include "sig/annotations.h"
#include "sig/logset.h"
#include "sig/stampfile.h"

void
verdict_release(struct verdict *v)
{
	pool_release(&v->pool);
	*v = (struct verdict)VERDICT_INIT;
}

void
verdict_pass(struct verdict *v, enum check c)
{
	v->status[c] = CHECK_PASSED;
}

void
verdict_skip(struct verdict *v, enum check c)
{
	v->status[c] = CHECK_SKIPPED;
}

int
verdict_fail(struct verdict *v, enum check c, const struct err *e)
{
	v->status[c] = CHECK_FAILED;
	v->ok = false;
	if (v->why.reason == REASON_NONE) {
		v->why = *e;
		v->failed = c;
	}
	return -1;
}

static void
emit_failure(const struct err *e, struct emit *j)
{
	char text[ERR_TEXT];

	emit_kstr(j, "reason", reason_slug(e->reason));
	emit_kstr(j, "message", err_text(e, text, sizeof(text)));
	if (err_get_expected(e))
		emit_kstr(j, "expected", err_get_expected(e));
	if (err_get_found(e))
		emit_kstr(j, "found", err_get_found(e));
}

void
verdict_emit_checks(const struct verdict *v, struct emit *j)
{
	emit_key(j, "checks");
	emit_array(j);
	for (int c = 0; c < CHECK_COUNT; c++) {
		emit_object(j);
		emit_kstr(j, "check", check_name((enum check)c));
		emit_kstr(j, "status", check_status_name(v->status[c]));
		if (v->status[c] == CHECK_FAILED && v->failed == (enum check)c)
			emit_failure(&v->why, j);
		emit_object_end(j);
	}
	emit_array_end(j);
}

void
verdict_keep_entry(struct verdict *v, const struct bundle_entry *entry)
{
	struct pool *pool = &v->pool;

	v->entry = (struct bundle_entry){.log_index = entry->log_index, .integrated_time = entry->integrated_time,
	    .log_id = pool_span(pool, entry->log_id), .body = pool_span(pool, entry->body),
	    .set = entry->set.ptr ? pool_span(pool, entry->set) : SPAN_NONE,
	    .body_kind = pool_span(pool, entry->body_kind), .body_version = pool_span(pool, entry->body_version)};
	v->has_entry = true;
}

/* --- for our own records --- */

static void
emit_who(const struct verdict *v, struct emit *j)
{
	if (!v->signer.len)
		return;
	emit_key(j, "signer");
	emit_object(j);
	if (!v->by_cert) {
		emit_key(j, "keyHint");
		emit_base64(j, v->signer);
		emit_object_end(j);
		return;
	}
	emit_kspan(j, "subject", v->subject);
	emit_kspan(j, "issuer", v->issuer);
	for (unsigned n = FULCIO_TRIGGER; n < VERDICT_EXTENSIONS; n++)
		if (v->extension[n].ptr)
			emit_kspan(j, fulcio_name(n), v->extension[n]);
	emit_object_end(j);
}

static void
emit_times(const struct verdict *v, struct emit *j)
{
	char text[DATE_TEXT];

	emit_key(j, "times");
	emit_array(j);
	for (size_t i = 0; i < v->time_count; i++) {
		emit_object(j);
		emit_kstr(j, "time", date_format(v->times[i].when, text));
		emit_kstr(j, "by", v->times[i].log ? "log" : "timestamp-authority");
		emit_object_end(j);
	}
	emit_array_end(j);
}

static void
emit_log(const struct verdict *v, struct emit *j)
{
	char id[2 * HASH_SIZE_MAX + 1];

	emit_key(j, "log");
	emit_object(j);
	hex_format(id, v->entry.log_id.ptr, v->entry.log_id.len < HASH_SIZE_MAX ? v->entry.log_id.len : HASH_SIZE_MAX);
	emit_kstr(j, "logID", id);
	if (v->entry.log_index >= 0)
		emit_kint(j, "logIndex", v->entry.log_index);
	if (v->entry.integrated_time)
		emit_kint(j, "integratedTime", v->entry.integrated_time);
	emit_kspan(j, "kind", v->entry.body_kind);
	emit_kspan(j, "version", v->entry.body_version);
	emit_object_end(j);
}

void
verdict_emit_signer(const struct verdict *v, struct emit *j)
{
	emit_who(v, j);
	if (v->time_count)
		emit_times(v, j);
	if (v->has_entry)
		emit_log(v, j);
}

/* --- upstream's output --- */

/* What upstream adds to the optional of a legacy payload, as JSON values. */
struct extras {
	struct pool pool;
	struct shape_pair pairs[2 * VERDICT_EXTENSIONS + 4];
	size_t count;
};

static void
add(struct extras *x, const char *key, const struct buf *json)
{
	if (x->count < countof(x->pairs))
		x->pairs[x->count++] = (struct shape_pair){pool_span(&x->pool, span_str(key)),
		    pool_span(&x->pool, buf_span(json))};
}

static void
add_text(struct extras *x, const char *key, struct span text)
{
	AUTO(buf) struct buf json = BUF_INIT(BUF_TEXT_MAX);
	struct emit j;

	emit_init(&j, &json);
	emit_span(&j, text);
	add(x, key, &json);
}

static void
add_certificate(struct extras *x, const struct verdict *v)
{
	static const char *const names[VERDICT_EXTENSIONS] = {NULL, "Issuer", "githubWorkflowTrigger",
		"githubWorkflowSha", "githubWorkflowName", "githubWorkflowRepository", "githubWorkflowRef"};
	char oid[64];

	add_text(x, "Subject", v->subject.ptr ? v->subject : SPAN(""));
	for (unsigned n = FULCIO_ISSUER_V1; n < VERDICT_EXTENSIONS; n++) {
		if (!v->extension[n].len)
			continue;
		snprintf(oid, sizeof(oid), "1.3.6.1.4.1.57264.1.%u", n);
		add_text(x, oid, v->extension[n]);
		add_text(x, names[n], v->extension[n]);
	}
}

static void
add_entry(struct extras *x, const struct bundle_entry *entry)
{
	AUTO(buf) struct buf json = BUF_INIT(2 * ENTRY_BODY_MAX);

	logset_emit(entry, &json);
	add(x, "Bundle", &json);
}

static void
add_stamp(struct extras *x, struct span der)
{
	AUTO(buf) struct buf json = BUF_INIT(2 * STAMPFILE_MAX);

	stampfile_emit(der, &json);
	add(x, "RFC3161Timestamp", &json);
}

static void
emit_optional(const struct verdict *v, struct emit *j)
{
	struct extras x = {.count = 0};

	emit_key(j, "optional");
	if (v->legacy && v->by_cert)
		add_certificate(&x, v);
	if (v->legacy && v->came.set.ptr)
		add_entry(&x, &v->came);
	if (v->legacy && v->came_stamp.ptr)
		add_stamp(&x, v->came_stamp);
	if (v->legacy && v->optional.kind == JSON_NULL && x.count == 0)
		emit_null(j);
	else
		annotations_emit_merged(j, v->optional, &(struct shape_map){x.pairs, x.count});
	pool_release(&x.pool);
}

void
verdict_emit_upstream(const struct verdict *v, const char *reference, struct emit *j)
{
	emit_object(j);
	emit_key(j, "critical");
	emit_object(j);
	emit_key(j, "identity");
	emit_object(j);
	emit_kspan(j, "docker-reference", v->legacy ? v->reference : span_str(reference));
	emit_object_end(j);
	emit_key(j, "image");
	emit_object(j);
	emit_kspan(j, "docker-manifest-digest", v->digest);
	emit_object_end(j);
	emit_kspan(j, "type", v->legacy ? v->type : v->predicate_type);
	emit_object_end(j);
	emit_optional(v, j);
	emit_object_end(j);
}
