/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "cli/blobstream.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/many.h"
#include "cli/outname.h"
#include "cli/policyopt.h"
#include "client/textref.h"
#include "step/blobfile.h"
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

enum { FLAG_SIGNATURE, FLAG_STAMP, FLAGS };

/* What all files share. */
struct run {
	const struct verify_blob *o;
	struct outname flags[FLAGS];
	struct blob_judge how;
	struct blobfile_spool spool;
	unsigned mode;		/* of what --output makes */
};

/* One file on its way through. */
struct one {
	const char *name;
	struct pool pool;
	struct buf signature, stamp, list;
	struct blob blob;
	struct blobfile file;
};
#define ONE_INIT(n) {.name = (n), .pool = POOL_INIT, .signature = BUF_INIT(BUF_TEXT_MAX), .stamp = BUF_INIT(BUF_BIG_MAX), \
	.list = BUF_INIT(SUMCHECK_LIST_MAX), .blob = BLOB_INIT, .file = BLOBFILE_INIT}

static void
one_cleanup(struct one *f)
{
	blobfile_release(&f->file);
	blob_release(&f->blob);
	buf_release(&f->signature);
	buf_release(&f->stamp);
	buf_release(&f->list);
	pool_release(&f->pool);
}

/* --- what was asked for --- */

static bool
is_stdin(const char *name)
{
	return name && strcmp(name, "-") == 0;
}

static int
check_stdin(const struct verify_blob *o, struct err *e)
{
	size_t n = (size_t)is_stdin(o->signature) + (size_t)is_stdin(o->stamp);

	for (size_t i = 0; i < o->files.count; i++)
		n += is_stdin(o->files.items[i]);
	for (size_t i = 0; i < o->bundles.count; i++)
		n += is_stdin(o->bundles.items[i]);
	return n > 1 ? err_set(e, REASON_USAGE, "- is standard input, which is there once") : 0;
}

static int
check_ndjson(const struct verify_blob *o, struct err *e)
{
	if (o->files.count != 1 || !is_stdin(o->files.items[0]))
		return err_set(e, REASON_USAGE, "--ndjson takes standard input alone: give - as the file");
	if (o->check || o->output || o->signature || o->stamp)
		return err_set(e, REASON_USAGE, "--ndjson excludes --check, --output, --signature and --rfc3161-timestamp");
	if (o->bundles.count > 1 || (o->bundles.count && !strstr(o->bundles.items[0], "{}"))) {
		err_set(e, REASON_USAGE, "--bundle is one file for all lines");
		return err_hint(e, "put {} into the name; it becomes each file's own");
	}
	return 0;
}

static int
check_output(const struct verify_blob *o, struct err *e)
{
	if (!o->output)
		return 0;
	if (o->files.count > 1 || o->check)
		return err_set(e, REASON_USAGE, "--output is for one file");
	if (is_stdin(o->output) && command_globals.json)
		return err_set(e, REASON_USAGE, "--output - and --json both want standard output");
	return 0;
}

static int
check_shared(const struct run *r, struct err *e)
{
	const struct verify_blob *o = r->o;

	for (size_t i = 0; i < o->bundles.count; i++) {
		struct outname name = {"bundle", o->bundles.items[i]};

		if (outname_check_shared(&name, o->files.count, e))
			return -1;
	}
	for (size_t i = 0; i < FLAGS; i++)
		if (outname_check_shared(&r->flags[i], o->files.count, e))
			return -1;
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
		return check_ndjson(o, e);
	if (!o->bundles.count && !o->signature) {
		err_set(e, REASON_USAGE, "nothing was given that vouches for the file");
		return err_hint(e, "pass --bundle FILE");
	}
	if (o->bundles.count > 1 && (o->signature || o->stamp))
		return err_set(e, REASON_USAGE, "--signature and --rfc3161-timestamp belong to one bundle");
	return check_stdin(o, e) || check_output(o, e) || check_shared(r, e) ? -1 : 0;
}

/* --- the sandbox --- */

struct reads {
	VEC(const char *) names;
	struct pool pool;
	bool url, spool;
};

static void
will_read(struct reads *l, const struct outname *n, const char *file)
{
	const char *name = n->path ? outname_of(n, file, &l->pool) : NULL;

	if (!name || is_stdin(name))
		return;
	if (textref_is_url(name))
		l->url = true;
	else
		*VEC_PUSH(&l->names) = name;
}

