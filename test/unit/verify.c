/* SPDX-License-Identifier: Apache-2.0 */
#include "stored.h"
#include "base/mem.h"
#include "codec/b64.h"
#include "crypto/keyfile.h"
#include "sig/bundle.h"
#include "sig/dsse.h"
#include "sig/payload.h"
#include "tap.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"
#define IMAGE "sha256:" ZEROS
#define OTHER "sha256:" ONES
#define STATEMENT(subject, more) "{\"_type\":\"" STATEMENT_V1 "\",\"subject\":[" subject "],\"predicateType\":\"" \
	PREDICATE_SIGN "\"" more "}"
#define SUBJECT(hex, more) "{\"digest\":{\"sha256\":\"" hex "\"}" more "}"
#define PAYLOAD(digest, optional) "{\"critical\":{\"identity\":{\"docker-reference\":\"r.example/app\"},\"image\":" \
	"{\"docker-manifest-digest\":\"" digest "\"},\"type\":\"any\"},\"optional\":" optional "}"

static struct signer ours = SIGNER_INIT, theirs = SIGNER_INIT;

/* The PKCS#8 of an Ed25519 key whose seed counts up from first. */
static void
make_key(struct signer *s, unsigned char first)
{
	static const unsigned char head[] = {
		0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
	};
	AUTO(secret) struct secret der = SECRET_INIT;
	struct err e = ERR_INIT;

	secret_new(&der, sizeof(head) + 32);
	memcpy(der.bytes, head, sizeof(head));
	for (unsigned i = 0; i < 32; i++)
		der.bytes[sizeof(head) + i] = (unsigned char)(first + i);
	succeeds(signer_from_pkcs8(s, &der, &e), &e, "a key");
}

static void
sign(struct signer *s, struct span message, struct buf *sig)
{
	struct err e = ERR_INIT;

	if (signer_sign(s, message, sig, &e))
		BUG("no signature");
}

/* A case: what is signed, what is done to it, what is asked, what comes out. */
struct attempt {
	const char *name;
	const char *text;		/* statement, or legacy payload */
	enum {
		AS_IT_IS, BY_THEM, BROKEN, EMPTY, ABSENT, NOT_B64, CHANGED, KEYID_OURS, KEYID_OTHER,
		CERTIFICATE, MESSAGE, OTHER_PAYLOAD_TYPE, OLD_BUNDLE, GARBAGE,
	} twist;
	enum { NOTHING, NO_CLAIMS, WANT_ENV, WANT_TWO, WANT_LOG, NO_KEYS, BOTH_KEYS, ANY_TYPE, NO_DIGEST } ask;
	enum reason want;		/* REASON_NONE: good */
	enum check failed;
};

static void
compose(const struct attempt *a, struct buf *out)
{
	AUTO(buf) struct buf pae = BUF_INIT(BUF_TEXT_MAX);
	AUTO(buf) struct buf sig = BUF_INIT(1000);
	AUTO(buf) struct buf id = BUF_INIT(1000);
	struct span cert = SPAN("cert"), type = SPAN(INTOTO_PAYLOAD_TYPE);
	struct bundle b = BUNDLE_INIT;

	if (a->twist == OTHER_PAYLOAD_TYPE)
		type = SPAN("text/plain");
	dsse_pae(&pae, type, span_str(a->text));
	sign(a->twist == BY_THEM ? &theirs : &ours, buf_span(&pae), &sig);
	if (a->twist == BROKEN)
		sig.ptr[0] ^= 1;
	if (a->twist == KEYID_OURS)
		dsse_keyid(&ours.pub, &id);
	if (a->twist == KEYID_OTHER)
		dsse_keyid(&theirs.pub, &id);
	b.content = a->twist == MESSAGE ? BUNDLE_MESSAGE : BUNDLE_DSSE;
	b.payload = span_str(a->twist == CHANGED ? " " : a->text);
	b.payload_type = type;
	b.sig = a->twist == EMPTY ? SPAN_NONE : buf_span(&sig);
	b.keyid = buf_span(&id);
	if (a->twist == CERTIFICATE) {
		b.key = BUNDLE_KEY_CERT;
		b.certs.items = &cert;
		b.certs.count = 1;
	}
	bundle_emit(&b, out);
	if (a->twist == OLD_BUNDLE)
		strstr(out->ptr, "v0.3+json")[3] = '2';
	if (a->twist == GARBAGE)
		out->ptr[0] = '?';
}

