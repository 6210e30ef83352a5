/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/services.h"
#include "json/record.h"
#include "net/http.h"
#include "sig/bundleview.h"
#include "step/assemble.h"
#include "step/explode.h"
#include "step/lookup.h"

enum { MODE = 0600 };

/* --- what verbs share --- */

/* --out, or standard output with a newline. */
static int
deliver(const char *path, const struct buf *bundle, struct err *e)
{
	if (buf_check(bundle, "the bundle", e))
		return -1;
	if (path && *path)
		return file_write(path, buf_span(bundle), MODE, FILE_REPLACE, e);
	if (fwrite(buf_str(bundle), 1, bundle->len, stdout) != bundle->len || putchar('\n') == EOF)
		return err_errno(e, REASON_OUTPUT, "cannot write to standard output");
	return 0;
}

/* Before anything that came from elsewhere is looked at. */
static int
lock_in(const char *out, bool asks, struct err *e)
{
	return http_confine(asks, out && *out ? SANDBOX_READ | SANDBOX_WRITE : 0, NULL, 0, e);
}

/* --- inspect --- */

struct inspect {
	struct filter_args filter;
	const char *trusted_root;
	struct opt_list bundles;
};

static const struct opt inspect_opts[] = {
	OPT_STR(struct inspect, 0, "trusted-root", "FILE", trusted_root,
	    .help = "name logs and authorities by what this trusted root says", .complete = OPT_COMPLETE_FILE),
	OPT_GROUP(struct inspect, filter, filter_opts),
	OPT_POS(struct inspect, "BUNDLE", bundles, .min = 1, .complete = OPT_COMPLETE_FILE),
	OPT_END};

/* What bundle_parse says against it, in why; false if nothing. */
static bool
is_refused(struct span bytes, char why[ERR_TEXT])
{
	AUTO(bundle) struct bundle b = BUNDLE_INIT;
	struct err e = ERR_INIT;

	if (bundle_parse(&b, bytes, &e) == 0)
		return false;
	err_text(&e, why, ERR_TEXT);
	return true;
}

static int
print_bundle(const struct bundleloose *b, const struct trust *t, const char *refusal, bool json,
    struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(BUNDLEVIEW_MAX);
	struct emit j;

	if (json) {
		emit_init(&j, &text);
		record_begin(&j, "cosign.bundle-info/1");
		bundleview_emit(b, t, refusal, &j);
		record_end(&j);
	} else {
		if (refusal)
			log_warn("this breaks the rules of the format: %s", refusal);
		bundleview_outline(b, t, &text);
	}
	return file_print_buf(&text, "the description", e);
}

static int
inspect_one(void *args, struct err *e)
{
	const struct inspect *o = args;
	bool json = command_globals.json || o->filter.jq;
	AUTO(buf) struct buf bytes = BUF_INIT(BUNDLE_MAX);
	AUTO(buf) struct buf root = BUF_INIT(TRUST_MAX);
	AUTO(bundleloose) struct bundleloose b = BUNDLELOOSE_INIT;
	AUTO(trust) struct trust t = TRUST_INIT;
	bool known = o->trusted_root && *o->trusted_root;
	char why[ERR_TEXT];

	if (!json) {
		log_say("WARNING: This command only inspects the contents of the bundle.");
		log_say("It does not perform cryptographic verification or verify log inclusion.");
		log_say("%s", "");
	}
	if (file_read(o->bundles.items[0], &bytes, e) || (known && file_read(o->trusted_root, &root, e)) ||
	    lock_in(NULL, false, e))
		return -1;
	if ((known && trust_parse(&t, buf_span(&root), e)) || bundleloose_parse(&b, buf_span(&bytes), e))
		return -1;
	return print_bundle(&b, known ? &t : NULL, is_refused(buf_span(&bytes), why) ? why : NULL, json, e);
}

static int
inspect_run(void *args, struct err *e)
{
	return filter_run(&((struct inspect *)args)->filter, inspect_one, args, e);
}

static const struct command inspect = {
	.name = "inspect",
	.brief = "Print what is in a bundle",
	.about = "Nothing is verified, and what breaks the rules of the format is shown all the same, with warnings. "
		"BUNDLE may be - for standard input.",
	.examples = "# who a bundle says it is from\n"
		"$ cosign bundle inspect --jq '.certificates[]?.names' app.sigstore.json\n",
	.opts = inspect_opts,
	.size = sizeof(struct inspect),
	.run = inspect_run,
};

