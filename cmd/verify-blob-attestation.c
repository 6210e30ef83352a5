/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/policyopt.h"
#include "cli/rulesopt.h"
#include "client/textref.h"
#include "step/blob.h"
#include "step/blobfile.h"

struct verify_blob_attestation {
	struct filter_args filter;
	struct policyopt policy;
	struct rulesopt rules;
	struct services_urls urls;
	struct opt_list bundles;
	const char *signature, *stamp, *digest, *algorithm;
	bool check_claims, new_bundle, oci11;
	int64_t max_workers;
	struct opt_list files;
};

static const struct opt opts[] = {
	OPT_LIST(struct verify_blob_attestation, 0, "bundle", "FILE", bundles, .complete = OPT_COMPLETE_FILE,
	    .help = "bundle with the attestation, of any form; several count towards --threshold"),
	OPT_GROUP(struct verify_blob_attestation, rules, rulesopt_opts),
	OPT_FLAG(struct verify_blob_attestation, 0, "check-claims", check_claims, .def = "true",
	    .help = "check that the attestation is about this file; without, none is needed"),
	OPT_STR(struct verify_blob_attestation, 0, "digest", "HEX", digest,
	    .help = "digest of the file, which need not be here then"),
	OPT_STR(struct verify_blob_attestation, 0, "digestAlg", "HASH", algorithm, .hints = "sha256|sha384|sha512",
	    .help = "hash of that digest, or the one to take of the file"),
	OPT_GROUP(struct verify_blob_attestation, filter, filter_opts),
	OPT_GROUP(struct verify_blob_attestation, policy, policyopt_opts),
	OPT_STR(struct verify_blob_attestation, 0, "signature", "FILE", signature, .complete = OPT_COMPLETE_FILE,
	    .help = "DSSE envelope of an attestation of the legacy form: a file or URL", .gone = "use a bundle"),
	OPT_STR(struct verify_blob_attestation, 0, "rfc3161-timestamp", "FILE", stamp, .complete = OPT_COMPLETE_FILE,
	    .help = "timestamp of such an attestation: a file or URL", .gone = "use a bundle"),
	OPT_FLAG(struct verify_blob_attestation, 0, "new-bundle-format", new_bundle, .def = "true",
	    .help = "read Sigstore bundles as well as those of before; false: those of before alone",
	    .gone = "both forms are read unless it is false"),
	OPT_INT(struct verify_blob_attestation, 0, "max-workers", "N", max_workers, .def = "10", .help = "has no effect"),
	OPT_FLAG(struct verify_blob_attestation, 0, "experimental-oci11", oci11, .help = "has no effect",
	    .gone = "files are in no registry"),
	OPT_GROUP(struct verify_blob_attestation, urls, services_urls),
	OPT_POS(struct verify_blob_attestation, "FILE", files, .complete = OPT_COMPLETE_FILE),
	OPT_END};

struct run {
	const struct verify_blob_attestation *o;
	const char *name;	/* of the file, or NULL */
	struct policyopt_policy p;
	struct rulesopt_rules rules;
	struct blob_judge how;
	struct blobfile_spool spool;
	enum hash hash;		/* by --digestAlg, or HASH_NONE */
	struct pool pool;	/* of what was read */
	struct blob blob;
	struct blobfile file;
};

static void
run_release(struct run *r)
{
	blobfile_release(&r->file);
	blob_release(&r->blob);
	blobfile_spool_release(&r->spool);
	rulesopt_rules_release(&r->rules);
	policyopt_policy_release(&r->p);
	pool_release(&r->pool);
}

/* --- what was asked for --- */

static bool
is_stdin(const char *name)
{
	return name && strcmp(name, "-") == 0;
}

static int
check_digest(struct run *r, struct err *e)
{
	const struct verify_blob_attestation *o = r->o;

	if (o->algorithm) {
		r->hash = hash_find(span_str(o->algorithm));
		if (r->hash != HASH_SHA256 && r->hash != HASH_SHA384 && r->hash != HASH_SHA512) {
			err_set(e, REASON_USAGE, "--digestAlg");
			err_expected(e, "sha256, sha384 or sha512");
			return err_found(e, "'%s'", o->algorithm);
		}
	}
	if (o->digest && !o->algorithm)
		return err_set(e, REASON_USAGE, "--digest needs --digestAlg");
	if (o->digest && r->name)
		return err_set(e, REASON_USAGE, "FILE and --digest exclude each other");
	if (r->name || o->digest || !o->check_claims)
		return 0;
	err_set(e, REASON_USAGE, "nothing was given that the attestation should be about");
	return err_hint(e, "pass FILE, or --digest HEX and --digestAlg HASH");
}

