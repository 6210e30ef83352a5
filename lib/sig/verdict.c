/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/verdict.h"

#include "sig/annotations.h"

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

static void
emit_optional(const struct verdict *v, struct emit *j)
{
	emit_key(j, "optional");
	if (v->optional.kind != JSON_NULL) {
		annotations_emit_node(j, v->optional);
	} else if (v->legacy) {
		emit_null(j);
	} else {
		emit_object(j);
		emit_object_end(j);
	}
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
