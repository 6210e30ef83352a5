/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom to trust, from files of their own: the first byte says what the rest is,
 * a zero byte in it divides roots from intermediates.
 */
#include "base/mem.h"
#include "sig/anchors.h"
#include "sig/trustmake.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
add(struct anchors *a, unsigned kind, struct span text, struct err *e)
{
	struct span rest = text, first;

	switch (kind % 7) {
	case 0:
		first = span_cut(&rest, '\0');
		return anchors_add_roots(a, first, rest, e);
	case 1:
		return anchors_add_chain(a, text, e);
	case 2:
		return anchors_add_mixed(a, text, e);
	case 3:
		return anchors_add_tsa(a, text, e);
	case 4:
		return anchors_add_log(a, text, e);
	case 5:
		return anchors_add_ctlog(a, text, e);
	default:
		return anchors_load(a, text, e);
	}
}

static void
check(const struct anchors *a)
{
	for (size_t i = 0; i < a->ca_count; i++)
		if (a->cas[i].roots.count == 0)
			BUG("an authority without a root");
	for (size_t i = 0; i < a->tsa_count; i++)
		if (a->tsas[i].leaf.count > 1)
			BUG("a timestamp authority with two certificates");
	if (a->ctlog_count != a->trust.ctlogs.count)
		BUG("certificate logs are missing");
}

static void
make(unsigned kind, struct span text)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct trust_log log = {.key = PUBKEY_INIT};
	struct trust_ca ca = {.certs = {NULL, 0}};
	int64_t start;

	if (trustmake_log(&log, text, kind & 1 ? SPAN("log.example") : SPAN_NONE, &pool, NULL) == 0 && log.id.len == 0)
		BUG("a log without id");
	pubkey_release(&log.key);
	if (trustmake_authority(&ca, kind & 1 ? TRUSTMAKE_TSA : TRUSTMAKE_CA, text, &start, &pool, NULL) == 0 &&
	    ca.certs.count == 0)
		BUG("an authority without certificates");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(anchors) struct anchors a = ANCHORS_INIT;
	struct err e = ERR_INIT;
	int rc;

	if (size == 0)
		return 0;
	rc = add(&a, data[0], span_of(data + 1, size - 1), &e);
	if ((rc == 0) != (e.reason == REASON_NONE))
		BUG("a reason is given just for what is refused");
	if (rc == 0)
		check(&a);
	make(data[0], span_of(data + 1, size - 1));
	return 0;
}