static void
ask(const struct attempt *a, struct policy *p, struct evidence *ev)
{
	static struct pubkey *keys[2];
	static struct shape_pair pairs[] = {{{"env", 3}, {"prod", 4}}, {{"team", 4}, {"a&b", 3}}};

	keys[0] = a->ask == BOTH_KEYS ? &theirs.pub : &ours.pub;
	keys[1] = &ours.pub;
	*p = (struct policy){
		.keys = keys,
		.key_count = a->ask == NO_KEYS ? 0 : a->ask == BOTH_KEYS ? 2 : 1,
		.check_claims = a->ask != NO_CLAIMS,
		.annotations = {pairs, a->ask == WANT_TWO ? 2 : a->ask == WANT_ENV || a->ask == NO_CLAIMS},
		.predicate_type = a->ask == ANY_TYPE ? NULL : PREDICATE_SIGN,
		.ignore_log = a->ask != WANT_LOG,
	};
	ev->subject_digest = a->ask == NO_DIGEST ? SPAN_NONE : SPAN(IMAGE);
}

static void
conclude(const struct attempt *a, const struct verdict *v)
{
	char text[ERR_TEXT];

	ok(v->ok == (a->want == REASON_NONE), "%s: %s", a->name, v->ok ? "accepted" : "refused");
	is_str(reason_slug(v->why.reason), reason_slug(a->want), "%s: the reason", a->name);
	if (a->want == REASON_NONE || v->ok)
		return;
	if (!is_str(check_name(v->failed), check_name(a->failed), "%s: the check", a->name))
		diag("%s", err_text(&v->why, text, sizeof(text)));
	ok(v->status[v->failed] == CHECK_FAILED, "%s: it says failed", a->name);
}

