/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "cli/blobfiles.h"
#include "cli/blobstream.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/many.h"
#include "cli/policyopt.h"
#include "client/textref.h"
#include "step/sumcheck.h"

struct verify_blob {
	struct filter_args filter;
	struct policyopt policy;
	struct services_urls urls;
	struct many_jobs jobs;
	struct opt_list bundles;
	const char *signature, *stamp, *output;
	bool new_bundle, check, ignore_missing, ndjson, oci11;
	int64_t max_workers;
	struct opt_list files;
};

static const struct opt opts[] = {
	OPT_LIST(struct verify_blob, 0, "bundle", "FILE", bundles, .complete = OPT_COMPLETE_FILE,
	    .help = "bundle that vouches for the file, of any form; {} becomes the file's name; several count "
	    "towards --threshold"),
	OPT_STR(struct verify_blob, 0, "output", "FILE", output, .complete = OPT_COMPLETE_FILE, .no_env = true,
	    .help = "put out what was verified, and nothing unless it was; - is standard output"),
	OPT_FLAG(struct verify_blob, 0, "check", check, .no_env = true,
	    .help = "the file is a list of checksums: verify it, then every file it names"),
	OPT_FLAG(struct verify_blob, 0, "ignore-missing", ignore_missing, .no_env = true,
	    .help = "with --check: pass over files that are not there"),
	OPT_FLAG(struct verify_blob, 0, "ndjson", ndjson, .no_env = true,
	    .help = "standard input (-) has a line of JSON for each file and its bundle; so it is without --bundle too"),
	OPT_GROUP(struct verify_blob, jobs, many_jobs_opts),
	OPT_GROUP(struct verify_blob, filter, filter_opts),
	OPT_GROUP(struct verify_blob, policy, policyopt_opts),
	OPT_STR(struct verify_blob, 0, "signature", "SIGNATURE", signature, .complete = OPT_COMPLETE_FILE,
	    .help = "signature of the legacy form: a file, URL, env://VARIABLE or base64; {} becomes the file's name",
	    .gone = "use a bundle"),
	OPT_STR(struct verify_blob, 0, "rfc3161-timestamp", "FILE", stamp, .complete = OPT_COMPLETE_FILE,
	    .help = "timestamp of such a signature: a file or URL; {} becomes the file's name",
	    .gone = "use a bundle"),
	OPT_FLAG(struct verify_blob, 0, "new-bundle-format", new_bundle, .def = "true",
	    .help = "read Sigstore bundles as well as those of before; false: those of before alone",
	    .gone = "both forms are read unless it is false"),
	OPT_INT(struct verify_blob, 0, "max-workers", "N", max_workers, .def = "10", .help = "has no effect"),
	OPT_FLAG(struct verify_blob, 0, "experimental-oci11", oci11, .help = "has no effect",
	    .gone = "files are in no registry"),
	OPT_GROUP(struct verify_blob, urls, services_urls),
	OPT_POS(struct verify_blob, "FILE", files, .min = 1, .many = true, .complete = OPT_COMPLETE_FILE),
	OPT_END};

/* What all files share. */
struct run {
	const struct verify_blob *o;
	struct blobfiles b;
	struct blob_judge how;
	struct blobfile_spool spool;
	struct buf list;	/* the one at hand, with --check */
	unsigned mode;		/* of what --output makes */
};

/* --- what was asked for --- */

static int
check_ndjson(const struct run *r, struct err *e)
{
	if (r->o->check || r->o->output)
		return err_set(e, REASON_USAGE, "--ndjson excludes --check and --output");
	return blobfiles_check_lines(&r->b, e);
}

static int
check_output(const struct verify_blob *o, struct err *e)
{
	if (!o->output)
		return 0;
	if (o->files.count > 1 || o->check)
		return err_set(e, REASON_USAGE, "--output is for one file");
	if (blobfiles_is_stdin(o->output) && command_globals.json)
		return err_set(e, REASON_USAGE, "--output - and --json both want standard output");
	return 0;
}

static int
check_flags(const struct run *r, struct err *e)
{
	const struct verify_blob *o = r->o;

	if (many_check_jobs(&o->jobs, e))
		return -1;
	if (o->ignore_missing && !o->check)
		return err_set(e, REASON_USAGE, "--ignore-missing is about --check");
	if (o->ndjson)
		return check_ndjson(r, e);
	return blobfiles_check(&r->b, e) || check_output(o, e) ? -1 : 0;
}

