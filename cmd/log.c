/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include "base/file.h"
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "client/keyref.h"
#include "codec/hex.h"
#include "json/outline.h"
#include "json/record.h"
#include "sig/logproof.h"
#include "sig/logview.h"

struct verify {
	struct filter_args filter;
	const char *bundle, *trusted_root, *key;
	const char *before, *after, *proof;
};

static const struct opt verify_opts[] = {
	OPT_STR(struct verify, 0, "bundle", "FILE", bundle, .help = "bundle whose log entries are checked, or -",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct verify, 0, "trusted-root", "FILE", trusted_root, .help = "trusted root that has the logs",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct verify, 0, "key", "KEY", key,
	    .help = "public key: of the signer with --bundle, else of the log; a file, URL or env://VARIABLE",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct verify, 0, "old", "FILE", before, .help = "earlier checkpoint of a log", .excludes = "bundle",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct verify, 0, "new", "FILE", after, .help = "later checkpoint of the same log", .excludes = "bundle",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct verify, 0, "proof", "FILE", proof,
	    .help = "consistency proof: a JSON array of hashes, or Rekor's answer", .excludes = "bundle",
	    .complete = OPT_COMPLETE_FILE),
	OPT_GROUP(struct verify, filter, filter_opts),
	OPT_END};

/* What the flags name, read before the sandbox closes. */
struct given {
	struct buf bundle, before, after, proof, root;
	struct pubkey key;
	struct pubkey *use_key;		/* NULL without */
	struct trust trust;
	bool json;
};
#define GIVEN_INIT { \
	.bundle = BUF_INIT(BUNDLE_MAX), .before = BUF_INIT(LOGPROOF_MAX), .after = BUF_INIT(LOGPROOF_MAX), \
	.proof = BUF_INIT(LOGPROOF_MAX), .root = BUF_INIT(TRUST_MAX), .key = PUBKEY_INIT, .trust = TRUST_INIT}

static void
given_cleanup(struct given *g)
{
	buf_release(&g->bundle);
	buf_release(&g->before);
	buf_release(&g->after);
	buf_release(&g->proof);
	buf_release(&g->root);
	pubkey_release(&g->key);
	trust_release(&g->trust);
}

static bool
is_given(const char *name)
{
	return name && *name;
}

static int
read_all(const struct verify *o, struct given *g, struct err *e)
{
	const struct { const char *name; struct buf *into; } files[] = {
		{o->bundle, &g->bundle}, {o->before, &g->before}, {o->after, &g->after}, {o->proof, &g->proof},
		{o->trusted_root, &g->root},
	};

	for (size_t i = 0; i < countof(files); i++)
		if (is_given(files[i].name) && file_read(files[i].name, files[i].into, e))
			return -1;
	if (!is_given(o->key))
		return 0;
	g->use_key = &g->key;
	return keyref_public(o->key, &g->key, NULL, e);
}

/* --- the entries of a bundle --- */

static int
print_entry(const struct logview *v, size_t i, bool json, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX);

	if (json) {
		logview_emit(v, i, &text);
	} else {
		if (i)
			buf_add_char(&text, '\n');
		logview_text(v, i, &text);
	}
	return file_print_buf(&text, "the answer", e);
}

/* All are printed, and the first that does not count is the failure. */
static int
print_entries(struct given *g, const struct bundle *b, const struct logbody_subject *s, struct err *e)
{
	struct err first = ERR_INIT;
	bool failed = false;

	for (size_t i = 0; i < b->entry_count; i++) {
		AUTO(logview) struct logview v = LOGVIEW_INIT;
		bool good = logview_make(&v, &b->entries[i], s, &g->trust) == 0;

		if (print_entry(&v, i, g->json, e))
			return -1;
		if (good || failed)
			continue;
		failed = true;
		first = v.judged.why;
		err_wrap(&first, "log entry %zu", i);
	}
	if (!failed)
		return 0;
	*e = first;
	return -1;
}

static int
verify_bundle(struct given *g, struct err *e)
{
	AUTO(bundle) struct bundle b = BUNDLE_INIT;
	AUTO(cert) struct cert leaf = CERT_INIT;
	struct tlog_entry out[BUNDLE_ENTRIES_MAX];
	struct tlog_policy policy = {.threshold = 1};
	struct logbody_subject s;
	size_t logs;

	if (bundle_parse(&b, buf_span(&g->bundle), e) || logview_subject(&s, &b, &leaf, g->use_key, e))
		return -1;
	if (print_entries(g, &b, &s, e))
		return -1;
	/* The same again as a whole: none there twice, and one at least. */
	return tlog_judge(b.entries, b.entry_count, &s, &g->trust, &policy, out, &logs, e);
}

/* --- two checkpoints --- */

struct side {
	const char *name;
	struct checkpoint c;
	const struct trust_log *log;
};

static int
read_side(struct side *s, const struct buf *file, struct given *g, struct pool *pool, struct err *e)
{
	struct span note;

	if (logproof_note(&note, buf_span(file), pool, e) || note_parse_checkpoint(&s->c, note, e) ||
	    logproof_check_note(&s->c, &g->trust.tlogs, g->use_key, &s->log, e))
		return err_wrap(e, "%s checkpoint", s->name);
	return 0;
}