static void
list_reads(const struct run *r, struct reads *l)
{
	const struct verify_blob *o = r->o;

	l->spool = o->output;
	for (size_t i = 0; i < o->files.count; i++) {
		const char *file = o->files.items[i];
		struct outname self = {"", file};

		l->spool |= blobfile_wants_spool(file);
		will_read(l, &self, file);
		for (size_t k = 0; k < o->bundles.count; k++)
			will_read(l, &(struct outname){"bundle", o->bundles.items[k]}, file);
		for (size_t k = 0; k < FLAGS; k++)
			will_read(l, &r->flags[k], file);
	}
}

/* Whatever is needed by name or from outside is settled here; the files that a
 * list names, and where the output goes, are not known to the kernel. */
static int
enter(struct run *r, struct err *e)
{
	struct reads l = {.pool = POOL_INIT};
	bool writes = r->o->output && !is_stdin(r->o->output);
	unsigned keep = 0;
	int rc = 0;

	list_reads(r, &l);
	if (l.spool)
		blobfile_spool_open(&r->spool);
	if (r->o->check || writes)
		keep |= SANDBOX_READ;
	if (writes)
		keep |= SANDBOX_WRITE;
	if (l.url || r->how.log) {
		keep |= SANDBOX_SIGNAL;
		rc = http_warm(e);
	}
	if (rc == 0)
		(void)sandbox_enter(keep, l.names.items, l.names.count);
	VEC_FREE(&l.names);
	pool_release(&l.pool);
	return rc;
}

/* --- one file --- */

static int
read_flag(const struct run *r, int which, struct one *f, struct buf *text, struct err *e)
{
	const struct outname *n = &r->flags[which];

	if (!n->path)
		return 0;
	if (textref_read(outname_of(n, f->name, &f->pool), which == FLAG_SIGNATURE, text, e))
		return err_wrap(e, "--%s", n->flag);
	return 0;
}

static struct span
span_of_text(const char *given, const struct buf *text)
{
	if (!given)
		return SPAN_NONE;
	return text->len ? buf_span(text) : SPAN("");
}

static int
add_bundle(const struct run *r, struct one *f, const char *path, struct blob_evidence *ev, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(BUNDLE_MAX);
	struct outname n = {"bundle", path};

	ev->name = outname_of(&n, f->name, &f->pool);
	if (textref_read(ev->name, false, &text, e))
		return err_wrap(e, "bundle");
	ev->bundle = span_of_text(path, &text);
	return blob_add(&f->blob, &r->how, ev, e);
}

static int
add_evidence(const struct run *r, struct one *f, struct err *e)
{
	const struct opt_list *bundles = &r->o->bundles;
	struct blob_evidence ev = {0};

	if (read_flag(r, FLAG_SIGNATURE, f, &f->signature, e) || read_flag(r, FLAG_STAMP, f, &f->stamp, e))
		return -1;
	ev.signature = span_of_text(r->o->signature, &f->signature);
	ev.stamp = span_of_text(r->o->stamp, &f->stamp);
	if (!bundles->count)
		return blob_add(&f->blob, &r->how, &ev, e);
	for (size_t i = 0; i < bundles->count; i++)
		if (add_bundle(r, f, bundles->items[i], &ev, e))
			return -1;
	return 0;
}

/* What is judged are the bytes that are used afterwards. */
static int
read_list(struct one *f, unsigned needs, struct err *e)
{
	if (textref_read(f->name, false, &f->list, e))
		return -1;
	blobfile_set_bytes(&f->file, f->name, buf_span(&f->list), needs);
	return 0;
}

static int
judge(struct run *r, struct one *f, struct err *e)
{
	unsigned needs;

	if (add_evidence(r, f, e))
		return -1;
	needs = blob_needs(&f->blob, &r->how);
	if (r->o->check ? read_list(f, needs, e) : blobfile_read(&f->file, f->name, needs, r->o->output, &r->spool, e))
		return -1;
	blob_look_up(&f->blob, &r->how, &f->file.target);
	return blob_verify(&f->blob, &r->how, &f->file.target, e);
}