static const struct attempt bundles[] = {
	{"bundle", STATEMENT(SUBJECT(ZEROS, ""), ",\"predicate\":{}"), AS_IT_IS, NOTHING, REASON_NONE, 0},
	{"bundle without predicate", STATEMENT(SUBJECT(ZEROS, ""), ""), AS_IT_IS, NOTHING, REASON_NONE, 0},
	{"bundle of the second key", STATEMENT(SUBJECT(ZEROS, ""), ""), AS_IT_IS, BOTH_KEYS, REASON_NONE, 0},
	{"bundle of any type", "{\"_type\":\"" STATEMENT_V01 "\",\"subject\":[" SUBJECT(ZEROS, "") "],\"predicateType\":\"t\"}",
	    AS_IT_IS, ANY_TYPE, REASON_NONE, 0},
	{"bundle with our keyid", STATEMENT(SUBJECT(ZEROS, ""), ""), KEYID_OURS, NOTHING, REASON_NONE, 0},
	{"bundle with another's keyid", STATEMENT(SUBJECT(ZEROS, ""), ""), KEYID_OTHER, NOTHING,
	    REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"bundle with the other key's keyid", STATEMENT(SUBJECT(ZEROS, ""), ""), KEYID_OTHER, BOTH_KEYS,
	    REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"bundle by another", STATEMENT(SUBJECT(ZEROS, ""), ""), BY_THEM, NOTHING,
	    REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"bundle, signature broken", STATEMENT(SUBJECT(ZEROS, ""), ""), BROKEN, NOTHING,
	    REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"bundle, signature empty", STATEMENT(SUBJECT(ZEROS, ""), ""), EMPTY, NOTHING,
	    REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"bundle, payload changed", STATEMENT(SUBJECT(ZEROS, ""), ""), CHANGED, NOTHING,
	    REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"bundle with a certificate", STATEMENT(SUBJECT(ZEROS, ""), ""), CERTIFICATE, NOTHING,
	    REASON_WRONG_KEY, CHECK_KEY},
	{"bundle of a message", "m", MESSAGE, NOTHING, REASON_WRONG_TYPE, CHECK_TYPE},
	{"bundle, other payload type", STATEMENT(SUBJECT(ZEROS, ""), ""), OTHER_PAYLOAD_TYPE, NOTHING,
	    REASON_WRONG_TYPE, CHECK_TYPE},
	{"bundle, other payload type, any wanted", STATEMENT(SUBJECT(ZEROS, ""), ""), OTHER_PAYLOAD_TYPE,
	    ANY_TYPE, REASON_WRONG_TYPE, CHECK_TYPE},
	{"bundle of version 0.2", STATEMENT(SUBJECT(ZEROS, ""), ""), OLD_BUNDLE, NOTHING,
	    REASON_BAD_BUNDLE, CHECK_FORMAT},
	{"garbage for a bundle", STATEMENT(SUBJECT(ZEROS, ""), ""), GARBAGE, NOTHING,
	    REASON_BAD_BUNDLE, CHECK_FORMAT},
	{"an attestation", "{\"_type\":\"" STATEMENT_V01 "\",\"subject\":[" SUBJECT(ZEROS, "") "],\"predicateType\":\"t\"}",
	    AS_IT_IS, NOTHING, REASON_WRONG_TYPE, CHECK_TYPE},
	{"an attestation, claims unchecked", "{\"_type\":\"" STATEMENT_V01 "\",\"subject\":[" SUBJECT(ZEROS, "") "],"
	    "\"predicateType\":\"t\"}", AS_IT_IS, NO_CLAIMS, REASON_WRONG_TYPE, CHECK_TYPE},
	{"a statement of no type", "{\"_type\":\"" STATEMENT_V01 "\",\"subject\":[" SUBJECT(ZEROS, "") "]}",
	    AS_IT_IS, NOTHING, REASON_WRONG_TYPE, CHECK_TYPE},
	{"signed garbage", "garbage", AS_IT_IS, NOTHING, REASON_BAD_PAYLOAD, CHECK_TYPE},
	{"signed garbage, any type", "garbage", AS_IT_IS, ANY_TYPE, REASON_BAD_PAYLOAD, CHECK_TYPE},
	{"signed garbage, claims unchecked", "garbage", AS_IT_IS, NO_CLAIMS, REASON_BAD_PAYLOAD, CHECK_TYPE},
	{"signed garbage by another", "garbage", BY_THEM, NOTHING, REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"a predicate that is no object", STATEMENT(SUBJECT(ZEROS, ""), ",\"predicate\":\"x\""), AS_IT_IS, NOTHING,
	    REASON_BAD_PAYLOAD, CHECK_TYPE},
	{"bundle about another image", STATEMENT(SUBJECT(ONES, ""), ""), AS_IT_IS, NOTHING,
	    REASON_WRONG_SUBJECT, CHECK_SUBJECT},
	{"bundle about another image, claims unchecked", STATEMENT(SUBJECT(ONES, ""), ""), AS_IT_IS, NO_CLAIMS,
	    REASON_WRONG_SUBJECT, CHECK_SUBJECT},
	{"bundle, no digest asked", STATEMENT(SUBJECT(ZEROS, ""), ""), AS_IT_IS, NO_DIGEST,
	    REASON_WRONG_SUBJECT, CHECK_SUBJECT},
	{"bundle, second subject", STATEMENT(SUBJECT(ONES, "") "," SUBJECT(ZEROS, ""), ""), AS_IT_IS, NOTHING,
	    REASON_NONE, 0},
	{"bundle, a digest that is no hex", STATEMENT(SUBJECT(ZEROS, "") "," SUBJECT("zz", ""), ""), AS_IT_IS,
	    NOTHING, REASON_BAD_PAYLOAD, CHECK_SUBJECT},
	{"bundle, another algorithm's digest", STATEMENT("{\"digest\":{\"sha512\":\"" ZEROS "\"}}", ""), AS_IT_IS,
	    NOTHING, REASON_WRONG_SUBJECT, CHECK_SUBJECT},
	{"bundle, annotation there", STATEMENT(SUBJECT(ZEROS, ",\"annotations\":{\"env\":\"prod\"}"), ""), AS_IT_IS,
	    WANT_ENV, REASON_NONE, 0},
	{"bundle, annotation missing", STATEMENT(SUBJECT(ZEROS, ""), ""), AS_IT_IS, WANT_ENV,
	    REASON_WRONG_ANNOTATION, CHECK_ANNOTATIONS},
	{"bundle, one of two annotations", STATEMENT(SUBJECT(ZEROS, ",\"annotations\":{\"env\":\"prod\"}"), ""),
	    AS_IT_IS, WANT_TWO, REASON_WRONG_ANNOTATION, CHECK_ANNOTATIONS},
	{"bundle, annotation is a number", STATEMENT(SUBJECT(ZEROS, ",\"annotations\":{\"env\":1}"), ""), AS_IT_IS,
	    WANT_ENV, REASON_WRONG_ANNOTATION, CHECK_ANNOTATIONS},
	{"bundle, only a later subject has it", STATEMENT(SUBJECT(ZEROS, "") ","
	    SUBJECT(ZEROS, ",\"annotations\":{\"env\":\"prod\"}"), ""), AS_IT_IS, WANT_ENV,
	    REASON_WRONG_ANNOTATION, CHECK_ANNOTATIONS},
	{"bundle, annotation missing, claims unchecked", STATEMENT(SUBJECT(ZEROS, ""), ""), AS_IT_IS, NO_CLAIMS,
	    REASON_NONE, 0},
	{"bundle, log wanted", STATEMENT(SUBJECT(ZEROS, ""), ""), AS_IT_IS, WANT_LOG, REASON_NOT_LOGGED, CHECK_LOG},
	{"bundle, no key", STATEMENT(SUBJECT(ZEROS, ""), ""), AS_IT_IS, NO_KEYS, REASON_WRONG_KEY, CHECK_KEY},
};

