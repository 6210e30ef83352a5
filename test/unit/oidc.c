/* SPDX-License-Identifier: Apache-2.0 */
#include "client/hush.h"
#include "client/oidc.h"
#include "tap.h"

/* RFC 7636, appendix B. */
static void
challenge(void)
{
	char text[OIDC_CHALLENGE + 1];

	oidc_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", text);
	is_str(text, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "the challenge of a verifier");
}

static void
proofs(void)
{
	struct oidc_login login = {.issuer = "https://id.example"};
	struct oidc o = {.login = &login, .s256 = true};
	struct oidc_proof a, b;
	struct err e = ERR_INIT;
	char again[OIDC_CHALLENGE + 1], one[OIDC_RANDOM + 1], two[OIDC_RANDOM + 1];

	if (!succeeds(oidc_proof(&o, &a, &e), &e, "a proof") || !succeeds(oidc_proof(&o, &b, &e), &e, "another"))
		return;
	is_int((int64_t)strlen(a.verifier), OIDC_VERIFIER, "of 48 bytes");
	ok(strcmp(a.verifier, b.verifier) != 0, "they differ");
	oidc_challenge(a.verifier, again);
	is_str(a.challenge, again, "a proof's challenge is its verifier's");
	succeeds(oidc_random(one, &e), &e, "a nonce");
	succeeds(oidc_random(two, &e), &e, "another");
	is_int((int64_t)strlen(one), OIDC_RANDOM, "of 16 bytes");
	ok(strcmp(one, two) != 0, "they differ");
	o.s256 = false;
	fails_with(oidc_proof(&o, &a, &e), &e, REASON_UNSUPPORTED, "no PKCE");
}

static void
forms(void)
{
	AUTO(oidc_form) struct oidc_form f = OIDC_FORM_INIT;

	oidc_form_add(&f, "a", SPAN("b c&d=e+f/\xc3\xa9~"));
	oidc_form_add(&f, "empty", SPAN(""));
	is_str(buf_str(&f.text), "a=b%20c%26d%3De%2Bf%2F%C3%A9~&empty=", "a form");
}

static void
addresses(void)
{
	static const char *const good[] = {"https://a.example", "https://a.example:8443/x?y=z", "http://localhost:1",
	    "http://127.0.0.1/x", "http://[::1]:5/", "http://169.254.169.254/", "http://10.1.2.3/"};
	static const char *const bad[] = {"", "x", "http://a.example", "http://8.8.8.8", "ftp://localhost", "//localhost",
	    "https://user@a.example/", "https://a.example/ x", "http://localhost.evil.example/", "javascript:alert(1)",
	    "file:///etc/passwd", "https://a.example/\x1b[1m"};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(good); i++)
		succeeds(hush_check_url(good[i], "it", &e), &e, "%s", good[i]);
	for (size_t i = 0; i < countof(bad); i++)
		fails_with(hush_check_url(bad[i], "it", &e), &e, REASON_CONFIG, "bad address %zu", i);
}

int
main(void)
{
	challenge();
	proofs();
	forms();
	addresses();
	return tap_done();
}
