/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/failure.h"

#include "json/emit.h"

void
failure_print(const struct err *e)
{
	char text[2 * ERR_TEXT];

	fprintf(stderr, "Error: %s\n", err_text(e, text, sizeof(text)));
	if (err_get_hint(e))
		fprintf(stderr, "hint: %s\n", err_get_hint(e));
}

static void
note(struct emit *j, const char *name, const char *value)
{
	if (value)
		emit_kstr(j, name, value);
}

void
failure_print_json(const struct err *e)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	char text[2 * ERR_TEXT];
	struct emit j;

	emit_init(&j, &b);
	emit_object(&j);
	emit_kstr(&j, "type", "cosign.error/1");
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
	fprintf(stderr, "%s\n", buf_str(&b));
}