/* --- create --- */

struct create {
	struct assemble_files files;
	struct services_sk sk;
	const char *out, *rekor_url;
};

static const struct opt create_opts[] = {
	OPT_STR(struct create, 0, "artifact", "FILE", files.artifact, .help = "what was signed: a file, a URL or -",
	    .required = true, .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct create, 0, "bundle", "FILE", files.bundle, .help = "bundle of the old format",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct create, 0, "signature", "FILE", files.signature, .help = "the signature in base64",
	    .excludes = "bundle", .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct create, 0, "attestation", "FILE", files.attestation, .help = "the envelope of an attestation",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct create, 0, "certificate", "FILE", files.certificate,
	    .help = "the signer's certificate: PEM, or base64 of PEM", .excludes = "bundle",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct create, 0, "key", "KEY", files.key, .help = "public key: a file, URL or env://VARIABLE",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct create, 0, "rfc3161-timestamp", "FILE", files.stamp, .help = "timestamp file of sign-blob",
	    .complete = OPT_COMPLETE_FILE),
	OPT_FLAG(struct create, 0, "ignore-tlog", files.ignore_log, .help = "make a bundle without log entry"),
	OPT_STR(struct create, 0, "out", "FILE", out, .help = "write here and not to standard output",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct create, 0, "rekor-url", "URL", rekor_url, .help = "transparency log to ask",
	    .def = "https://rekor.sigstore.dev", .gone = "use a signing config"),
	OPT_GROUP(struct create, sk, services_sk),
	OPT_END};

static int
create_run(void *args, struct err *e)
{
	const struct create *o = args;
	const struct assemble_files *f = &o->files;
	AUTO(assemble) struct assemble a = ASSEMBLE_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUNDLE_MAX);

	if (!(f->bundle && *f->bundle) && !(f->signature && *f->signature) && !(f->attestation && *f->attestation))
		return err_set(e, REASON_USAGE, "no signature: pass --bundle, --signature or --attestation");
	a.log = o->rekor_url;
	if (assemble_read(&a, f, e) || lock_in(o->out, !f->ignore_log, e))
		return -1;
	return assemble_emit(&a, &out, e) ? -1 : deliver(o->out, &out, e);
}

static const struct command create = {
	.name = "create",
	.brief = "Make a bundle of what older signatures consist of",
	.about = "The signature is not verified. Unless --ignore-tlog is given the log is asked for its entry and proof, which "
	    "must be about this signature.",
	.opts = create_opts,
	.size = sizeof(struct create),
	.run = create_run,
};

/* --- upgrade --- */

struct upgrade {
	const char *out, *rekor_url;
	struct opt_list bundles;
};

static const struct opt upgrade_opts[] = {
	OPT_STR(struct upgrade, 0, "out", "FILE", out, .help = "write here and not to standard output",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct upgrade, 0, "rekor-url", "URL", rekor_url, .help = "transparency log to ask for missing proofs",
	    .def = "https://rekor.sigstore.dev"),
	OPT_POS(struct upgrade, "BUNDLE", bundles, .min = 1, .complete = OPT_COMPLETE_FILE),
	OPT_END};

/* Before it is read in earnest: a bundle with more promises than proofs lacks
 * some, and then somebody must be there to ask. */
static bool
may_lack_proofs(const struct buf *bytes)
{
	static const char *const words[][2] = {{"\"inclusionPromise\"", "\"inclusionProof\""},
	    {"\"inclusion_promise\"", "\"inclusion_proof\""}};
	size_t seen[2] = {0, 0};

	for (size_t i = 0; i < countof(words); i++)
		for (size_t k = 0; k < 2; k++)
			for (const char *at = buf_str(bytes); (at = strstr(at, words[i][k])); at++)
				seen[k]++;
	return seen[0] > seen[1];
}

static int
upgrade_bundle(const struct buf *bytes, const char *log, struct buf *out, struct err *e)
{
	AUTO(bundle) struct bundle b = BUNDLE_INIT;
	AUTO(bundle) struct bundle again = BUNDLE_INIT;

	if (bundle_parse(&b, buf_span(bytes), e))
		return -1;
	if (b.minor == 3) {
		log_say("Bundle is already at v0.3, no upgrade needed.");
		buf_add_span(out, buf_span(bytes));
		return 0;
	}
	log_say("Upgrading from v0.%d to v0.3...", b.minor);
	if (b.from_chain)
		log_say("Truncating certificate chain to only the leaf certificate...");
	if (lookup_proofs(&b, log, e))
		return -1;
	bundle_emit(&b, out);
	return buf_check(out, "the bundle", e) ? -1 : bundle_parse(&again, buf_span(out), e);
}

