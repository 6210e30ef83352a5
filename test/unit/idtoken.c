/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/b64.h"
#include "sig/idtoken.h"
#include "tap.h"

#define HEAD "{\"alg\":\"ES256\"}"
#define ISS "\"iss\":\"https://id.example\""

static void
compose(struct buf *out, const char *head, const char *claims)
{
	b64_encode(out, span_str(head), B64_URL);
	buf_add_char(out, '.');
	b64_encode(out, span_str(claims), B64_URL);
	buf_add_str(out, ".c2lnbmF0dXJl");
}

static int
parse(struct idtoken *t, const char *claims, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);

	idtoken_release(t);
	compose(&text, HEAD, claims);
	return idtoken_parse(t, buf_span(&text), e);
}

static void
reads(void)
{
	AUTO(idtoken) struct idtoken t = IDTOKEN_INIT;
	struct err e = ERR_INIT;

	if (!succeeds(parse(&t, "{" ISS ",\"sub\":\"s\\u00e9\",\"exp\":1700000000,\"aud\":\"sigstore\",\"nonce\":\"n\","
	    "\"at_hash\":\"h\",\"email\":null,\"x\":{\"iss\":1}}", &e), &e, "a token"))
		return;
	is_span(t.algorithm, SPAN("ES256"), "alg");
	is_span(t.issuer, SPAN("https://id.example"), "iss");
	is_span(t.subject, SPAN("s\xc3\xa9"), "sub");
	is_span(t.nonce, SPAN("n"), "nonce");
	is_span(t.at_hash, SPAN("h"), "at_hash");
	is_int((int64_t)t.email.len, 0, "no email");
	is_int(t.expires, 1700000000, "exp");
	is_int((int64_t)t.audience_count, 1, "one audience");
	succeeds(parse(&t, "{" ISS ",\"exp\":1700000000.999}", &e), &e, "a time with a fraction");
	is_int(t.expires, 1700000000, "is cut");
	succeeds(parse(&t, "{" ISS ",\"exp\":1.7e9}", &e), &e, "a time with an exponent");
	is_int(t.expires, 1700000000, "is the same");
	succeeds(parse(&t, "{" ISS ",\"exp\":1,\"aud\":[]}", &e), &e, "no audience");
	is_int((int64_t)t.audience_count, 0, "is none");
}

static void
names(const char *claims, const char *want)
{
	AUTO(idtoken) struct idtoken t = IDTOKEN_INIT;
	AUTO(charp) char *text = xasprintf("{" ISS ",\"exp\":1%s}", claims);
	struct err e = ERR_INIT;
	struct span who = SPAN_NONE;
	int rc;

	if (!succeeds(parse(&t, text, &e), &e, "parses %s", claims))
		return;
	rc = idtoken_identity(&t, &who, &e);
	if (want && succeeds(rc, &e, "somebody"))
		is_span(who, span_str(want), "it is %s", want);
	else if (!want)
		fails_with(rc, &e, REASON_BAD_TOKEN, "nobody");
}

static void
identities(void)
{
	names(",\"sub\":\"s\"", "s");
	names(",\"sub\":\"s\",\"email\":\"\"", "s");
	names(",\"sub\":\"s\",\"email_verified\":true", "s");
	names(",\"sub\":\"s\",\"email\":\"a@b\",\"email_verified\":true", "a@b");
	names(",\"email\":\"a@b\",\"email_verified\":\"true\"", "a@b");
	names(",\"email\":\"a@b\",\"email_verified\":\"True\"", "a@b");
	names(",\"sub\":\"s\",\"email\":\"a@b\",\"email_verified\":false", NULL);
	names(",\"sub\":\"s\",\"email\":\"a@b\",\"email_verified\":\"false\"", NULL);
	names(",\"sub\":\"s\",\"email\":\"a@b\",\"email_verified\":\"False\"", NULL);
	names(",\"sub\":\"s\",\"email\":\"a@b\",\"email_verified\":null", NULL);
	names(",\"sub\":\"s\",\"email\":\"a@b\"", NULL);
	names(",\"sub\":\"\"", NULL);
	names("", NULL);
}

static void
checks(void)
{
	AUTO(idtoken) struct idtoken t = IDTOKEN_INIT;
	struct err e = ERR_INIT;

	if (!succeeds(parse(&t, "{" ISS ",\"exp\":1000,\"aud\":[\"a\",\"sigstore\"]}", &e), &e, "a token"))
		return;
	succeeds(idtoken_check_time(&t, 999, &e), &e, "one second before");
	fails_with(idtoken_check_time(&t, 1000, &e), &e, REASON_BAD_TOKEN, "expired");
	idtoken_release(&t);
	if (!succeeds(parse(&t, "{" ISS ",\"exp\":2000,\"nbf\":1000.5,\"aud\":[\"a\",\"sigstore\"]}", &e), &e, "one that begins"))
		return;
	is_int(t.not_before, 1000, "nbf is cut");
	succeeds(idtoken_check_time(&t, 1000 - IDTOKEN_LEEWAY_S, &e), &e, "clocks may differ so much");
	fails_with(idtoken_check_time(&t, 999 - IDTOKEN_LEEWAY_S, &e), &e, REASON_BAD_TOKEN, "not yet");
	succeeds(idtoken_check_audience(&t, "sigstore", &e), &e, "one of its audiences");
	fails_with(idtoken_check_audience(&t, "sigstor", &e), &e, REASON_BAD_TOKEN, "none of them");
	fails_with(idtoken_check_audience(&t, "", &e), &e, REASON_BAD_TOKEN, "an empty one");
}

static void
forms(void)
{
	static const char *const files[] = {"", "token", "/a/b.c.d", "a.b.c", "token.tar.gz", "..", "...", "e30.e30.", "eyJ.e30.AA",
	    "bnVsbA.e30=.AA"};
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);

	compose(&text, HEAD, "no claims at all");
	ok(idtoken_is_form(buf_span(&text)), "three parts and a head");
	for (size_t i = 0; i < countof(files); i++)
		ok(!idtoken_is_form(span_str(files[i])), "%s is a file's name", files[i]);
}

static void
sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(idtoken) struct idtoken t = IDTOKEN_INIT;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(idtoken_parse(&t, bytes, &e), &e, want, "%s", path);
}

int
main(void)
{
	reads();
	identities();
	checks();
	forms();
	tap_samples("test/vectors/bad/idtoken", sample, NULL);
	return tap_done();
}
