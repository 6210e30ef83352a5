/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole judgement, under the trusted root of test/vectors/good/judgement.
 * The first byte says what is there and what is asked: see the bits. Then comes
 * a bundle; or an old bundle, a NUL and its timestamp file; or the parts of a
 * layer with NULs between: payload, signature, certificate, chain, log, stamp.
 * What is accepted must be known and checked, what is refused must say why.
 */
#include "../unit/lab.h"
#include "json/scan.h"

enum { OLD = 1, LAYER = 2, BY_KEY = 4, NO_LOG = 8, NO_SCT = 16, STAMPS = 32, LATE_CHAIN = 64, YOUNG = 128 };

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct lab lab;

static int
read_layer(struct material *m, struct span rest, struct err *e)
{
	struct material_layer l = {.payload = span_cut(&rest, '\0')};

	l.signature = span_cut(&rest, '\0');
	l.certificate = span_cut(&rest, '\0');
	l.chain = span_cut(&rest, '\0');
	l.log = span_cut(&rest, '\0');
	l.stamp = rest;
	return material_from_layer(m, &l, e);
}

static int
read_material(struct material *m, unsigned flags, struct span rest, struct err *e)
{
	struct span stamp = rest;

	if (flags & LAYER)
		return read_layer(m, rest, e);
	if (!(flags & OLD))
		return material_from_bundle(m, rest, flags & LATE_CHAIN, e);
	rest = span_cut(&stamp, '\0');
	m->stamp = stamp;
	return material_from_old_bundle(m, rest, e);
}

static void
check(const struct verdict *v, const struct policy *p)
{
	if (v->ok != (v->why.reason == REASON_NONE))
		BUG("a reason is given just for what is refused");
	if (!v->ok && v->status[v->failed] != CHECK_FAILED)
		BUG("what failed is not told");
	if (!v->ok)
		return;
	if (v->signer.len == 0 || v->by_cert != (p->identity_count > 0))
		BUG("nobody signed");
	for (int c = 0; c < CHECK_COUNT; c++)
		if (v->status[c] != CHECK_PASSED && v->status[c] != CHECK_SKIPPED)
			BUG("accepted without all checks");
	if (v->status[CHECK_SIGNATURE] != CHECK_PASSED || (v->by_cert && v->status[CHECK_CERTIFICATE] != CHECK_PASSED) ||
	    (v->by_cert && v->status[CHECK_IDENTITY] != CHECK_PASSED))
		BUG("accepted without what is never left out");
	if ((!p->ignore_log && v->logs == 0) || (p->stamps && v->stamps == 0) || (p->max_age && v->time_count == 0))
		BUG("accepted without what was asked for");
}

static void
emit(const struct verdict *v)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	struct node root;
	struct emit j;

	emit_init(&j, &out);
	emit_object(&j);
	verdict_emit_checks(v, &j);
	verdict_emit_signer(v, &j);
	if (v->ok) {
		emit_key(&j, "item");
		verdict_emit_upstream(v, "r.example/app", &j);
	}
	emit_object_end(&j);
	if (!out.over && scan_document(buf_span(&out), &root, NULL))
		BUG("what is told is no JSON");
}

static void
judge(unsigned flags, struct span rest)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	struct policy p = lab_policy(&lab, flags & BY_KEY);
	struct err e = ERR_INIT;

	p.ignore_log = flags & NO_LOG;
	p.ignore_sct = flags & NO_SCT;
	p.stamps = flags & STAMPS;
	p.max_age = flags & YOUNG ? p.now - 1700000000 : 0;
	if (read_material(&m, flags, rest, &e)) {
		if (e.reason == REASON_NONE)
			BUG("refused without a reason");
		return;
	}
	(void)verify_needs(&m, &p);
	verify_material(&m, flags & LAYER ? &lab.image : &lab.file, &p, &v);
	check(&v, &p);
	emit(&v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (!lab.blob.ptr)
		lab_open(&lab);
	judge(data[0], span_of(data + 1, size - 1));
	return 0;
}
