/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "cli/blobstream.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/outname.h"
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
	OPT_POS(struct verify_blob_attestation, "FILE", files, .many = true, .complete = OPT_COMPLETE_FILE),
	OPT_END};

/* What all files share. */
struct run {
	const struct verify_blob_attestation *o;
	struct policyopt_policy p;
	struct rulesopt_rules rules;
	struct blob_judge how;
	struct blobfile_spool spool;
	enum hash hash;		/* by --digestAlg, or HASH_NONE */
};

/* One file on its way through. */
struct one {
	const char *name;	/* NULL: a digest, or nothing */
	struct pool pool;	/* of what was read */
	struct blob blob;
	struct blobfile file;
};

static void
one_cleanup(struct one *f)
{
	blobfile_release(&f->file);
	blob_release(&f->blob);
	pool_release(&f->pool);
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
	if (o->digest && (o->files.count || o->ndjson))
		return err_set(e, REASON_USAGE, "FILE and --digest exclude each other");
	if (o->files.count || o->digest || !o->check_claims)
		return 0;
	err_set(e, REASON_USAGE, "nothing was given that the attestation should be about");
	return err_hint(e, "pass FILE, or --digest HEX and --digestAlg HASH");
}

static int
check_stdin(const struct verify_blob_attestation *o, struct err *e)
{
	size_t n = (size_t)is_stdin(o->signature) + (size_t)is_stdin(o->stamp);

	for (size_t i = 0; i < o->files.count; i++)
		n += is_stdin(o->files.items[i]);
	for (size_t i = 0; i < o->bundles.count; i++)
		n += is_stdin(o->bundles.items[i]);
	return n > 1 ? err_set(e, REASON_USAGE, "- is standard input, which is there once") : 0;
}

/* One attestation cannot be of several files' own. */
static int
check_shared(const struct verify_blob_attestation *o, struct err *e)
{
	for (size_t i = 0; i < o->bundles.count; i++)
		if (outname_check_shared(&(struct outname){"bundle", o->bundles.items[i]}, o->files.count, e))
			return -1;
	return outname_check_shared(&(struct outname){"signature", o->signature}, o->files.count, e) ||
	    outname_check_shared(&(struct outname){"rfc3161-timestamp", o->stamp}, o->files.count, e) ? -1 : 0;
}

static int
check_ndjson(const struct verify_blob_attestation *o, struct err *e)
{
	if (o->files.count != 1 || !is_stdin(o->files.items[0]))
		return err_set(e, REASON_USAGE, "--ndjson takes standard input alone: give - as the file");
	if (o->signature || o->stamp || o->algorithm || o->rules.output || !o->check_claims)
		return err_set(e, REASON_USAGE,
		    "--ndjson excludes --signature, --rfc3161-timestamp, --digestAlg, --output and --check-claims=false");
	if (o->bundles.count < 2 && (!o->bundles.count || strstr(o->bundles.items[0], "{}")))
		return 0;
	err_set(e, REASON_USAGE, "--bundle is one file for all lines");
	return err_hint(e, "put {} into the name; it becomes each file's own");
}

static int
check_flags(struct run *r, struct err *e)
{
	const struct verify_blob_attestation *o = r->o;

	if (o->ndjson)
		return check_ndjson(o, e) || check_digest(r, e) ? -1 : 0;
	if (!o->bundles.count && !o->signature) {
		err_set(e, REASON_USAGE, "no attestation was given");
		return err_hint(e, "pass --bundle FILE");
	}
	if (o->bundles.count > 1 && (o->signature || o->stamp))
		return err_set(e, REASON_USAGE, "--signature and --rfc3161-timestamp belong to one bundle");
	if (o->rules.output && command_globals.json)
		return err_set(e, REASON_USAGE, "--output and --json both want standard output");
	return check_stdin(o, e) || check_shared(o, e) || check_digest(r, e) ? -1 : 0;
}

/* --- the sandbox --- */