static void
test_bundles(void)
{
	for (size_t i = 0; i < countof(bundles); i++) {
		AUTO(verdict) struct verdict v = VERDICT_INIT;
		AUTO(buf) struct buf json = BUF_INIT(BUF_TEXT_MAX);
		struct evidence ev = {.form = MATERIAL_BUNDLE};
		struct policy p;

		compose(&bundles[i], &json);
		ask(&bundles[i], &p, &ev);
		ev.bytes = buf_span(&json);
		verify_evidence(&ev, &p, &v);
		conclude(&bundles[i], &v);
		if (v.ok)
			is_span(v.digest, SPAN(IMAGE), "%s: its digest", bundles[i].name);
	}
}

static const struct attempt legacies[] = {
	{"legacy", PAYLOAD(IMAGE, "null"), AS_IT_IS, NOTHING, REASON_NONE, 0},
	{"legacy of the second key", PAYLOAD(IMAGE, "null"), AS_IT_IS, BOTH_KEYS, REASON_NONE, 0},
	{"legacy with a certificate beside it", PAYLOAD(IMAGE, "null"), CERTIFICATE, NOTHING, REASON_NONE, 0},
	{"legacy by another", PAYLOAD(IMAGE, "null"), BY_THEM, NOTHING, REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"legacy, broken", PAYLOAD(IMAGE, "null"), BROKEN, NOTHING, REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"legacy, empty", PAYLOAD(IMAGE, "null"), EMPTY, NOTHING, REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"legacy, no annotation", PAYLOAD(IMAGE, "null"), ABSENT, NOTHING, REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"legacy, no base64", PAYLOAD(IMAGE, "null"), NOT_B64, NOTHING, REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"legacy, payload changed", PAYLOAD(IMAGE, "null"), CHANGED, NOTHING, REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"legacy, changed, claims unchecked", PAYLOAD(IMAGE, "null"), CHANGED, NO_CLAIMS,
	    REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"legacy, garbage signed by another", "garbage", BY_THEM, NOTHING, REASON_BAD_SIGNATURE, CHECK_SIGNATURE},
	{"legacy, signed garbage", "garbage", AS_IT_IS, NOTHING, REASON_BAD_PAYLOAD, CHECK_FORMAT},
	{"legacy, signed garbage, claims unchecked", "garbage", AS_IT_IS, NO_CLAIMS, REASON_BAD_PAYLOAD, CHECK_FORMAT},
	{"legacy, a signed statement", STATEMENT(SUBJECT(ZEROS, ""), ""), AS_IT_IS, NOTHING,
	    REASON_BAD_PAYLOAD, CHECK_FORMAT},
	{"legacy about another image", PAYLOAD(OTHER, "null"), AS_IT_IS, NOTHING, REASON_WRONG_SUBJECT, CHECK_SUBJECT},
	{"legacy about another image, claims unchecked", PAYLOAD(OTHER, "null"), AS_IT_IS, NO_CLAIMS, REASON_NONE, 0},
	{"legacy, no digest asked", PAYLOAD(IMAGE, "null"), AS_IT_IS, NO_DIGEST, REASON_WRONG_SUBJECT, CHECK_SUBJECT},
	{"legacy, digest without algorithm", PAYLOAD(ZEROS, "null"), AS_IT_IS, NOTHING,
	    REASON_WRONG_SUBJECT, CHECK_SUBJECT},
	{"legacy, annotation there", PAYLOAD(IMAGE, "{\"a\":1,\"env\":\"prod\"}"), AS_IT_IS, WANT_ENV, REASON_NONE, 0},
	{"legacy, both annotations", PAYLOAD(IMAGE, "{\"team\":\"a\\u0026b\",\"env\":\"prod\"}"), AS_IT_IS, WANT_TWO,
	    REASON_NONE, 0},
	{"legacy, annotation missing", PAYLOAD(IMAGE, "null"), AS_IT_IS, WANT_ENV,
	    REASON_WRONG_ANNOTATION, CHECK_ANNOTATIONS},
	{"legacy, annotation differs", PAYLOAD(IMAGE, "{\"env\":\"Prod\"}"), AS_IT_IS, WANT_ENV,
	    REASON_WRONG_ANNOTATION, CHECK_ANNOTATIONS},
	{"legacy, log wanted", PAYLOAD(IMAGE, "null"), AS_IT_IS, WANT_LOG, REASON_NOT_LOGGED, CHECK_LOG},
	{"legacy, no key", PAYLOAD(IMAGE, "null"), AS_IT_IS, NO_KEYS, REASON_NO_CERTIFICATE, CHECK_CERTIFICATE},
};

