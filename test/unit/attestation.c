/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole judgement of attestations, as bundles and as layers of the legacy
 * form, which are made of the same signatures: somebody with a certificate said
 * how blob.txt was built, and a log and a timestamp authority saw it.
 */
#include "lab.h"
#include "sig/envelope.h"
#include "sig/logset.h"
#include "sig/stampfile.h"
#include "sig/statement.h"
#include "tap.h"

#define GOOD "test/vectors/good/attestation/"
#define SLSA "https://slsa.dev/provenance/v1"

static struct lab lab;

/* A layer and its annotations. */
struct layer { struct buf envelope, certificate, log, stamp; };
#define LAYER_INIT {BUF_INIT(BUNDLE_MAX), BUF_INIT(BUF_TEXT_MAX), BUF_INIT(BUF_BIG_MAX), BUF_INIT(BUF_TEXT_MAX)}

static void
layer_cleanup(struct layer *l)
{
	buf_release(&l->envelope);
	buf_release(&l->certificate);
	buf_release(&l->log);
	buf_release(&l->stamp);
}

static struct policy
ask(bool stamps)
{
	return (struct policy){.identities = (struct identity *const *)lab.whos, .identity_count = 1,
	    .anchors = &lab.anchors, .now = 1900000000, .stamps = stamps, .predicate_type = SLSA};
}

static void
make_layer(struct layer *l, const char *path)
{
	AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX);
	AUTO(bundle) struct bundle b = BUNDLE_INIT;
	AUTO(cert) struct cert leaf = CERT_INIT;
	struct err e = ERR_INIT;

	lab_read(path, &json);
	succeeds(bundle_parse(&b, buf_span(&json), &e), &e, "%s", path);
	succeeds(cert_parse_der(&leaf, b.certs.items[0], &e), &e, "its certificate");
	cert_emit_pem(&leaf, &l->certificate);
	envelope_emit(&(struct envelope){b.payload, b.payload_type, b.sig, b.keyid}, &l->envelope);
	logset_emit(&b.entries[0], &l->log);
	stampfile_emit(b.timestamps.items[0], &l->stamp);
}

static void
judge_layer(const struct layer *l, const struct policy *p, const struct target *t, struct verdict *v)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	struct material_layer parts = {.payload = buf_span(&l->envelope), .certificate = buf_span(&l->certificate),
	    .log = buf_span(&l->log), .stamp = buf_span(&l->stamp)};
	struct err e = ERR_INIT;

	if (material_from_envelope(&m, &parts, &e))
		verdict_fail(v, CHECK_FORMAT, &e);
	else
		verify_material(&m, t, p, v);
}

static enum reason
reason_of(const struct layer *l, const struct policy *p, const struct target *t)
{
	AUTO(verdict) struct verdict v = VERDICT_INIT;

	judge_layer(l, p, t, &v);
	return v.ok ? REASON_NONE : v.why.reason;
}

static void
test_bundles(void)
{
	static const char *const names[] = {GOOD "kl-rekor1.json", GOOD "kl-rekor2.json"};

	for (size_t i = 0; i < countof(names); i++) {
		AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX);
		AUTO(material) struct material m = MATERIAL_INIT;
		AUTO(verdict) struct verdict v = VERDICT_INIT;
		struct policy p = ask(true);
		char text[ERR_TEXT];
		struct err e = ERR_INIT;

		lab_read(names[i], &json);
		succeeds(material_from_bundle(&m, buf_span(&json), false, &e), &e, "%s", names[i]);
		verify_material(&m, &lab.file, &p, &v);
		ok(v.ok, "%s is good: %s", names[i], v.ok ? "" : err_text(&v.why, text, sizeof(text)));
		is_span(v.predicate_type, SPAN(SLSA), "its type");
	}
}

static void
test_layer(void)
{
	static struct layer l = LAYER_INIT;
	struct target other = lab.file;
	struct policy p = ask(true);

	make_layer(&l, GOOD "kl-rekor1.json");
	is_int(reason_of(&l, &p, &lab.file), REASON_NONE, "the legacy form, logged and stamped");
	p.predicate_type = PREDICATE_SIGN;
	is_int(reason_of(&l, &p, &lab.file), REASON_WRONG_TYPE, "of another type");
	p = ask(true);
	other.digest[HASH_SHA256] = SPAN("00000000000000000000000000000000");
	is_int(reason_of(&l, &p, &other), REASON_WRONG_SUBJECT, "about another file");
	p.any_subject = true;
	is_int(reason_of(&l, &p, &other), REASON_NONE, "unless anything will do");
	p = ask(true);
	buf_reset(&l.stamp);
	is_int(reason_of(&l, &p, &lab.file), REASON_BAD_TIMESTAMP, "without its timestamp");
	p.stamps = false;
	is_int(reason_of(&l, &p, &lab.file), REASON_NONE, "which is not always asked for");
	/* The log has the hash of the envelope as it was. */
	buf_add_char(&l.envelope, '\n');
	is_int(reason_of(&l, &p, &lab.file), REASON_BAD_LOG_ENTRY, "the log binds every byte of the envelope");
	p.ignore_log = p.stamps = true;
	is_int(reason_of(&l, &p, &lab.file), REASON_BAD_TIMESTAMP, "without log a time is wanted");
	layer_cleanup(&l);
}

/* Whatever one changes. */
static void
test_flips(void)
{
	static struct layer l = LAYER_INIT;
	struct policy p = ask(true);
	size_t wrong = 0;

	make_layer(&l, GOOD "kl-rekor1.json");
	for (size_t i = 0; i < l.envelope.len; i++) {
		char byte = l.envelope.ptr[i];

		l.envelope.ptr[i] = (char)(byte ^ (1 << i % 7));
		wrong += reason_of(&l, &p, &lab.file) == REASON_NONE;
		l.envelope.ptr[i] = byte;
	}
	is_int((int64_t)wrong, 0, "no byte of the envelope can change");
	is_int(reason_of(&l, &p, &lab.file), REASON_NONE, "it is good again");
	layer_cleanup(&l);
}

int
main(void)
{
	lab_open(&lab);
	test_bundles();
	test_layer();
	test_flips();
	lab_close(&lab);
	return tap_done();
}