static int
upgrade_run(void *args, struct err *e)
{
	const struct upgrade *o = args;
	AUTO(buf) struct buf bytes = BUF_INIT(BUNDLE_MAX);
	AUTO(buf) struct buf out = BUF_INIT(BUNDLE_MAX);

	if (file_read(o->bundles.items[0], &bytes, e) || lock_in(o->out, may_lack_proofs(&bytes), e) ||
	    upgrade_bundle(&bytes, o->rekor_url, &out, e) || deliver(o->out, &out, e))
		return -1;
	if (o->out && *o->out)
		log_say("Successfully upgraded bundle written to %s", o->out);
	return 0;
}

static const struct command upgrade = {
	.name = "upgrade",
	.brief = "Rewrite an older bundle as version 0.3",
	.about = "The signature is not verified. A bundle of version 0.3 comes out as it is. For an entry that lacks its proof "
		"the log is asked, which must have the same entry. BUNDLE may be - for standard input.",
	.opts = upgrade_opts,
	.size = sizeof(struct upgrade),
	.run = upgrade_run,
};

/* --- explode and implode --- */

struct explode {
	const char *dir;
	struct opt_list bundles;
};

static const struct opt explode_opts[] = {
	OPT_STR(struct explode, 0, "dir", "DIR", dir, .help = "directory to make or fill; it must be empty",
	    .required = true, .complete = OPT_COMPLETE_DIR),
	OPT_POS(struct explode, "BUNDLE", bundles, .min = 1, .complete = OPT_COMPLETE_FILE),
	OPT_END};

static int
explode_run(void *args, struct err *e)
{
	const struct explode *o = args;
	AUTO(buf) struct buf bytes = BUF_INIT(BUNDLE_MAX);
	AUTO(bundle) struct bundle b = BUNDLE_INIT;

	if (file_read(o->bundles.items[0], &bytes, e) || lock_in(o->dir, false, e))
		return -1;
	return bundle_parse(&b, buf_span(&bytes), e) ? -1 : explode_write(&b, o->dir, e);
}

static const struct command explode = {
	.name = "explode",
	.brief = "Write the parts of a bundle as files",
	.about = "Nothing is verified. BUNDLE may be - for standard input.",
	.examples = "# look at the certificate with another tool\n"
		"$ cosign bundle explode --dir parts app.sigstore.json && cat parts/certificate.pem\n",
	.opts = explode_opts,
	.size = sizeof(struct explode),
	.run = explode_run,
};

struct implode { const char *dir, *out; };

static const struct opt implode_opts[] = {
	OPT_STR(struct implode, 0, "dir", "DIR", dir, .help = "directory that bundle explode filled", .required = true,
	    .complete = OPT_COMPLETE_DIR),
	OPT_STR(struct implode, 0, "out", "FILE", out, .help = "write here and not to standard output",
	    .complete = OPT_COMPLETE_FILE),
	OPT_END};

static int
implode_run(void *args, struct err *e)
{
	const struct implode *o = args;
	AUTO(buf) struct buf out = BUF_INIT(BUNDLE_MAX);
	AUTO(bundle) struct bundle b = BUNDLE_INIT;
	AUTO(bundle) struct bundle again = BUNDLE_INIT;

	(void)sandbox_enter(SANDBOX_READ | (o->out && *o->out ? SANDBOX_WRITE : 0), NULL, 0);
	if (explode_read(&b, o->dir, e))
		return -1;
	bundle_emit_same(&b, &out);
	if (buf_check(&out, "the bundle", e) || bundle_parse(&again, buf_span(&out), e))
		return -1;
	return deliver(o->out, &out, e);
}

static const struct command implode = {
	.name = "implode",
	.brief = "Make a bundle of files that bundle explode wrote",
	.about = "Nothing is verified, but what comes out is a bundle by its format's rules.",
	.opts = implode_opts,
	.size = sizeof(struct implode),
	.run = implode_run,
};

static const struct command *const verbs[] = {&inspect, &create, &upgrade, &explode, &implode, NULL};

static const struct command bundle = {
	.name = "bundle",
	.brief = "Look at Sigstore bundles, make and convert them",
	.verbs = verbs,
};
COMMAND_MAIN(bundle)
