/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/identity.h"
#include "mint.h"
#include "tap.h"

#define FULCIO "1.3.6.1.4.1.57264.1."
#define ISSUER "https://issuer.example"
#define ALICE "alice@example.com"
#define FLOW "https://github.com/o/r/.github/workflows/w.yml@refs/heads/main"

enum who { MAIL, BOTH, USER, HOST, NOBODY, OLD, NO_ISSUER, WHO };

static struct minted *certs[WHO];

static const char *const names[WHO] = {
	[MAIL] = "email:" ALICE,
	[BOTH] = "email:" ALICE ",URI:" FLOW ",DNS:example.com",
	[USER] = "otherName:" FULCIO "7;UTF8:alice!example.com",
	[HOST] = "DNS:example.com,IP:10.0.0.1",
	[OLD] = "email:" ALICE,
	[NO_ISSUER] = "email:" ALICE,
};

static const struct {
	enum who who;
	const char *issuer, *issuer_pattern, *subject, *subject_pattern;
	bool bundle, legacy;	/* whether it fits by this rule */
} cases[] = {
	{MAIL, ISSUER, "", ALICE, "", true, true},
	{OLD, ISSUER, "", ALICE, "", true, true},
	{NO_ISSUER, ISSUER, "", ALICE, "", false, false},
	{NO_ISSUER, "", ".*", ALICE, "", false, true},
	{NO_ISSUER, "", ".+", ALICE, "", false, false},
	{NO_ISSUER, ISSUER, ".+", ALICE, "", false, false},
	{MAIL, ISSUER "/", "", ALICE, "", false, false},
	{MAIL, "https://issuer.exampl", "", ALICE, "", false, false},
	{MAIL, ISSUER, "", "Alice@example.com", "", false, false},
	{MAIL, ISSUER, "", "alice@example.co", "", false, false},
	{MAIL, "", "issuer", "", "alice", true, true},		/* nobody anchored them */
	{MAIL, "", "^issuer", "", "alice", false, false},
	{MAIL, "", "^https://issuer\\.example$", "", "^[^@]+@example\\.com$", true, true},
	{MAIL, ISSUER, "other", ALICE, "", false, false},
	{MAIL, "https://other", "issuer", ALICE, "", false, true},
	{MAIL, ISSUER, "", "other", "alice", false, true},
	{MAIL, ISSUER, "", ALICE, "bob", false, false},
	{MAIL, ISSUER, "", "", "^(a+)+$", false, false},
	{BOTH, ISSUER, "", FLOW, "", true, true},
	{BOTH, ISSUER, "", ALICE, "", false, true},
	{BOTH, ISSUER, "", "example.com", "", false, true},
	{BOTH, ISSUER, "", "", "^https://github\\.com/o/", true, true},
	{USER, ISSUER, "", "alice!example.com", "", true, true},
	{HOST, ISSUER, "", "example.com", "", false, true},
	{HOST, ISSUER, "", "10.0.0.1", "", false, true},
	{HOST, ISSUER, "", "", ".*", false, true},
	{NOBODY, ISSUER, "", "", ".*", false, false},
};

static void
table(void)
{
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(identity) struct identity id = IDENTITY_INIT;
		const struct cert *c = &certs[cases[i].who]->cert;
		const bool want[] = {[IDENTITY_BUNDLE] = cases[i].bundle, [IDENTITY_LEGACY] = cases[i].legacy};

		succeeds(identity_init(&id, span_str(cases[i].issuer), span_str(cases[i].issuer_pattern),
		    span_str(cases[i].subject), span_str(cases[i].subject_pattern), &e), &e, "case %zu", i);
		for (int rule = IDENTITY_BUNDLE; rule <= IDENTITY_LEGACY; rule++)
			if (want[rule])
				succeeds(identity_check(&id, c, (enum identity_rule)rule, &e), &e, "fits by rule %d", rule);
			else
				fails_with(identity_check(&id, c, (enum identity_rule)rule, &e), &e, REASON_WRONG_IDENTITY,
				    "does not fit by rule %d", rule);
	}
}

static const struct {
	const char *oid, *value;
	bool fits;
} extensions[] = {
	{FULCIO "2", "push", true},
	{FULCIO "2", "pus", false},
	{FULCIO "2", "", false},
	{FULCIO "9", "x", false},
	{FULCIO "9", "", false},
	{FULCIO "8", ISSUER, true},
	{FULCIO "8", "\x0c\x16" ISSUER, false},
	{"1.2.3.4", "raw", true},
};

static void
more(void)
{
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(extensions); i++) {
		AUTO(identity) struct identity id = IDENTITY_INIT;

		succeeds(identity_init(&id, SPAN(ISSUER), SPAN_NONE, SPAN(ALICE), SPAN_NONE, &e), &e, "extension %zu", i);
		succeeds(identity_add_extension(&id, span_str(extensions[i].oid), span_str(extensions[i].value), &e), &e,
		    "%s", extensions[i].oid);
		if (extensions[i].fits)
			succeeds(identity_check(&id, &certs[MAIL]->cert, IDENTITY_BUNDLE, &e), &e, "fits");
		else
			fails_with(identity_check(&id, &certs[MAIL]->cert, IDENTITY_BUNDLE, &e), &e, REASON_WRONG_IDENTITY,
			    "does not fit");
	}
}

static void
usage(void)
{
	AUTO(identity) struct identity id = IDENTITY_INIT;
	struct err e = ERR_INIT;
	struct span no = SPAN_NONE, a = SPAN("a"), bad = SPAN("(");

	fails_with(identity_check(&id, &certs[MAIL]->cert, IDENTITY_LEGACY, &e), &e, REASON_WRONG_IDENTITY, "nobody");
	fails_with(identity_init(&id, no, no, a, a, &e), &e, REASON_USAGE, "no issuer");
	fails_with(identity_init(&id, a, a, no, no, &e), &e, REASON_USAGE, "no name");
	fails_with(identity_init(&id, a, bad, a, no, &e), &e, REASON_USAGE, "bad pattern of the issuer");
	fails_with(identity_init(&id, a, no, a, bad, &e), &e, REASON_USAGE, "bad pattern of the name");
	fails_with(identity_add_extension(&id, SPAN("1.x"), a, &e), &e, REASON_USAGE, "no identifier");
	fails_with(identity_check(&id, &certs[MAIL]->cert, IDENTITY_LEGACY, &e), &e, REASON_WRONG_IDENTITY, "still nobody");
}

int
main(void)
{
	for (int i = 0; i < WHO; i++) {
		struct mint m = {.name = "leaf", .san = names[i]};

		if (i == OLD)
			m.more[0].oid = FULCIO "1", m.more[0].value = SPAN(ISSUER);
		else if (i != NO_ISSUER)
			m.more[0].oid = FULCIO "8", m.more[0].value = SPAN("\x0c\x16" ISSUER);
		m.more[1].oid = i == NO_ISSUER ? NULL : FULCIO "2";
		m.more[1].value = SPAN("push");
		m.more[2].oid = "1.2.3.4";
		m.more[2].value = SPAN("raw");
		certs[i] = mint(&m);
	}
	table();
	more();
	usage();
	for (int i = 0; i < WHO; i++)
		mint_free(certs[i]);
	return tap_done();
}