static void
judge_legacy(const struct attempt *a, struct verdict *v)
{
	AUTO(buf) struct buf sig = BUF_INIT(1000);
	AUTO(buf) struct buf text = BUF_INIT(1000);
	struct evidence ev = {.form = MATERIAL_LEGACY};
	struct policy p;

	sign(a->twist == BY_THEM ? &theirs : &ours, span_str(a->text), &sig);
	if (a->twist == BROKEN)
		sig.ptr[0] ^= 1;
	if (a->twist != EMPTY)
		b64_encode(&text, buf_span(&sig), B64_STD);
	if (a->twist == NOT_B64)
		text.ptr[3] = '!';
	ask(a, &p, &ev);
	ev.bytes = span_str(a->text);
	if (a->twist == CHANGED)
		ev.bytes.len--;
	ev.signature_b64 = a->twist == ABSENT ? SPAN_NONE : span_str(buf_str(&text));
	if (a->twist == CERTIFICATE)
		ev.certificate = SPAN("-----BEGIN CERTIFICATE-----");
	verify_evidence(&ev, &p, v);
}

static void
test_legacies(void)
{
	for (size_t i = 0; i < countof(legacies); i++) {
		AUTO(verdict) struct verdict v = VERDICT_INIT;

		judge_legacy(&legacies[i], &v);
		conclude(&legacies[i], &v);
	}
}

static void
test_unknown_form(void)
{
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	struct evidence ev = {.form = 7};
	struct policy p;

	ask(&legacies[0], &p, &ev);
	verify_evidence(&ev, &p, &v);
	ok(!v.ok && v.failed == CHECK_FORMAT && err_is(&v.why, REASON_UNSUPPORTED), "a form that is none");
}

static void
test_own_words(void)
{
	static const struct attempt theirs_att = {"x", "{\"_type\":\"" STATEMENT_V01 "\",\"subject\":["
	    SUBJECT(ZEROS, "") "],\"predicateType\":\"t\"}", BY_THEM, NOTHING, REASON_NONE, 0};
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	AUTO(buf) struct buf json = BUF_INIT(BUF_TEXT_MAX);
	struct evidence ev = {.form = MATERIAL_BUNDLE};
	struct policy p;

	compose(&theirs_att, &json);
	ask(&theirs_att, &p, &ev);
	ev.bytes = buf_span(&json);
	verify_evidence(&ev, &p, &v);
	ok(!v.ok, "another's attestation is refused");
	is_span(v.predicate_type, SPAN("t"), "and can be told from a signature");
	ok(!v.digest.ptr && v.optional.kind == JSON_NULL, "nothing else is believed of it");
}

static void
upstream(const struct verdict *v, struct buf *out)
{
	struct emit j;

	emit_init(&j, out);
	verdict_emit_upstream(v, "r.example/app@sha256:x", &j);
}

