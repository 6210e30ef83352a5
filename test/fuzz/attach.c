/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "client/evidence.h"
#include "step/attach.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef int reader(struct span *out, struct span text, struct pool *pool, struct err *e);

/* What was taken is taken again. */
static void
read_part(reader *read, struct span text)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span out, again;
	struct err e = ERR_INIT;

	if (read(&out, text, &pool, &e))
		return;
	if (read(&again, out, &pool, &e) || !span_eq(out, again))
		BUG("a part that reads otherwise when it is read again");
}

static void
read_all(struct span text)
{
	AUTO(attach) struct attach a = ATTACH_INIT;
	struct err e = ERR_INIT;

	a.max = EVIDENCE_TOTAL_MAX;
	if (attach_parse(&a, "file", text, &e))
		return;
	for (size_t i = 0; i < a.items.count; i++) {
		AUTO(attach) struct attach again = ATTACH_INIT;

		again.max = EVIDENCE_TOTAL_MAX;
		if (attach_parse(&again, "again", a.items.items[i].bytes, &e) || again.items.count != 1 ||
		    !span_eq(again.items.items[0].bytes, a.items.items[i].bytes))
			BUG("an attestation that reads otherwise when it is read again");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static reader *const readers[] = {attach_read_signature, attach_read_certificates, attach_read_stamp,
		attach_read_log};
	struct span text = span_of(data, size);

	read_all(text);
	for (size_t i = 0; i < countof(readers); i++)
		read_part(readers[i], text);
	return 0;
}
