/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/chain.h"
#include "mint.h"
#include "tap.h"

#define CA "critical,CA:TRUE"
#define CA_USAGE "critical,keyCertSign,cRLSign"

static struct minted *root, *other_root, *helper;

static const struct mint leaf_model = {
	.usage = "critical,digitalSignature",
	.extended = "codeSigning",
	.san = "critical,email:alice@example.com",
};

/* A leaf as Fulcio makes them, but for what the caller changed. */
static struct minted *
leaf_of(struct mint m, const struct minted *issuer)
{
	m.issuer = issuer;
	return mint(&m);
}

static void
add(struct certlist *l, const struct minted *m)
{
	struct err e = ERR_INIT;

	if (m && certlist_add_der(l, buf_span(&m->cert.der), &e))
		BUG("cannot list a certificate");
}

/* Whether leaf leads to a at that time, with b and c as intermediates. */
static int
build_at(struct minted *leaf, const struct minted *a, const struct minted *b, const struct minted *c, int64_t when,
    struct chain *out, struct err *e)
{
	AUTO(certlist) struct certlist roots = CERTLIST_INIT, helpers = CERTLIST_INIT;
	struct certlist *trusted[] = {&roots}, *others[] = {&helpers};
	struct chain_want want = {trusted, 1, others, 1, CERT_CODE_SIGNING, when, when};

	add(&roots, a);
	add(&helpers, b);
	add(&helpers, c);
	return chain_build(out, &leaf->cert, &want, e);
}

static int
build(struct minted *leaf, const struct minted *a, const struct minted *b, struct err *e)
{
	struct chain chain;

	return build_at(leaf, a, b, NULL, MINT_NOW, &chain, e);
}

static void
times(void)
{
	struct mint old = {.name = "old", .issuer = root, .constraints = CA, .usage = CA_USAGE, .to = MINT_NOW - 1};
	struct mint young = {.name = "young root", .constraints = CA, .usage = CA_USAGE, .from = MINT_NOW + 1};
	struct minted *leaf = leaf_of(leaf_model, helper), *expired = mint(&old), *below = leaf_of(leaf_model, expired);
	struct minted *early = mint(&young), *under = leaf_of(leaf_model, early);
	struct chain chain;
	struct err e = ERR_INIT;

	succeeds(build(leaf, root, helper, &e), &e, "leaf, intermediate, root");
	succeeds(build_at(leaf, root, helper, NULL, MINT_FROM, &chain, &e), &e, "from the first second");
	is_int((int64_t)chain.count, 3, "three certificates");
	succeeds(build_at(leaf, root, helper, NULL, MINT_TO, &chain, &e), &e, "to the last");
	fails_with(build_at(leaf, root, helper, NULL, MINT_TO + 1, &chain, &e), &e, REASON_EXPIRED_CERTIFICATE, "too late");
	fails_with(build_at(leaf, root, helper, NULL, MINT_FROM - 1, &chain, &e), &e, REASON_EXPIRED_CERTIFICATE, "too early");
	fails_with(build(below, root, expired, &e), &e, REASON_EXPIRED_CERTIFICATE, "below an expired intermediate");
	fails_with(build(under, early, NULL, &e), &e, REASON_EXPIRED_CERTIFICATE, "below a root that is not valid yet");
	mint_free(leaf), mint_free(expired), mint_free(below), mint_free(early), mint_free(under);
}

static void
trust(void)
{
	struct minted *leaf = leaf_of(leaf_model, helper), *alone = leaf_of(leaf_model, NULL);
	struct err e = ERR_INIT;

	fails_with(build(leaf, other_root, helper, &e), &e, REASON_UNTRUSTED_CERTIFICATE, "another root");
	fails_with(build(leaf, NULL, helper, &e), &e, REASON_UNTRUSTED_CERTIFICATE, "no root");
	fails_with(build(leaf, root, NULL, &e), &e, REASON_UNTRUSTED_CERTIFICATE, "no intermediate");
	fails_with(build(leaf, NULL, root, &e), &e, REASON_UNTRUSTED_CERTIFICATE, "a root that only the bundle trusts");
	succeeds(build(leaf, helper, NULL, &e), &e, "an intermediate as anchor");
	fails_with(build(alone, alone, NULL, &e), &e, REASON_UNTRUSTED_CERTIFICATE, "a leaf is no root");
	mint_free(leaf), mint_free(alone);
}