struct reads {
	VEC(const char *) names;
	struct pool pool;
	bool url;
};

static void
will_read(struct reads *l, const char *path, const char *file)
{
	const char *name = path ? outname_of(&(struct outname){"", path}, file ? file : "", &l->pool) : NULL;

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
	struct reads l = {.pool = POOL_INIT};
	int rc = policyrun_start(&r->rules.run, e);
	bool requests;

	will_read(&l, o->signature, NULL);
	will_read(&l, o->stamp, NULL);
	for (size_t k = 0; k < o->bundles.count; k++)
		for (size_t i = 0; i < (o->files.count ? o->files.count : 1); i++)
			will_read(&l, o->bundles.items[k], o->files.count ? o->files.items[i] : NULL);
	for (size_t i = 0; i < o->files.count; i++) {
		will_read(&l, "{}", o->files.items[i]);
		if (r->spool.fd < 0 && blobfile_wants_spool(o->files.items[i]))
			blobfile_spool_open(&r->spool);
	}
	requests = l.url || r->how.log;
	if (rc == 0 && requests)
		rc = http_warm(e);
	if (rc == 0)
		(void)sandbox_enter(requests ? SANDBOX_SIGNAL : 0, l.names.items, l.names.count);
	VEC_FREE(&l.names);
	pool_release(&l.pool);
	return rc;
}

/* --- what vouches --- */

static int
read_text(struct one *f, const char *path, const char *what, const char **name, struct span *out, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(BUNDLE_MAX);

	*out = SPAN_NONE;
	if (!path)
		return 0;
	*name = outname_of(&(struct outname){what, path}, f->name ? f->name : "", &f->pool);
	if (textref_read(*name, false, &text, e))
		return err_wrap(e, "%s", what);
	*out = text.len ? pool_span(&f->pool, buf_span(&text)) : SPAN("");
	return 0;
}

static int
add_evidence(const struct run *r, struct one *f, struct err *e)
{
	const struct opt_list *bundles = &r->o->bundles;
	struct blob_evidence ev = {0};
	const char *ignored;

	if (read_text(f, r->o->signature, "--signature", &ignored, &ev.signature, e) ||
	    read_text(f, r->o->stamp, "--rfc3161-timestamp", &ignored, &ev.stamp, e))
		return -1;
	if (!bundles->count)
		return blob_add(&f->blob, &r->how, &ev, e);
	for (size_t i = 0; i < bundles->count; i++)
		if (read_text(f, bundles->items[i], "bundle", &ev.name, &ev.bundle, e) ||
		    blob_add(&f->blob, &r->how, &ev, e))
			return -1;
	return 0;
}

/* --- what it should be about --- */

/* A hash that was asked for is the only one that counts. */
static int
read_file(struct run *r, struct one *f, struct err *e)
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
find_target(struct run *r, struct one *f, struct err *e)
{
	const struct verify_blob_attestation *o = r->o;
	const char *text;

	/* Nobody asks what is in it, but a missing file is a mistake. */
	if (f->name)
		return read_file(r, f, e);
	if (!o->digest)
		return 0;
	text = pool_printf(&f->pool, "%s:%s", hash_name(r->hash), o->digest);
	return blobfile_set_digest(&f->file, text, e);
}

/* --- what is said --- */

static int
put(const struct buf *out, struct err *e)
{
	return buf_check(out, "the output", e) ? -1 : file_print(buf_span(out), e);
}

static int
print_record(const struct one *f, const struct err *failure, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(BLOB_TEXT_MAX);
	char digest[DIGEST_TEXT_MAX];

	blob_emit_record(&f->blob, f->name, blobfile_digest(&f->file, digest), failure,
	    (struct node){JSON_NULL, SPAN_NONE}, &out);
	return put(&out, e);
}