static int
print_record(const struct one *f, const struct err *failure, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(BLOB_TEXT_MAX);
	char digest[DIGEST_TEXT_MAX];

	blob_emit_record(&f->blob, f->name, blobfile_digest(&f->file, digest), failure, (struct node){JSON_NULL, SPAN_NONE},
	    &out);
	if (buf_check(&out, "the record", e))
		return -1;
	if (fwrite(out.ptr, 1, out.len, stdout) != out.len)
		return err_errno(e, REASON_OUTPUT, "cannot write to standard output");
	return 0;
}

/* Of several bundles, those that are no good although enough are. */
static void
say_refused(const struct one *f)
{
	char text[ERR_TEXT];

	for (size_t i = 0; i < f->blob.count; i++)
		if (!f->blob.items[i].v.ok)
			log_warn("%s: %s", f->blob.items[i].name, err_text(&f->blob.items[i].v.why, text, sizeof(text)));
}

/* --- what becomes of a good one --- */

static int
put_out(const struct run *r, const struct one *f, struct err *e)
{
	const char *to = r->o->output;

	if (!to)
		return 0;
	if (is_stdin(to) && lseek(f->file.fd, 0, SEEK_SET) < 0)
		return err_errno(e, REASON_IO, "cannot read the temporary file");
	if (is_stdin(to))
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
	if (buf_check(&out, "the line", e))
		return -1;
	if (fwrite(out.ptr, 1, out.len, stdout) != out.len)
		return err_errno(e, REASON_OUTPUT, "cannot write to standard output");
	return 0;
}

static int
check_list(const struct run *r, const struct one *f, struct err *e)
{
	struct sumcheck c = {.tell = tell, .ignore_missing = r->o->ignore_missing, .no_stdin = is_stdin(f->name)};

	return sumcheck_run(&c, buf_span(&f->list), e);
}

static int
verify_one(struct run *r, struct one *f, struct err *e)
{
	struct err none = ERR_INIT;

	if (judge(r, f, e)) {
		if (command_globals.json)
			(void)print_record(f, e, &none);
		return -1;
	}
	say_refused(f);
	if (command_globals.json && print_record(f, NULL, e))
		return -1;
	if (put_out(r, f, e))
		return -1;
	log_say(r->o->files.count > 1 ? "%s: Verified OK" : "Verified OK", f->name);
	return r->o->check ? check_list(r, f, e) : 0;
}

/* --- all of them --- */

static int
verify_files(struct run *r, struct err *e)
{
	const struct opt_list *files = &r->o->files;
	struct err first = ERR_INIT;
	char text[ERR_TEXT];
	size_t failed = 0;

	for (size_t i = 0; i < files->count; i++) {
		AUTO(one) struct one f = ONE_INIT(files->items[i]);
		struct err why = ERR_INIT;

		if (verify_one(r, &f, &why) == 0)
			continue;
		if (files->count > 1)
			log_say("%s: %s", f.name, err_text(&why, text, sizeof(text)));
		if (!failed++)
			first = why;
		if (files->count > 1 && failed == 1)
			err_wrap(&first, "%s", f.name);
	}
	if (!failed)
		return 0;
	*e = first;
	return files->count > 1 ? err_wrap(e, "%zu of %zu files failed, the first", failed, files->count) : -1;
}

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
	return enter(r, e) || verify_files(r, e) ? -1 : 0;
}

static int
verify_blobs(void *args, struct err *e)
{
	const struct verify_blob *o = args;
	AUTO(policyopt_policy) struct policyopt_policy p = POLICYOPT_POLICY_INIT;
	struct run r = {.o = o, .flags = {{"signature", o->signature}, {"rfc3161-timestamp", o->stamp}},
	    .spool = BLOBFILE_SPOOL_INIT, .mode = new_mode()};
	int rc = verify_all(&r, &p, e);

	blobfile_spool_release(&r.spool);
	return rc;
}

/* Standard input alone, with nothing that would vouch for it, can only be
 * records. */
static bool
means_records(const struct verify_blob *o)
{
	return o->files.count == 1 && is_stdin(o->files.items[0]) && !o->bundles.count && !o->signature && !o->stamp &&
	    !o->check && !o->output;
}

static int
run(void *args, struct err *e)
{
	struct verify_blob *o = args;

	o->ndjson = o->ndjson || means_records(o);
	return filter_run(&((struct verify_blob *)args)->filter, verify_blobs, args, e);
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