/* An issuer that must not be one, or not of this. */
static const struct {
	const char *what;
	struct mint mint;
	enum reason want;	/* NONE: fine */
} issuers[] = {
	{"no constraints", {.usage = CA_USAGE}, REASON_UNTRUSTED_CERTIFICATE},
	{"no authority", {.constraints = "critical,CA:FALSE", .usage = CA_USAGE}, REASON_UNTRUSTED_CERTIFICATE},
	{"no certificate signing", {.constraints = CA, .usage = "critical,digitalSignature"}, REASON_UNTRUSTED_CERTIFICATE},
	{"no key usage at all", {.constraints = CA}, REASON_NONE},
	{"another purpose", {.constraints = CA, .usage = CA_USAGE, .extended = "timeStamping"}, REASON_UNTRUSTED_CERTIFICATE},
	{"this purpose", {.constraints = CA, .usage = CA_USAGE, .extended = "codeSigning,timeStamping"}, REASON_NONE},
	{"any purpose", {.constraints = CA, .usage = CA_USAGE, .extended = "anyExtendedKeyUsage"}, REASON_NONE},
	{"length 0", {.constraints = CA ",pathlen:0", .usage = CA_USAGE}, REASON_NONE},
	{"a critical unknown extension",
	 {.constraints = CA, .usage = CA_USAGE, .more = {{"1.2.3.4", true, {"\x05\x00", 2}}}}, REASON_UNTRUSTED_CERTIFICATE},
	{"an unknown extension", {.constraints = CA, .usage = CA_USAGE, .more = {{"1.2.3.4", false, {"\x05\x00", 2}}}},
	 REASON_NONE},
	{"names that allow", {.constraints = CA, .usage = CA_USAGE, .names = "critical,permitted;email:example.com"},
	 REASON_NONE},
	{"names that exclude", {.constraints = CA, .usage = CA_USAGE, .names = "critical,excluded;email:example.com"},
	 REASON_UNTRUSTED_CERTIFICATE},
	{"names of others", {.constraints = CA, .usage = CA_USAGE, .names = "critical,permitted;email:example.org"},
	 REASON_UNTRUSTED_CERTIFICATE},
	{"a policy that is required", {.constraints = CA, .usage = CA_USAGE, .more = {{"2.5.29.36", true, {"\x30\x03\x80\x01\x00", 5}}}},
	 REASON_UNTRUSTED_CERTIFICATE},
};

static const struct {
	const char *what;
	struct mint mint;
	enum reason want;
} leaves[] = {
	{"only a critical name", {.san = "critical,otherName:1.3.6.1.4.1.57264.1.7;UTF8:alice!example.com",
	 .extended = "codeSigning"}, REASON_NONE},
	{"for other purposes", {.san = "email:a@b.c", .extended = "serverAuth"}, REASON_UNTRUSTED_CERTIFICATE},
	{"for any purpose", {.san = "email:a@b.c", .extended = "anyExtendedKeyUsage"}, REASON_NONE},
	{"without a purpose", {.san = "email:a@b.c"}, REASON_NONE},
	{"a precertificate", {.extended = "codeSigning", .more = {{"1.3.6.1.4.1.11129.2.4.3", true, {"\x05\x00", 2}}}},
	 REASON_UNTRUSTED_CERTIFICATE},
	{"signed with SHA-1", {.extended = "codeSigning", .hash = "SHA1"}, REASON_UNTRUSTED_CERTIFICATE},
	{"a weak key", {.extended = "codeSigning", .rsa = "1024"}, REASON_UNTRUSTED_CERTIFICATE},
};