static int
check_flags(struct run *r, struct err *e)
{
	const struct verify_blob_attestation *o = r->o;
	size_t n = (size_t)is_stdin(r->name) + (size_t)is_stdin(o->signature) + (size_t)is_stdin(o->stamp);

	for (size_t i = 0; i < o->bundles.count; i++)
		n += is_stdin(o->bundles.items[i]);
	if (n > 1)
		return err_set(e, REASON_USAGE, "- is standard input, which is there once");
	if (!o->bundles.count && !o->signature) {
		err_set(e, REASON_USAGE, "no attestation was given");
		return err_hint(e, "pass --bundle FILE");
	}
	if (o->bundles.count > 1 && (o->signature || o->stamp))
		return err_set(e, REASON_USAGE, "--signature and --rfc3161-timestamp belong to one bundle");
	if (o->rules.output && command_globals.json)
		return err_set(e, REASON_USAGE, "--output and --json both want standard output");
	return check_digest(r, e);
}

/* --- the sandbox --- */

struct reads {
	VEC(const char *) names;
	bool url;
};

static void
will_read(struct reads *l, const char *name)
{
	if (!name || is_stdin(name))
		return;
	if (textref_is_url(name))
		l->url = true;
	else
		*VEC_PUSH(&l->names) = name;
}

static int
enter(struct run *r, struct err *e)
{
	const struct verify_blob_attestation *o = r->o;
	struct reads l = {.url = false};
	int rc = policyrun_start(&r->rules.run, e);

	will_read(&l, r->name);
	will_read(&l, o->signature);
	will_read(&l, o->stamp);
	for (size_t i = 0; i < o->bundles.count; i++)
		will_read(&l, o->bundles.items[i]);
	if (r->name && blobfile_wants_spool(r->name))
		blobfile_spool_open(&r->spool);
	if (rc == 0 && l.url)
		rc = http_warm(e);
	if (rc == 0)
		(void)sandbox_enter(l.url ? SANDBOX_SIGNAL : 0, l.names.items, l.names.count);
	VEC_FREE(&l.names);
	return rc;
}

/* --- what vouches --- */

static int
read_text(struct run *r, const char *name, const char *what, struct span *out, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(BUNDLE_MAX);

	*out = SPAN_NONE;
	if (!name)
		return 0;
	if (textref_read(name, false, &text, e))
		return err_wrap(e, "%s", what);
	*out = text.len ? pool_span(&r->pool, buf_span(&text)) : SPAN("");
	return 0;
}

static int
add_evidence(struct run *r, struct err *e)
{
	const struct opt_list *bundles = &r->o->bundles;
	struct blob_evidence ev = {0};

	if (read_text(r, r->o->signature, "--signature", &ev.signature, e) ||
	    read_text(r, r->o->stamp, "--rfc3161-timestamp", &ev.stamp, e))
		return -1;
	if (!bundles->count)
		return blob_add(&r->blob, &r->how, &ev, e);
	for (size_t i = 0; i < bundles->count; i++) {
		ev.name = bundles->items[i];
		if (read_text(r, ev.name, "bundle", &ev.bundle, e) || blob_add(&r->blob, &r->how, &ev, e))
			return -1;
	}
	return 0;
}

/* --- what it should be about --- */

/* A hash that was asked for is the only one that counts. */
static int
read_file(struct run *r, struct err *e)
{
	unsigned needs = blob_needs(&r->blob, &r->how);
	struct target *t = &r->file.target;

	if (r->hash != HASH_NONE)
		needs |= 1u << r->hash;
	if (blobfile_read(&r->file, r->name, needs, false, &r->spool, e))
		return -1;
	if (r->hash == HASH_NONE)
		return 0;
	for (int h = HASH_SHA224; h <= HASH_SHA512; h++)
		if (h != (int)r->hash)
			t->digest[h] = SPAN_NONE;
	t->named = true;
	return 0;
}

static int
find_target(struct run *r, struct err *e)
{
	const struct verify_blob_attestation *o = r->o;
	const char *text;

	/* Nobody asks what is in it, but a missing file is a mistake. */
	if (r->name)
		return read_file(r, e);
	if (!o->digest)
		return 0;
	text = pool_printf(&r->pool, "%s:%s", hash_name(r->hash), o->digest);
	return blobfile_set_digest(&r->file, text, e);
}

/* --- what is said --- */

static int
put(const struct buf *out, struct err *e)
{
	return buf_check(out, "the output", e) ? -1 : file_print(buf_span(out), e);
}

