/* SPDX-License-Identifier: Apache-2.0 */
#include "json/errline.h"

#include "json/emit.h"
#include "json/shape.h"

#define TYPE "cosign.error/1"

struct line { struct span type, reason, hint, expected, found; struct shape_strs chain; };

static const struct field fields[] = {
	FIELD_STR(struct line, type, "type", FIELD_REQUIRED),
	FIELD_STR(struct line, reason, "reason", FIELD_REQUIRED),
	FIELD_STRS(struct line, chain, "chain", FIELD_REQUIRED | FIELD_NONEMPTY, .max = ERR_PARTS),
	FIELD_STR(struct line, hint, "hint", 0),
	FIELD_STR(struct line, expected, "expected", 0),
	FIELD_STR(struct line, found, "found", 0),
	FIELD_END};

static void
note(struct emit *j, const char *name, const char *value)
{
	if (value)
		emit_kstr(j, name, value);
}

void
errline_emit(const struct err *e, struct buf *out)
{
	char text[2 * ERR_TEXT];
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	emit_kstr(&j, "type", TYPE);
	emit_kstr(&j, "reason", reason_slug(e->reason));
	emit_kstr(&j, "message", err_text(e, text, sizeof(text)));
	emit_key(&j, "chain");
	emit_array(&j);
	for (unsigned i = 0; err_part(e, i); i++)
		emit_str(&j, err_part(e, i));
	emit_array_end(&j);
	note(&j, "hint", err_get_hint(e));
	note(&j, "expected", err_get_expected(e));
	note(&j, "found", err_get_found(e));
	emit_kint(&j, "exit", reason_exit(e->reason));
	emit_object_end(&j);
}

bool
errline_read(struct span text, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct line l = {0};
	enum reason reason;

	if (text.len > ERRLINE_MAX || shape_parse(&l, fields, text, SHAPE_LENIENT, &pool, NULL) || !span_is(l.type, TYPE))
		return false;
	reason = reason_find(l.reason);
	if (reason == REASON_NONE)
		return false;
	err_set(e, reason, "%.*s", SPAN_FMT(l.chain.items[l.chain.count - 1]));
	for (size_t i = l.chain.count - 1; i-- > 0;)
		err_wrap(e, "%.*s", SPAN_FMT(l.chain.items[i]));
	if (l.expected.ptr)
		err_expected(e, "%.*s", SPAN_FMT(l.expected));
	if (l.found.ptr)
		err_found(e, "%.*s", SPAN_FMT(l.found));
	if (l.hint.ptr)
		err_hint(e, "%.*s", SPAN_FMT(l.hint));
	return true;
}