static void
tables(void)
{
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(issuers); i++) {
		struct mint m = issuers[i].mint;
		struct minted *issuer, *leaf;

		m.name = "issuer";
		m.issuer = root;
		issuer = mint(&m);
		leaf = leaf_of(leaf_model, issuer);
		if (issuers[i].want == REASON_NONE)
			succeeds(build(leaf, root, issuer, &e), &e, "an issuer with %s", issuers[i].what);
		else
			fails_with(build(leaf, root, issuer, &e), &e, issuers[i].want, "an issuer with %s", issuers[i].what);
		mint_free(issuer), mint_free(leaf);
	}
	for (size_t i = 0; i < countof(leaves); i++) {
		struct minted *leaf = leaf_of(leaves[i].mint, helper);

		if (leaves[i].want == REASON_NONE)
			succeeds(build(leaf, root, helper, &e), &e, "a leaf: %s", leaves[i].what);
		else
			fails_with(build(leaf, root, helper, &e), &e, leaves[i].want, "a leaf: %s", leaves[i].what);
		mint_free(leaf);
	}
}

/* One intermediate in two certificates: by the trusted root and by another. */
static void
crossed(void)
{
	struct mint m = {.name = "crossed", .issuer = other_root, .constraints = CA, .usage = CA_USAGE};
	struct minted *foreign = mint(&m), *ours, *fake, *leaf = leaf_of(leaf_model, foreign);
	struct chain chain;
	struct err e = ERR_INIT;

	m.issuer = root;
	m.same_key = foreign;
	ours = mint(&m);
	m.same_key = NULL;
	fake = mint(&m);
	succeeds(build_at(leaf, root, foreign, ours, MINT_NOW, &chain, &e), &e, "cross-signed, the wrong one first");
	succeeds(build_at(leaf, root, ours, foreign, MINT_NOW, &chain, &e), &e, "and last");
	succeeds(build_at(leaf, root, fake, ours, MINT_NOW, &chain, &e), &e, "another of that name first");
	fails_with(build_at(leaf, root, fake, NULL, MINT_NOW, &chain, &e), &e, REASON_UNTRUSTED_CERTIFICATE,
	    "the name alone is not enough");
	mint_free(foreign), mint_free(ours), mint_free(fake), mint_free(leaf);
}

static void
lengths(void)
{
	enum { LONG = CHAIN_MAX };
	struct mint m = {.name = "zero", .issuer = root, .constraints = CA ",pathlen:0", .usage = CA_USAGE};
	struct minted *zero = mint(&m), *below, *leaf, *row[LONG];
	struct certlist roots = CERTLIST_INIT, helpers = CERTLIST_INIT, *trusted[] = {&roots}, *others[] = {&helpers};
	struct chain_want want = {trusted, 1, others, 1, CERT_CODE_SIGNING, MINT_NOW, MINT_NOW};
	struct chain chain;
	struct err e = ERR_INIT;

	m = (struct mint){.name = "below", .issuer = zero, .constraints = CA, .usage = CA_USAGE};
	below = mint(&m);
	leaf = leaf_of(leaf_model, below);
	fails_with(build_at(leaf, root, below, zero, MINT_NOW, &chain, &e), &e, REASON_UNTRUSTED_CERTIFICATE,
	    "an authority below length 0");
	mint_free(leaf), mint_free(below), mint_free(zero);

	add(&roots, root);
	for (size_t i = 0; i < LONG; i++) {
		char name[] = {'n', (char)('0' + i), '\0'};

		m = (struct mint){.name = name, .issuer = i ? row[i - 1] : root, .constraints = CA, .usage = CA_USAGE};
		row[i] = mint(&m);
		add(&helpers, row[i]);
	}
	leaf = leaf_of(leaf_model, row[CHAIN_MAX - 3]);
	succeeds(chain_build(&chain, &leaf->cert, &want, &e), &e, "the longest path");
	is_int((int64_t)chain.count, CHAIN_MAX, "its length");
	ok(span_eq(chain_issuer(&chain)->subject, leaf->cert.issuer), "the issuer stands above the leaf");
	mint_free(leaf);
	leaf = leaf_of(leaf_model, row[CHAIN_MAX - 2]);
	fails_with(chain_build(&chain, &leaf->cert, &want, &e), &e, REASON_UNTRUSTED_CERTIFICATE, "one more");
	mint_free(leaf);
	for (size_t i = 0; i < LONG; i++)
		mint_free(row[i]);
	certlist_release(&roots);
	certlist_release(&helpers);
}