static int
print_record(const struct run *r, const struct err *failure, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(BLOB_TEXT_MAX);
	char digest[DIGEST_TEXT_MAX];

	blob_emit_record(&r->blob, r->name, blobfile_digest(&r->file, digest), failure,
	    (struct node){JSON_NULL, SPAN_NONE}, &out);
	return put(&out, e);
}

static int
print_good(const struct run *r, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(BLOB_TEXT_MAX);
	bool one_line = r->o->filter.jq && *r->o->filter.jq;

	for (size_t i = 0; r->o->rules.output && i < r->blob.count; i++)
		if (r->blob.items[i].v.ok)
			attested_print(r->rules.output, one_line, &r->blob.items[i].m, SPAN_NONE, &out);
	return put(&out, e);
}

static void
say_refused(const struct run *r)
{
	char text[ERR_TEXT];

	for (size_t i = 0; i < r->blob.count; i++)
		if (!r->blob.items[i].v.ok)
			log_warn("%s: %s", r->blob.items[i].name, err_text(&r->blob.items[i].v.why, text, sizeof(text)));
}

/* --- all of it --- */

static int
set_up(struct run *r, struct err *e)
{
	const struct verify_blob_attestation *o = r->o;
	struct policyopt_policy *p = &r->p;

	if (check_flags(r, e) || policyopt_make(&o->policy, p, e) ||
	    rulesopt_make(&o->rules, true, &r->rules, &p->policy, e))
		return -1;
	if (p->policy.key_count && p->certificate.len)
		return err_set(e, REASON_USAGE, "--key and --certificate exclude each other");
	p->policy.any_subject = !o->check_claims;
	r->how = (struct blob_judge){.policy = &p->policy, .threshold = p->threshold, .late_chain = p->late_chain,
	    .old_only = !o->new_bundle, .records = command_globals.json, .certificate = p->certificate, .chain = p->chain,
	    .sct = p->sct, .attestations = true, .decide = r->rules.run.count ? policyrun_ask : NULL,
	    .decider = &r->rules.run};
	return 0;
}

static int
judge(struct run *r, struct err *e)
{
	if (add_evidence(r, e) || find_target(r, e))
		return -1;
	return blob_verify(&r->blob, &r->how, &r->file.target, e);
}

static int
verify_file(struct run *r, struct err *e)
{
	struct err none = ERR_INIT;

	if (set_up(r, e) || enter(r, e))
		return -1;
	if (judge(r, e)) {
		if (command_globals.json)
			(void)print_record(r, e, &none);
		return -1;
	}
	say_refused(r);
	if (command_globals.json ? print_record(r, NULL, e) : print_good(r, e))
		return -1;
	log_say("Verified OK");
	return 0;
}

static int
verify_blob_attestations(void *args, struct err *e)
{
	struct run r = {.o = args, .p = POLICYOPT_POLICY_INIT, .rules = RULESOPT_RULES_INIT, .spool = BLOBFILE_SPOOL_INIT,
	    .hash = HASH_NONE, .pool = POOL_INIT, .blob = BLOB_INIT, .file = BLOBFILE_INIT};
	int rc;

	if (r.o->files.count)
		r.name = r.o->files.items[0];
	rc = verify_file(&r, e);
	run_release(&r);
	return rc;
}

static int
run(void *args, struct err *e)
{
	return filter_run(&((struct verify_blob_attestation *)args)->filter, verify_blob_attestations, args, e);
}

static const char examples[] =
	"# verify that a file has a custom attestation\n"
	"$ cosign verify-blob-attestation --key cosign.pub --insecure-ignore-tlog=true --bundle file.att.json file\n"
	"# print what it says, if it is good\n"
	"$ cosign verify-blob-attestation --key cosign.pub --insecure-ignore-tlog=true --bundle file.att.json --output predicate file | jq .\n"
	"# of a file that is not here\n"
	"$ cosign verify-blob-attestation --key cosign.pub --insecure-ignore-tlog=true --bundle file.att.json --digest $(sha256sum file | cut -c 1-64) --digestAlg sha256\n"
	"# only if a policy consents\n"
	"$ cosign verify-blob-attestation --key cosign.pub --insecure-ignore-tlog=true --bundle file.att.json --policy-jq '.predicate.Data == \"tested\\n\"' file\n";

static const struct command verify_blob_attestation = {
	.name = "verify-blob-attestation",
	.brief = "Verify the attestations of a file",
	.about = "Verifies that an attestation of the type asked for is good and about the file, which may be a path, URL, "
		"env://VARIABLE or - for standard input.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct verify_blob_attestation),
	.run = run,
};
COMMAND_MAIN(verify_blob_attestation)
