/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A verdict tells only what was checked: of several log entries one that
 * counts, and of that nothing which its log did not vouch for.
 */
#include "lab.h"
#include "tap.h"

static struct lab lab;

static void
read_bundle(struct material *m, const char *path)
{
	AUTO(buf) struct buf text = BUF_INIT(BUNDLE_MAX);
	struct err e = ERR_INIT;

	lab_read(path, &text);
	succeeds(material_from_bundle(m, buf_span(&text), false, &e), &e, "%s", path);
}

static void
tell(struct material *m, struct verdict *v, struct buf *out)
{
	struct policy p = lab_policy(&lab, true);
	struct emit j;

	verify_material(m, &lab.file, &p, v);
	emit_init(&j, out);
	emit_object(&j);
	verdict_emit_signer(v, &j);
	emit_object_end(&j);
}

static void
expect(struct material *m, int64_t time, int64_t log_index, const char *what)
{
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);

	tell(m, &v, &text);
	ok(v.ok && v.has_entry, "%s: good", what);
	is_int(v.entry.integrated_time, time, "%s: time", what);
	is_int(v.entry.log_index, log_index, "%s: index", what);
	ok((strstr(text.ptr, "integratedTime") != NULL) == (time != 0), "%s: %s", what, text.ptr);
	ok((strstr(text.ptr, "logIndex") != NULL) == (log_index >= 0), "%s: index is told", what);
}

static void
test_rekor2(void)
{
	AUTO(material) struct material m = MATERIAL_INIT;

	read_bundle(&m, LAB "key-rekor2.json");
	expect(&m, 0, 0, "Rekor v2");
	m.bundle.entries[0].integrated_time = 1700000000;
	expect(&m, 0, 0, "Rekor v2 with a time that nobody signed");
}

static void
test_rekor1(void)
{
	AUTO(material) struct material m = MATERIAL_INIT;

	read_bundle(&m, LAB "key-rekor1.json");
	expect(&m, 1795361543, 0, "Rekor v1");
	m.bundle.entries[0].set = SPAN_NONE;
	expect(&m, 0, -1, "Rekor v1 without promise");
}

static void
test_first(void)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	struct bundle_entry two[2];

	read_bundle(&m, LAB "key-rekor1.json");
	two[0] = two[1] = m.bundle.entries[0];
	two[0].log_id = SPAN("no log that anybody knows of.....");
	two[0].log_index = 99;
	two[0].integrated_time = 1700000000;
	m.bundle.entries = two;
	m.bundle.entry_count = 2;
	expect(&m, 1795361543, 0, "an entry of an unknown log in front");
}

int
main(void)
{
	lab_open(&lab);
	test_rekor2();
	test_rekor1();
	test_first();
	lab_close(&lab);
	return tap_done();
}