/* --- one file --- */

/* What is judged are the bytes that are used afterwards. */
static int
read_list(struct run *r, struct blobfiles_one *f, unsigned needs, struct err *e)
{
	buf_reset(&r->list);
	if (textref_read(f->name, false, &r->list, e))
		return -1;
	blobfile_set_bytes(&f->file, f->name, buf_span(&r->list), needs);
	return 0;
}

static int
read_file(void *ctx, struct blobfiles_one *f, struct err *e)
{
	struct run *r = ctx;
	unsigned needs = blob_needs(&f->blob, &r->how);

	return r->o->check ? read_list(r, f, needs, e) :
	    blobfile_read(&f->file, f->name, needs, r->o->output, &r->spool, e);
}

/* --- what becomes of a good one --- */

static int
put_out(const struct run *r, const struct blobfiles_one *f, struct err *e)
{
	const char *to = r->o->output;

	if (!to)
		return 0;
	if (blobfiles_is_stdin(to) && lseek(f->file.fd, 0, SEEK_SET) < 0)
		return err_errno(e, REASON_IO, "cannot read the temporary file");
	if (blobfiles_is_stdin(to))
		return file_copy_fd(f->file.fd, f->name, STDOUT_FILENO, "standard output", e);
	return file_write_from(to, f->file.fd, r->mode, FILE_REPLACE, e);
}

/* As sha256sum has it: a name with a line's end in it is escaped. */
static void
add_name(struct buf *out, const char *name)
{
	if (strpbrk(name, "\\\n\r"))
		buf_add_char(out, '\\');
	for (; *name; name++)
		if (*name == '\\')
			buf_add_str(out, "\\\\");
		else if (*name == '\n' || *name == '\r')
			buf_add_str(out, *name == '\n' ? "\\n" : "\\r");
		else
			buf_add_char(out, (unsigned char)*name < 0x20 || *name == 0x7f ? '?' : *name);
}

static void
add_status(struct buf *out, const char *name, const char *digest, enum sumcheck_status status, const struct err *why)
{
	struct emit j;
	char text[ERR_TEXT];

	if (!command_globals.json) {
		add_name(out, name);
		buf_add_str(out, status == SUMCHECK_OK ? ": OK\n" :
		    status == SUMCHECK_DIFFERS ? ": FAILED\n" : ": FAILED open or read\n");
		return;
	}
	emit_init(&j, out);
	emit_object(&j);
	emit_kstr(&j, "type", "cosign.checksum/1");
	emit_kstr(&j, "file", name);
	emit_kstr(&j, "digest", digest);
	emit_kbool(&j, "ok", !why);
	if (why) {
		emit_kstr(&j, "reason", reason_slug(why->reason));
		emit_kstr(&j, "message", err_text(why, text, sizeof(text)));
	}
	emit_object_end(&j);
	buf_add_char(out, '\n');
}

static int
tell(void *ctx, const char *name, const char *digest, enum sumcheck_status status, const struct err *why, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	char text[ERR_TEXT];

	(void)ctx;
	add_status(&out, name, digest, status, why);
	if (status == SUMCHECK_UNREADABLE || status == SUMCHECK_MISSING)
		log_say("%s", err_text(why, text, sizeof(text)));
	return file_print_buf(&out, "the line", e);
}

static int
check_list(const struct run *r, const struct blobfiles_one *f, struct err *e)
{
	struct sumcheck c = {.tell = tell, .ignore_missing = r->o->ignore_missing, .no_stdin = blobfiles_is_stdin(f->name)};

	return sumcheck_run(&c, buf_span(&r->list), e);
}

static int
use(void *ctx, struct blobfiles_one *f, struct err *e)
{
	const struct run *r = ctx;

	if (put_out(r, f, e))
		return -1;
	blobfiles_say_good(&r->b, f);
	return r->o->check ? check_list(r, f, e) : 0;
}

/* --- all of them --- */

static unsigned
new_mode(void)
{
	mode_t mask = umask(0);

	(void)umask(mask);
	return 0666 & ~(unsigned)mask;
}

/* Scripts of before verify a signature and a certificate alone: the log knows the
 * rest. */
static const char *
log_to_ask(const struct verify_blob *o)
{
	return o->signature && !o->bundles.count ? policyopt_log(&o->policy, &o->urls) : NULL;
}

