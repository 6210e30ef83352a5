/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Candidate records, those of other programs too, and what `download` prints of
 * what they hold: JSON on one line, or nothing.
 */
#include "base/mem.h"
#include "step/candidate.h"
#include "step/fetched.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_line(char *text, size_t len, int rc)
{
	struct node root;

	if (rc == 0 && (!len || text[len - 1] != '\n' || memchr(text, '\n', len - 1) ||
	    scan_document(span_of(text, len), &root, NULL)))
		BUG("no line of JSON");
	free(text);
}

static void
print(const struct candidate *c)
{
	const struct fetched_wanted stored = {FETCHED_STORED, NULL}, envelope = {FETCHED_ENVELOPE, NULL};
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span type;

	for (int how = 0; how < 3; how++) {
		char *text = NULL;
		size_t len = 0;
		FILE *to = open_memstream(&text, &len);
		int rc;

		if (how)
			rc = fetched_attestation(c, how == 1 ? &stored : &envelope, to, &pool, &type, NULL);
		else
			rc = c->form == FORM_BUNDLE ? fetched_bundle(c, to, NULL) : fetched_signature(c, to, NULL);
		fclose(to);
		check_line(text, len, rc);
	}
}

static void
emit_again(const struct subject *s, const struct candidate *c)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	AUTO(pool) struct pool pool = POOL_INIT;
	struct candidate again;
	struct subject subject;
	struct node root;
	struct emit j;

	emit_init(&j, &out);
	emit_object(&j);
	candidate_emit(s, c, &j);
	emit_object_end(&j);
	if (scan_document(buf_span(&out), &root, NULL) || candidate_parse(&subject, &again, root, &pool, NULL) ||
	    again.form != c->form || !span_eq(again.bytes, c->bytes))
		BUG("another candidate comes back");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct candidate c;
	struct subject s;
	struct node root;

	if (scan_document(span_of(data, size), &root, NULL) || root.kind != JSON_OBJECT)
		return 0;
	if (candidate_parse(&s, &c, root, &pool, NULL) == 0)
		emit_again(&s, &c);
	if (candidate_parse_bare(&c, root, &pool, NULL) == 0 && !c.error)
		print(&c);
	return 0;
}
