/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "json/olpc.h"
#include "sig/tufset.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_canonical(const struct tufmeta *m)
{
	AUTO(buf) struct buf once = BUF_INIT(m->bytes.len), again = BUF_INIT(m->bytes.len);
	struct node v;

	if (olpc_emit(m->content, &once, NULL))
		return;
	/* Control characters stand raw in it, which JSON refuses. */
	if (scan_document(buf_span(&once), &v, NULL) == 0 &&
	    (olpc_emit(v, &again, NULL) || !span_eq(buf_span(&once), buf_span(&again))))
		BUG("the canonical form of a canonical form is another");
}

static void
look(const struct tufmeta *m)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct tufmeta_file f;
	struct node custom;
	struct span name;
	size_t at = 0;

	for (size_t i = 0; i < m->file_count; i++)
		if (!tufmeta_file(m, m->files[i].name))
			BUG("a file that cannot be found");
	if (m->kind != TUFMETA_TARGETS)
		return;
	if (tufmeta_target(m, SPAN("file"), &f, &custom, &pool, NULL) == 1) {
		(void)tufmeta_hash_text(&f, &pool);
		if (tufmeta_check_bytes(&f, SPAN("content\n"), NULL) == 0 && f.length != 8)
			BUG("of another length");
	}
	while (tufmeta_next_delegation(m, SPAN("sub/file"), &at, &name, &pool))
		if (!tufmeta_delegation(m, name))
			BUG("a delegation that cannot be found");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int kind = 0; kind < TUFMETA_KINDS; kind++) {
		AUTO(tufmeta) struct tufmeta *m = NULL;
		struct err e = ERR_INIT;

		if (tufmeta_parse(&m, kind, span_of(data, size), &e)) {
			if (!err_is(&e, REASON_BAD_METADATA) && !err_is(&e, REASON_BAD_JSON) && !err_is(&e, REASON_TOO_LARGE))
				BUG("refused for another reason: %s", reason_slug(e.reason));
			continue;
		}
		if (m->version < 1)
			BUG("version %lld", (long long)m->version);
		check_canonical(m);
		look(m);
		if (kind == TUFMETA_ROOT && tufmeta_verify(m, &m->roles[kind], &m->keys, NULL) == 0 && m->sig_count == 0)
			BUG("signed by nobody");
	}
	return 0;
}
