/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole judgement over bundles of a private Sigstore: test/vectors/good/
 * judgement has some that must pass, test/vectors/bad/judgement/REASON/ the same
 * with something changed. Those whose name begins with "key" are by cosign.pub,
 * the others by somebody with a certificate. All are about blob.txt, under
 * trusted_root.json; a bad one may bring a trusted root of its own, NAME.root.
 */
#include <dirent.h>
#include "base/file.h"
#include "base/mem.h"
#include "sig/verify.h"
#include "tap.h"

#define GOOD "test/vectors/good/judgement/"
#define BAD "test/vectors/bad/judgement"

static struct pubkey key = PUBKEY_INIT, *keys[] = {&key};
static struct identity who = IDENTITY_INIT, *const whos[] = {&who};
static struct anchors anchors = ANCHORS_INIT;
static unsigned char digests[HASH_SHA512 + 1][HASH_SIZE_MAX];
static struct target blob;

static void
load(const char *path, struct buf *b)
{
	struct err e = ERR_INIT;

	if (file_read(path, b, &e))
		BUG("%s", path);
}

static void
set_up(void)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX), pem = BUF_INIT(BUF_TEXT_MAX), root = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;

	load(GOOD "blob.txt", &text);
	load(GOOD "cosign.pub", &pem);
	load(GOOD "trusted_root.json", &root);
	for (int h = HASH_SHA256; h <= HASH_SHA512; h++) {
		digest_of((enum hash)h, buf_span(&text), digests[h]);
		blob.digest[h] = span_of(digests[h], hash_size((enum hash)h));
	}
	succeeds(pubkey_parse_pem(&key, buf_span(&pem), &e), &e, "the key");
	succeeds(identity_init(&who, SPAN("http://127.0.0.1:15002"), SPAN_NONE, SPAN("dev@example.com"), SPAN_NONE, &e),
	    &e, "the identity");
	succeeds(anchors_load(&anchors, buf_span(&root), &e), &e, "the trusted root");
}

static void
judge(const char *dir, const char *name, struct verdict *v, void (*change)(struct policy *))
{
	AUTO(charp) char *path = xasprintf("%s%s", dir, name), *root = xasprintf("%s%s.root", dir, name);
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX), other = BUF_INIT(BUF_BIG_MAX);
	AUTO(material) struct material m = MATERIAL_INIT;
	AUTO(anchors) struct anchors own = ANCHORS_INIT;
	struct policy p = {.anchors = &anchors, .now = 1900000000};
	struct err e = ERR_INIT;

	load(path, &text);
	if (file_exists(root)) {
		load(root, &other);
		succeeds(anchors_load(&own, buf_span(&other), &e), &e, "%s", root);
		p.anchors = &own;
	}
	if (strncmp(name, "key", 3) == 0) {
		p.keys = keys;
		p.key_count = 1;
	} else {
		p.identities = whos;
		p.identity_count = 1;
	}
	if (change)
		change(&p);
	if (material_from_bundle(&m, buf_span(&text), false, &e))
		verdict_fail(v, CHECK_FORMAT, &e);
	else
		verify_material(&m, &blob, &p, v);
}

static void
each(const char *dir, void (*try)(const char *dir, const char *name, void *ctx), void *ctx)
{
	struct dirent **names;
	int count = scandir(dir, &names, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		size_t len = strlen(names[i]->d_name);

		if (len > 5 && strcmp(names[i]->d_name + len - 5, ".json") == 0 &&
		    strcmp(names[i]->d_name, "trusted_root.json") != 0)
			try(dir, names[i]->d_name, ctx);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

static void
try_good(const char *dir, const char *name, void *ctx)
{
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	char text[ERR_TEXT];

	++*(size_t *)ctx;
	judge(dir, name, &v, NULL);
	ok(v.ok, "%s passes: %s", name, v.ok ? "" : err_text(&v.why, text, sizeof(text)));
	ok(v.signer.len > 0, "%s: somebody signed", name);
}

static void
try_bad(const char *path, struct span bytes, enum reason want, void *ctx)
{
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	const char *name = strrchr(path, '/') + 1;
	AUTO(charp) char *dir = xasprintf("%.*s", (int)(name - path), path);

	(void)bytes;
	(void)ctx;
	if (!span_ends(span_str(name), ".json"))
		return;
	judge(dir, name, &v, NULL);
	ok(!v.ok, "%s is refused", name);
	is_str(reason_slug(v.why.reason), reason_slug(want), "%s", name);
}

/* --- one policy after the other, over good ones --- */

static void young(struct policy *p) { p->max_age = 3600; }
static void old(struct policy *p) { p->max_age = p->now - 1700000000; }
static void nobody(struct policy *p) { p->key_count = p->identity_count = 0; }
static void no_trust(struct policy *p) { p->anchors = NULL; }
static void two_logs(struct policy *p) { p->log_threshold = 2; }
static void two_stamps(struct policy *p) { p->stamps = true; p->stamp_threshold = 2; }
static void two_scts(struct policy *p) { p->sct_threshold = 2; }
static void no_log(struct policy *p) { p->ignore_log = true; }
static void no_log_but_stamps(struct policy *p) { p->ignore_log = p->stamps = true; }
static void other_type(struct policy *p) { p->predicate_type = "https://other"; }

static const struct {
	const char *name;
	void (*change)(struct policy *);
	enum reason want;
} asked[] = {
	{"kl-rekor1.json", young, REASON_TOO_OLD},
	{"kl-rekor1.json", old, REASON_NONE},
	{"kl-rekor2.json", old, REASON_NONE},
	{"key-rekor2.json", old, REASON_NONE},
	{"key-rekor2.json", young, REASON_TOO_OLD},
	{"kl-rekor1.json", nobody, REASON_WRONG_KEY},
	{"kl-rekor1.json", no_trust, REASON_NOT_LOGGED},
	{"kl-rekor1.json", two_logs, REASON_NOT_LOGGED},
	{"kl-rekor2.json", two_stamps, REASON_BAD_TIMESTAMP},
	{"kl-rekor2.json", two_scts, REASON_BAD_SCT},
	{"kl-rekor2.json", no_log, REASON_EXPIRED_CERTIFICATE},
	{"kl-rekor2.json", no_log_but_stamps, REASON_NONE},
	{"kl-rekor2.json", other_type, REASON_NONE},
	{"key-rekor1.json", no_log, REASON_NONE},
};

static void
test_asked(void)
{
	for (size_t i = 0; i < countof(asked); i++) {
		AUTO(verdict) struct verdict v = VERDICT_INIT;

		judge(GOOD, asked[i].name, &v, asked[i].change);
		is_str(reason_slug(v.why.reason), reason_slug(asked[i].want), "%s", asked[i].name);
		ok(v.ok == (asked[i].want == REASON_NONE), "case %zu", i);
	}
}

int
main(void)
{
	size_t good = 0;

	set_up();
	each(GOOD, try_good, &good);
	ok(good >= 5, "there are good samples");
	ok(tap_samples(BAD, try_bad, NULL) > 20, "there are bad samples");
	test_asked();
	pubkey_release(&key);
	identity_release(&who);
	anchors_release(&anchors);
	return tap_done();
}