/* Many authorities of one name that all issued each other end soon. */
static void
maze(void)
{
	enum { MANY = 24 };
	struct mint m = {.name = "maze", .constraints = CA, .usage = CA_USAGE};
	struct certlist roots = CERTLIST_INIT, helpers = CERTLIST_INIT, *trusted[] = {&roots}, *others[] = {&helpers};
	struct chain_want want = {trusted, 1, others, 1, CERT_CODE_SIGNING, MINT_NOW, MINT_NOW};
	struct minted *made[MANY], *leaf;
	struct chain chain;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < MANY; i++) {
		made[i] = mint(&m);
		add(i < MANY / 2 ? &roots : &helpers, made[i]);
	}
	leaf = leaf_of(leaf_model, made[0]);
	succeeds(chain_build(&chain, &leaf->cert, &want, &e), &e, "one of many roots");
	mint_free(leaf);
	leaf = leaf_of(leaf_model, made[MANY - 1]);
	fails_with(chain_build(&chain, &leaf->cert, &want, &e), &e, REASON_UNTRUSTED_CERTIFICATE, "none of many");
	mint_free(leaf);
	for (size_t i = 0; i < MANY; i++)
		mint_free(made[i]);
	certlist_release(&roots);
	certlist_release(&helpers);
}

/* No byte of a path may change, also where what stands above it was proved
 * before. */
static void
flip(bool lasting)
{
	struct minted *leaf = leaf_of(leaf_model, helper);
	AUTO(certlist) struct certlist roots = CERTLIST_INIT, helpers = CERTLIST_INIT;
	struct certlist *trusted[] = {&roots}, *others[] = {&helpers};
	struct chain_want want = {trusted, 1, others, 1, CERT_CODE_SIGNING, MINT_NOW, MINT_NOW};
	AUTO(buf) struct buf der = BUF_INIT(CERT_MAX);
	struct chain chain;
	struct err e = ERR_INIT;
	size_t accepted = 0;

	add(&roots, root);
	add(&helpers, helper);
	roots.items[0]->lasting = helpers.items[0]->lasting = lasting;
	for (int i = 0; lasting && i < 2; i++)
		succeeds(chain_build(&chain, &leaf->cert, &want, &e), &e, "proved %d times before", i);
	ok(lasting == (helpers.items[0]->proved_by != NULL), "what lasts is remembered, and nothing else");
	ok(!leaf->cert.proved_by, "of the leaf nothing is");
	buf_add_span(&der, buf_span(&leaf->cert.der));
	for (size_t i = 0; i < der.len; i++) {
		AUTO(cert) struct cert c = CERT_INIT;

		der.ptr[i] ^= 1;
		accepted += cert_parse_der(&c, buf_span(&der), NULL) == 0 && chain_build(&chain, &c, &want, NULL) == 0;
		der.ptr[i] ^= 1;
	}
	is_int((int64_t)accepted, 0, "no changed leaf is accepted");
	mint_free(leaf);
}

int
main(void)
{
	struct mint m = {.name = "root", .constraints = CA, .usage = CA_USAGE};

	root = mint(&m);
	m.name = "other root";
	other_root = mint(&m);
	m = (struct mint){.name = "helper", .issuer = root, .constraints = CA ",pathlen:0", .usage = CA_USAGE,
			  .extended = "codeSigning"};
	helper = mint(&m);
	times();
	trust();
	tables();
	crossed();
	lengths();
	maze();
	flip(false);
	flip(true);
	mint_free(root), mint_free(other_root), mint_free(helper);
	return tap_done();
}