static void
add_side_text(const struct side *s, struct buf *out)
{
	char root[2 * MERKLE_HASH + 1];

	hex_format(root, s->c.root, MERKLE_HASH);
	buf_printf(out, "%s-size: %" PRId64 "\n%s-root: %s\n", s->name, s->c.size, s->name, root);
}

static void
emit_side(const struct side *s, struct emit *j)
{
	char root[2 * MERKLE_HASH + 1];

	hex_format(root, s->c.root, MERKLE_HASH);
	emit_key(j, s->name);
	emit_object(j);
	emit_kint(j, "size", s->c.size);
	emit_kstr(j, "root", root);
	emit_object_end(j);
}

static int
print_consistency(const struct side *a, const struct side *b, size_t hashes, bool json, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	struct span url = b->log ? b->log->base_url : SPAN_NONE;
	struct emit j;

	if (json) {
		emit_init(&j, &text);
		record_begin(&j, "cosign.log-consistency/1");
		emit_kbool(&j, "ok", true);
		emit_kspan(&j, "origin", b->c.origin);
		if (url.len)
			emit_kspan(&j, "log", url);
		emit_side(a, &j);
		emit_side(b, &j);
		emit_kint(&j, "hashes", (int64_t)hashes);
		record_end(&j);
		return file_print_buf(&text, "the answer", e);
	}
	buf_add_str(&text, "result: good\norigin: ");
	outline_clean(&text, b->c.origin);
	if (url.len) {
		buf_add_str(&text, "\nlog: ");
		outline_clean(&text, url);
	}
	buf_add_char(&text, '\n');
	add_side_text(a, &text);
	add_side_text(b, &text);
	return file_print_buf(&text, "the answer", e);
}

static int
verify_growth(struct given *g, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct side a = {.name = "old", .c = CHECKPOINT_INIT}, b = {.name = "new", .c = CHECKPOINT_INIT};
	struct shape_strs proof = {NULL, 0};
	int rc = -1;

	if (read_side(&a, &g->before, g, &pool, e) == 0 && read_side(&b, &g->after, g, &pool, e) == 0 &&
	    (g->proof.len == 0 || logproof_parse(&proof, buf_span(&g->proof), &pool, e) == 0) &&
	    logproof_check(&a.c, &b.c, &proof, e) == 0)
		rc = print_consistency(&a, &b, proof.count, g->json, e);
	checkpoint_cleanup(&a.c);
	checkpoint_cleanup(&b.c);
	return rc;
}

/* --- both --- */

static int
check_flags(const struct verify *o, struct err *e)
{
	bool growth = is_given(o->before) || is_given(o->after) || is_given(o->proof);

	if (is_given(o->bundle) == growth)
		return err_set(e, REASON_USAGE, "pass --bundle, or --old and --new with --proof");
	if (growth && !(is_given(o->before) && is_given(o->after)))
		return err_set(e, REASON_USAGE, "--old and --new go together");
	if (!growth && !is_given(o->trusted_root))
		return err_set(e, REASON_USAGE, "--bundle needs --trusted-root, which has the logs");
	if (growth && is_given(o->trusted_root) == is_given(o->key))
		return err_set(e, REASON_USAGE, "pass either --trusted-root or --key, to know the log by");
	return 0;
}

static int
verify_given(void *args, struct err *e)
{
	const struct verify *o = args;
	AUTO(given) struct given g = GIVEN_INIT;

	g.json = command_globals.json || o->filter.jq;
	if (check_flags(o, e) || read_all(o, &g, e))
		return -1;
	(void)sandbox_enter(0, NULL, 0);
	if (is_given(o->trusted_root) && trust_parse(&g.trust, buf_span(&g.root), e))
		return -1;
	return is_given(o->bundle) ? verify_bundle(&g, e) : verify_growth(&g, e);
}

static int
verify_run(void *args, struct err *e)
{
	return filter_run(&((struct verify *)args)->filter, verify_given, args, e);
}

static const char examples[] =
	"# the way from a signature to what its log signed\n"
	"$ cosign log verify --bundle app.sigstore.json --trusted-root trusted_root.json\n"
	"# that a log only grew\n"
	"$ cosign log verify --old yesterday.txt --new today.txt --proof proof.json --key log.pub\n";

static const struct command verify = {
	.name = "verify",
	.brief = "Check log entries and checkpoints, step by step",
	.about = "Asks nobody. The entries of a bundle are held against its signature, credential and content, but whether the "
		"signature is good, and by whom it is, is for verify-blob to say.",
	.examples = examples,
	.opts = verify_opts,
	.size = sizeof(struct verify),
	.run = verify_run,
};

static const struct command *const verbs[] = {&verify, NULL};

static const struct command log_command = {
	.name = "log",
	.brief = "Look at the evidence of transparency logs",
	.verbs = verbs,
};
COMMAND_MAIN(log_command)
