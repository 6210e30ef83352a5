/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "cli/blobfiles.h"
#include "cli/blobstream.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/policyopt.h"
#include "cli/rulesopt.h"

struct verify_blob_attestation {
	struct filter_args filter;
	struct policyopt policy;
	struct rulesopt rules;
	struct services_urls urls;
	struct opt_list bundles;
	const char *signature, *stamp, *digest, *algorithm;
	bool check_claims, new_bundle, oci11, ndjson;
	int64_t max_workers;
	struct opt_list files;
};

static const struct opt opts[] = {
	OPT_LIST(struct verify_blob_attestation, 0, "bundle", "FILE", bundles, .complete = OPT_COMPLETE_FILE,
	    .help = "bundle with the attestation, of any form; {} becomes the file's name; several count towards "
	    "--threshold"),
	OPT_GROUP(struct verify_blob_attestation, rules, rulesopt_opts),
	OPT_FLAG(struct verify_blob_attestation, 0, "check-claims", check_claims, .def = "true",
	    .help = "check that the attestation is about this file; without, none is needed"),
	OPT_STR(struct verify_blob_attestation, 0, "digest", "HEX", digest,
	    .help = "digest of the file, which need not be here then"),
	OPT_STR(struct verify_blob_attestation, 0, "digestAlg", "HASH", algorithm, .hints = "sha256|sha384|sha512",
	    .help = "hash of that digest, or the one to take of the file"),
	OPT_FLAG(struct verify_blob_attestation, 0, "ndjson", ndjson, .no_env = true,
	    .help = "standard input (-) has a line of JSON for each file and its bundle; so it is without --bundle too"),
	OPT_GROUP(struct verify_blob_attestation, filter, filter_opts),
	OPT_GROUP(struct verify_blob_attestation, policy, policyopt_opts),
	OPT_STR(struct verify_blob_attestation, 0, "signature", "FILE", signature, .complete = OPT_COMPLETE_FILE,
	    .help = "DSSE envelope of an attestation of the legacy form: a file or URL; {} becomes the file's name",
	    .gone = "use a bundle"),
	OPT_STR(struct verify_blob_attestation, 0, "rfc3161-timestamp", "FILE", stamp, .complete = OPT_COMPLETE_FILE,
	    .help = "timestamp of such an attestation: a file or URL; {} becomes the file's name",
	    .gone = "use a bundle"),
	OPT_FLAG(struct verify_blob_attestation, 0, "new-bundle-format", new_bundle, .def = "true",
	    .help = "read Sigstore bundles as well as those of before; false: those of before alone",
	    .gone = "both forms are read unless it is false"),
	OPT_INT(struct verify_blob_attestation, 0, "max-workers", "N", max_workers, .def = "10", .help = "has no effect"),
	OPT_FLAG(struct verify_blob_attestation, 0, "experimental-oci11", oci11, .help = "has no effect",
	    .gone = "files are in no registry"),
	OPT_GROUP(struct verify_blob_attestation, urls, services_urls),
	OPT_POS(struct verify_blob_attestation, "FILE", files, .many = true, .complete = OPT_COMPLETE_FILE),
	OPT_END};

/* What all files share. */
struct run {
	const struct verify_blob_attestation *o;
	struct blobfiles b;
	struct policyopt_policy p;
	struct rulesopt_rules rules;
	struct blob_judge how;
	struct blobfile_spool spool;
	enum hash hash;		/* by --digestAlg, or HASH_NONE */
};

/* --- what was asked for --- */

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
	if (o->digest && (o->files.count || o->ndjson))
		return err_set(e, REASON_USAGE, "FILE and --digest exclude each other");
	if (o->files.count || o->digest || !o->check_claims)
		return 0;
	err_set(e, REASON_USAGE, "nothing was given that the attestation should be about");
	return err_hint(e, "pass FILE, or --digest HEX and --digestAlg HASH");
}

static int
check_flags(struct run *r, struct err *e)
{
	const struct verify_blob_attestation *o = r->o;

	if (o->ndjson && (o->algorithm || o->rules.output || !o->check_claims))
		return err_set(e, REASON_USAGE, "--ndjson excludes --digestAlg, --output and --check-claims=false");
	if (o->rules.output && command_globals.json)
		return err_set(e, REASON_USAGE, "--output and --json both want standard output");
	return (o->ndjson ? blobfiles_check_lines(&r->b, e) : blobfiles_check(&r->b, e)) || check_digest(r, e) ? -1 : 0;
}

/* --- what it should be about --- */