/* The files that a list names, and where the output goes, are not known to the
 * kernel. */
static int
enter(struct run *r, struct err *e)
{
	bool writes = r->o->output && !blobfiles_is_stdin(r->o->output);
	unsigned keep = writes ? SANDBOX_READ | SANDBOX_WRITE : r->o->check ? SANDBOX_READ : 0;

	if (r->o->output)
		blobfile_spool_open(&r->spool);
	return blobfiles_enter(&r->b, &r->spool, keep, e);
}

static int
verify_all(struct run *r, struct policyopt_policy *p, struct err *e)
{
	const struct verify_blob *o = r->o;
	struct blobstream s = {&r->how, o->bundles.count ? o->bundles.items[0] : NULL, (size_t)o->jobs.count};

	if (check_flags(r, e) || policyopt_make(&o->policy, p, e))
		return -1;
	if (p->policy.key_count && p->certificate.len)
		return err_set(e, REASON_USAGE, "--key and --certificate exclude each other");
	/* No predicate_type: a file's statement may be of any, its subject counts. */
	r->how = (struct blob_judge){.policy = &p->policy, .threshold = p->threshold, .late_chain = p->late_chain,
	    .old_only = !o->new_bundle, .records = command_globals.json || o->ndjson, .certificate = p->certificate,
	    .chain = p->chain, .sct = p->sct, .log = log_to_ask(o)};
	if (o->ndjson)
		return blobstream_run(&s, e);
	return enter(r, e) || blobfiles_verify(&r->b, e) ? -1 : 0;
}

static struct blobfiles
asked(const struct verify_blob *o)
{
	return (struct blobfiles){.files = &o->files, .bundles = &o->bundles, .signature = o->signature, .stamp = o->stamp,
	    .bare_signature = true, .read = read_file, .use = use};
}

static int
verify_blobs(void *args, struct err *e)
{
	const struct verify_blob *o = args;
	AUTO(policyopt_policy) struct policyopt_policy p = POLICYOPT_POLICY_INIT;
	struct run r = {.o = o, .b = asked(o), .spool = BLOBFILE_SPOOL_INIT, .list = BUF_INIT(SUMCHECK_LIST_MAX),
	    .mode = new_mode()};
	int rc;

	r.b.ctx = &r;
	r.b.how = &r.how;
	rc = verify_all(&r, &p, e);
	blobfile_spool_release(&r.spool);
	buf_release(&r.list);
	return rc;
}

static int
run(void *args, struct err *e)
{
	struct verify_blob *o = args;
	struct blobfiles b = asked(o);

	o->ndjson = o->ndjson || (blobfiles_are_lines(&b) && !o->check && !o->output);
	return filter_run(&o->filter, verify_blobs, o, e);
}

static const char examples[] =
	"# verify a file by key, with its bundle\n"
	"$ cosign verify-blob --key cosign.pub --insecure-ignore-tlog=true --bundle file.sigstore.json file\n"
	"# several, each with the bundle beside it\n"
	"$ cosign verify-blob --key cosign.pub --insecure-ignore-tlog=true --bundle '{}.sigstore.json' file payload.json\n"
	"# a signed list of checksums, and every file in it\n"
	"$ cosign verify-blob --key cosign.pub --insecure-ignore-tlog=true --bundle SHA256SUMS.sigstore.json --check SHA256SUMS\n"
	"# as a filter: nothing comes out unless it was verified\n"
	"$ cat file | cosign verify-blob --key cosign.pub --insecure-ignore-tlog=true --bundle file.sigstore.json --output - - | cat\n"
	"# a file that is not here, by its digest\n"
	"$ cosign verify-blob --key cosign.pub --insecure-ignore-tlog=true --bundle file.sigstore.json sha256:$(sha256sum file | cut -c 1-64)\n"
	"# thousands in one call\n"
	"$ echo '{\"file\":\"file\",\"bundle\":\"file.sigstore.json\"}' | cosign verify-blob --key cosign.pub --insecure-ignore-tlog=true --ndjson - | jq .ok\n";

static const struct command verify_blob = {
	.name = "verify-blob",
	.brief = "Verify the signatures of files",
	.about = "Verifies each file, which may be a path, URL, env://VARIABLE or - for standard input, or the digest "
		"ALGORITHM:HEX of a file that is not here.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct verify_blob),
	.run = run,
};
COMMAND_MAIN(verify_blob)