static void
test_output_bundle(void)
{
	static const struct { const char *text, *optional; } cases[] = {
		{STATEMENT(SUBJECT(ZEROS, ""), ""), "{}"},
		{STATEMENT(SUBJECT(ONES, ",\"annotations\":{\"no\":1}") "," SUBJECT(ZEROS,
		    ",\"annotations\":{\"z\":\"<\",\"a\":2}"), ""), "{\"a\":2,\"z\":\"\\u003c\"}"},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		struct attempt a = {"output", cases[i].text, AS_IT_IS, NOTHING, REASON_NONE, 0};
		AUTO(verdict) struct verdict v = VERDICT_INIT;
		AUTO(buf) struct buf json = BUF_INIT(BUF_TEXT_MAX);
		AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
		AUTO(buf) struct buf want = BUF_INIT(BUF_TEXT_MAX);
		struct evidence ev = {.form = MATERIAL_BUNDLE};
		struct policy p;

		compose(&a, &json);
		ask(&a, &p, &ev);
		ev.bytes = buf_span(&json);
		verify_evidence(&ev, &p, &v);
		upstream(&v, &out);
		buf_printf(&want, "{\"critical\":{\"identity\":{\"docker-reference\":\"r.example/app@sha256:x\"},"
		    "\"image\":{\"docker-manifest-digest\":\"" IMAGE "\"},\"type\":\"" PREDICATE_SIGN "\"},"
		    "\"optional\":%s}", cases[i].optional);
		is_str(buf_str(&out), buf_str(&want), "what upstream prints of a bundle");
	}
}

static void
test_output_legacy(void)
{
	static const struct attempt plain = {"x", PAYLOAD(IMAGE, "null"), AS_IT_IS, NOTHING, REASON_NONE, 0};
	static const struct attempt foreign = {"x", "{\"x\":1,\"optional\":{\"b\":[1, 2],\"a\":null},\"critical\":{\"image\":"
	    "{\"docker-manifest-digest\":\"" IMAGE "\"}}}", AS_IT_IS, NOTHING, REASON_NONE, 0};
	AUTO(verdict) struct verdict v = VERDICT_INIT, w = VERDICT_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);

	judge_legacy(&plain, &v);
	upstream(&v, &out);
	is_str(buf_str(&out), plain.text, "our own payload comes out as it is");
	buf_reset(&out);
	judge_legacy(&foreign, &w);
	upstream(&w, &out);
	is_str(buf_str(&out), "{\"critical\":{\"identity\":{\"docker-reference\":\"\"},\"image\":"
	    "{\"docker-manifest-digest\":\"" IMAGE "\"},\"type\":\"\"},\"optional\":{\"a\":null,\"b\":[1,2]}}",
	    "a foreign one as Go writes what it read");
	is_span(w.payload, span_str(foreign.text), "the payload itself is kept");
}

static void
test_checks(void)
{
	static const struct attempt bad = {"x", PAYLOAD(OTHER, "null"), AS_IT_IS, WANT_ENV, REASON_NONE, 0};
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	struct emit j;

	judge_legacy(&bad, &v);
	emit_init(&j, &out);
	emit_object(&j);
	verdict_emit_checks(&v, &j);
	emit_object_end(&j);
	is_str(buf_str(&out), "{\"checks\":["
	    "{\"check\":\"format\",\"status\":\"passed\"},{\"check\":\"key\",\"status\":\"passed\"},"
	    "{\"check\":\"signature\",\"status\":\"passed\"},{\"check\":\"type\",\"status\":\"skipped\"},"
	    "{\"check\":\"subject\",\"status\":\"failed\",\"reason\":\"wrong-subject\","
	    "\"message\":\"the signed payload is about another image: expected " IMAGE ", found " OTHER "\","
	    "\"expected\":\"" IMAGE "\",\"found\":\"" OTHER "\"},"
	    "{\"check\":\"annotations\",\"status\":\"not-run\"},{\"check\":\"log\",\"status\":\"not-run\"},"
	    "{\"check\":\"timestamp\",\"status\":\"not-run\"},{\"check\":\"certificate\",\"status\":\"not-run\"},"
	    "{\"check\":\"identity\",\"status\":\"not-run\"},{\"check\":\"sct\",\"status\":\"not-run\"},"
	    "{\"check\":\"age\",\"status\":\"not-run\"},"
	    "{\"check\":\"policy\",\"status\":\"not-run\"}]}", "every check is told");
}

int
main(void)
{
	make_key(&ours, 0);
	make_key(&theirs, 100);
	test_bundles();
	test_legacies();
	test_unknown_form();
	test_own_words();
	test_output_bundle();
	test_output_legacy();
	test_checks();
	signer_release(&ours);
	signer_release(&theirs);
	return tap_done();
}