/* A hash that was asked for is the only one that counts. */
static int
read_file(struct run *r, struct blobfiles_one *f, struct err *e)
{
	unsigned needs = blob_needs(&f->blob, &r->how);
	struct target *t = &f->file.target;

	if (r->hash != HASH_NONE)
		needs |= 1u << r->hash;
	if (blobfile_read(&f->file, f->name, needs, false, &r->spool, e))
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
find_target(void *ctx, struct blobfiles_one *f, struct err *e)
{
	struct run *r = ctx;

	/* Nobody asks what is in it, but a missing file is a mistake. */
	if (f->name)
		return read_file(r, f, e);
	if (!r->o->digest)
		return 0;
	return blobfile_set_digest(&f->file, pool_printf(&f->pool, "%s:%s", hash_name(r->hash), r->o->digest), e);
}

/* --- what is said --- */

static int
use(void *ctx, struct blobfiles_one *f, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(BLOB_TEXT_MAX);
	const struct run *r = ctx;
	bool one_line = r->o->filter.jq && *r->o->filter.jq;

	for (size_t i = 0; r->o->rules.output && i < f->blob.count; i++)
		if (f->blob.items[i].v.ok)
			attested_print(r->rules.output, one_line, &f->blob.items[i].m, SPAN_NONE, &out);
	if (file_print_buf(&out, "the output", e))
		return -1;
	blobfiles_say_good(&r->b, f);
	return 0;
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
	    .old_only = !o->new_bundle, .records = command_globals.json || o->ndjson, .certificate = p->certificate, .chain = p->chain,
	    .sct = p->sct, .log = o->signature && !o->bundles.count ? policyopt_log(&o->policy, &o->urls) : NULL,
	    .attestations = true, .decide = r->rules.run.count ? policyrun_ask : NULL,
	    .decider = &r->rules.run};
	return 0;
}

static int
verify_all(struct run *r, struct err *e)
{
	const struct opt_list *bundles = &r->o->bundles;
	struct blobstream s = {&r->how, bundles->count ? bundles->items[0] : NULL, 1};

	if (set_up(r, e))
		return -1;
	if (policyrun_start(&r->rules.run, e))
		return -1;
	if (r->o->ndjson)
		return blobstream_run(&s, e);
	return blobfiles_enter(&r->b, &r->spool, 0, e) || blobfiles_verify(&r->b, e) ? -1 : 0;
}

static struct blobfiles
asked(const struct verify_blob_attestation *o)
{
	return (struct blobfiles){.files = &o->files, .bundles = &o->bundles, .signature = o->signature, .stamp = o->stamp,
	    .read = find_target, .use = use};
}

static int
verify_blob_attestations(void *args, struct err *e)
{
	struct run r = {.o = args, .b = asked(args), .p = POLICYOPT_POLICY_INIT, .rules = RULESOPT_RULES_INIT,
	    .spool = BLOBFILE_SPOOL_INIT, .hash = HASH_NONE};
	int rc;

	r.b.ctx = &r;
	r.b.how = &r.how;
	rc = verify_all(&r, e);
	blobfile_spool_release(&r.spool);
	rulesopt_rules_release(&r.rules);
	policyopt_policy_release(&r.p);
	return rc;
}

static int
run(void *args, struct err *e)
{
	struct verify_blob_attestation *o = args;
	struct blobfiles b = asked(o);

	o->ndjson = o->ndjson ||
	    (blobfiles_are_lines(&b) && !o->digest && !o->algorithm && !o->rules.output && o->check_claims);
	return filter_run(&o->filter, verify_blob_attestations, o, e);
}

static const char examples[] =
	"# verify that a file has a custom attestation\n"
	"$ cosign verify-blob-attestation --key cosign.pub --insecure-ignore-tlog=true --bundle file.att.json file\n"
	"# several, each with its bundle beside it\n"
	"$ cosign verify-blob-attestation --key cosign.pub --insecure-ignore-tlog=true --bundle '{}.att.json' file\n"
	"# thousands in one call\n"
	"$ echo '{\"file\":\"file\",\"bundle\":\"file.att.json\"}' | cosign verify-blob-attestation --key cosign.pub --insecure-ignore-tlog=true --ndjson - | jq .ok\n"
	"# print what it says, if it is good\n"
	"$ cosign verify-blob-attestation --key cosign.pub --insecure-ignore-tlog=true --bundle file.att.json --output predicate file | jq .\n"
	"# of a file that is not here\n"
	"$ cosign verify-blob-attestation --key cosign.pub --insecure-ignore-tlog=true --bundle file.att.json --digest $(sha256sum file | cut -c 1-64) --digestAlg sha256\n"
	"# only if a policy consents\n"
	"$ cosign verify-blob-attestation --key cosign.pub --insecure-ignore-tlog=true --bundle file.att.json --policy-jq '.predicate.Data == \"tested\\n\"' file\n";

static const struct command verify_blob_attestation = {
	.name = "verify-blob-attestation",
	.brief = "Verify the attestations of files",
	.about = "Verifies that an attestation of the type asked for is good and about each file, which may be a path, URL, "
		"env://VARIABLE or - for standard input.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct verify_blob_attestation),
	.run = run,
};
COMMAND_MAIN(verify_blob_attestation)