static int
print_good(const struct run *r, const struct one *f, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(BLOB_TEXT_MAX);
	bool one_line = r->o->filter.jq && *r->o->filter.jq;

	for (size_t i = 0; r->o->rules.output && i < f->blob.count; i++)
		if (f->blob.items[i].v.ok)
			attested_print(r->rules.output, one_line, &f->blob.items[i].m, SPAN_NONE, &out);
	return put(&out, e);
}

static void
say_refused(const struct one *f)
{
	char text[ERR_TEXT];

	for (size_t i = 0; i < f->blob.count; i++)
		if (!f->blob.items[i].v.ok)
			log_warn("%s: %s", f->blob.items[i].name, err_text(&f->blob.items[i].v.why, text, sizeof(text)));
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
judge(struct run *r, struct one *f, struct err *e)
{
	if (add_evidence(r, f, e) || find_target(r, f, e))
		return -1;
	blob_look_up(&f->blob, &r->how, &f->file.target);
	return blob_verify(&f->blob, &r->how, &f->file.target, e);
}

static int
verify_one(struct run *r, const char *name, struct err *e)
{
	AUTO(one) struct one f = {.name = name, .pool = POOL_INIT, .blob = BLOB_INIT, .file = BLOBFILE_INIT};
	struct err none = ERR_INIT;

	if (judge(r, &f, e)) {
		if (command_globals.json)
			(void)print_record(&f, e, &none);
		return -1;
	}
	say_refused(&f);
	if (command_globals.json ? print_record(&f, NULL, e) : print_good(r, &f, e))
		return -1;
	if (r->o->files.count > 1)
		log_say("%s: Verified OK", name);
	else
		log_say("Verified OK");
	return 0;
}

static int
verify_files(struct run *r, struct err *e)
{
	const struct opt_list *files = &r->o->files;
	struct err first = ERR_INIT;
	char text[ERR_TEXT];
	size_t failed = 0;

	if (files->count < 2)
		return verify_one(r, files->count ? files->items[0] : NULL, e);
	for (size_t i = 0; i < files->count; i++) {
		struct err why = ERR_INIT;

		if (verify_one(r, files->items[i], &why) == 0)
			continue;
		log_say("%s: %s", files->items[i], err_text(&why, text, sizeof(text)));
		err_wrap(&why, "%s", files->items[i]);
		if (!failed++)
			first = why;
	}
	if (!failed)
		return 0;
	*e = first;
	return err_wrap(e, "%zu of %zu files failed, the first", failed, files->count);
}

static int
verify_all(struct run *r, struct err *e)
{
	const struct opt_list *bundles = &r->o->bundles;
	struct blobstream s = {&r->how, bundles->count ? bundles->items[0] : NULL, 1};

	if (set_up(r, e))
		return -1;
	if (r->o->ndjson)
		return policyrun_start(&r->rules.run, e) || blobstream_run(&s, e) ? -1 : 0;
	return enter(r, e) || verify_files(r, e) ? -1 : 0;
}

static int
verify_blob_attestations(void *args, struct err *e)
{
	struct run r = {.o = args, .p = POLICYOPT_POLICY_INIT, .rules = RULESOPT_RULES_INIT, .spool = BLOBFILE_SPOOL_INIT,
	    .hash = HASH_NONE};
	int rc = verify_all(&r, e);

	blobfile_spool_release(&r.spool);
	rulesopt_rules_release(&r.rules);
	policyopt_policy_release(&r.p);
	return rc;
}

/* Standard input alone, with nothing that would vouch for it, can only be
 * records. */
static bool
means_records(const struct verify_blob_attestation *o)
{
	return o->files.count == 1 && is_stdin(o->files.items[0]) && !o->bundles.count && !o->signature && !o->stamp &&
	    !o->digest && !o->algorithm && !o->rules.output && o->check_claims;
}

static int
run(void *args, struct err *e)
{
	struct verify_blob_attestation *o = args;

	o->ndjson = o->ndjson || means_records(o);
	return filter_run(&((struct verify_blob_attestation *)args)->filter, verify_blob_attestations, args, e);
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
