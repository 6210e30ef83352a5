/* SPDX-License-Identifier: Apache-2.0 */
#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "cli/claims.h"
#include "cli/command.h"
#include "cli/manyfiles.h"
#include "cli/outname.h"
#include "cli/prompt.h"
#include "cli/serviceplan.h"
#include "client/evidence.h"
#include "client/keyref.h"
#include "codec/hex.h"
#include "crypto/digest_file.h"
#include "net/http.h"
#include "sig/envelope.h"
#include "sig/oldbundle.h"
#include "step/witnesstext.h"
#include "step/workwitness.h"

struct attest_blob {
	struct services_config config;
	struct services_urls urls;
	struct services_keyless keyless;
	struct services_tsa tsa;
	struct services_sk sk;
	struct prompt prompt;
	struct claims_args claims;
	const char *key, *bundle, *hash, *output_signature, *output_attestation, *output_certificate;
	const char *rfc3161_timestamp, *rekor_entry_type;
	bool new_bundle, yes;
	struct opt_list files;
};

static const struct opt opts[] = {
	OPT_STR(struct attest_blob, 0, "key", "KEY", key, .help = "private key: a file or env://VARIABLE",
	    .complete = OPT_COMPLETE_FILE),
	OPT_GROUP(struct attest_blob, prompt, prompt_opts),
	OPT_GROUP(struct attest_blob, claims, claims_opts),
	OPT_STR(struct attest_blob, 0, "hash", "HEX", hash, .help = "SHA-256 of FILE, which is not read then"),
	OPT_STR(struct attest_blob, 0, "bundle", "FILE", bundle,
	    .help = "write the bundle to this file; {} becomes the attested file's name", .complete = OPT_COMPLETE_FILE),
	OPT_FLAG(struct attest_blob, 0, "new-bundle-format", new_bundle, .def = "true",
	    .help = "write a Sigstore bundle; false: a bundle as cosign 1 and 2 wrote it, or the envelope alone",
	    .gone = "Sigstore bundles are the format"),
	OPT_STR(struct attest_blob, 0, "output-signature", "FILE", output_signature,
	    .help = "write the envelope to this file; {} becomes the attested file's name",
	    .complete = OPT_COMPLETE_FILE, .gone = "use --bundle"),
	OPT_STR(struct attest_blob, 0, "output-attestation", "FILE", output_attestation,
	    .help = "write the statement to this file; {} becomes the attested file's name",
	    .complete = OPT_COMPLETE_FILE, .gone = "use --bundle"),
	OPT_STR(struct attest_blob, 0, "output-certificate", "FILE", output_certificate,
	    .help = "write the certificate or public key to this file; {} becomes the attested file's name",
	    .complete = OPT_COMPLETE_FILE, .gone = "use --bundle"),
	OPT_STR(struct attest_blob, 0, "rfc3161-timestamp-bundle", "FILE", rfc3161_timestamp,
	    .help = "write the timestamp to this file; {} becomes the attested file's name",
	    .complete = OPT_COMPLETE_FILE, .gone = "use --bundle"),
	OPT_STR(struct attest_blob, 0, "rekor-entry-type", "KIND", rekor_entry_type,
	    .help = "kind of the log entry", .def = "dsse", .words = "dsse|intoto", .gone = "the log decides"),
	OPT_FLAG(struct attest_blob, 'y', "yes", yes, .help = "answer yes to every question"),
	OPT_GROUP(struct attest_blob, config, services_config),
	OPT_GROUP(struct attest_blob, urls, services_urls),
	OPT_GROUP(struct attest_blob, keyless, services_keyless),
	OPT_GROUP(struct attest_blob, tsa, services_tsa),
	OPT_GROUP(struct attest_blob, sk, services_sk),
	OPT_POS(struct attest_blob, "FILE", files, .many = true, .complete = OPT_COMPLETE_FILE),
	OPT_END};

/* Of statements past this, one is at work at a time. */
enum { LARGE = 4 << 20 };
enum { OLD_MAX = (BUNDLE_MAX - (64 << 10)) / 4 * 3 };
enum { OUT_BUNDLE, OUT_SIGNATURE, OUT_ATTESTATION, OUT_CERTIFICATE, OUT_TIMESTAMP, OUTS };

/* What all attestations of the call share. */
struct run {
	const struct attest_blob *opt;
	struct outname outs[OUTS];	/* what is written for each file */
	bool bundle;	/* a Sigstore bundle is made */
	bool bare;	/* the envelope goes to standard output */
	struct signer signer;
	struct serviceplan services;
	struct claims claims;
	size_t max;
	struct pool pool;
};

/* One file's. */
struct made {
	const char *file;	/* NULL: a statement without one */
	struct digest_file digest;
	struct work work;
	struct buf statement, old;
};

static void *
made_new(void *ctx, const char *file)
{
	struct made *m = xmalloc(sizeof(*m));

	(void)ctx;
	*m = (struct made){.file = file, .work = WORK_INIT, .statement = BUF_INIT(STATEMENT_MAX),
	    .old = BUF_INIT(2 * (size_t)WORK_MAX)};
	return m;
}

static void
made_free(void *made)
{
	struct made *m = made;

	work_release(&m->work);
	buf_release(&m->statement);
	buf_release(&m->old);
	free(m);
}

/* --- what was asked for --- */

/* Otherwise an identity signs. */
static bool
has_key(const struct attest_blob *o)
{
	return o->key && *o->key;
}

static bool
names_other(const struct attest_blob *o)
{
	return o->output_signature || o->output_attestation || o->output_certificate || o->rfc3161_timestamp;
}

static void
find_outputs(struct run *r)
{
	const struct attest_blob *o = r->opt;

	r->outs[OUT_BUNDLE] = (struct outname){"bundle", o->bundle};
	r->outs[OUT_SIGNATURE] = (struct outname){"output-signature", o->output_signature};
	r->outs[OUT_ATTESTATION] = (struct outname){"output-attestation", o->output_attestation};
	r->outs[OUT_CERTIFICATE] = (struct outname){"output-certificate", o->output_certificate};
	r->outs[OUT_TIMESTAMP] = (struct outname){"rfc3161-timestamp-bundle", o->rfc3161_timestamp};
	r->bundle = o->new_bundle && (o->bundle || (command_globals.json && !names_other(o)));
	r->bare = !command_globals.json && !o->output_signature && !(o->new_bundle && (o->bundle || names_other(o)));
}

static size_t
count_stdin(const struct attest_blob *o)
{
	size_t n = claims_use_stdin(&o->claims);

	for (size_t i = 0; i < o->files.count && !o->hash; i++)
		n += strcmp(o->files.items[i], "-") == 0;
	return n;
}

/* Which files there may be. */
static int
check_files(const struct attest_blob *o, struct err *e)
{
	const struct claims_args *c = &o->claims;

	if (c->predicates.count > 1 || c->statements.count > 1)
		return err_set(e, REASON_USAGE, "one --predicate or --statement at a time");
	if (o->files.count == 0 && !c->statements.count && !o->hash) {
		err_set(e, REASON_USAGE, "no FILE to attest something about");
		return err_hint(e, "name it, or pass --hash HEX, or a whole --statement");
	}
	if (o->hash && o->files.count > 1)
		return err_set(e, REASON_USAGE, "--hash is of one FILE");
	if (count_stdin(o) > 1)
		return err_set(e, REASON_USAGE, "- is standard input, which is there once");
	return 0;
}

static int
check_hash(const char *hash, struct err *e)
{
	unsigned char bytes[32];

	if (!hash || hex_decode(bytes, sizeof(bytes), span_str(hash)))
		return 0;
	err_set(e, REASON_BAD_DIGEST, "--hash");
	err_expected(e, "64 hexadecimal digits");
	return err_found(e, "'%s'", hash);
}

/* Upstream's words. Who names another output asks for the legacy form. */
static int
check_bundle(const struct attest_blob *o, struct err *e)
{
	if (o->bundle || !o->new_bundle || names_other(o) || command_globals.json)
		return 0;
	err_set(e, REASON_USAGE, "must specify --bundle with --new-bundle-format");
	return err_hint(e, "pass --bundle FILE, or --output-signature FILE for the envelope alone");
}

static int
check_flags(const struct run *r, struct err *e)
{
	const struct attest_blob *o = r->opt;

	if (claims_check(&o->claims, true, e) || check_files(o, e) ||
	    check_hash(o->hash, e) || check_bundle(o, e))
		return -1;
	return outname_check(r->outs, OUTS, &o->files, e);
}

/* --- attesting --- */

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static int
hash_file(const struct run *r, struct made *m, struct err *e)
{
	unsigned hashes = 1U << HASH_SHA256;

	if (r->opt->hash)
		return hex_decode(m->digest.value[HASH_SHA256], 32, span_str(r->opt->hash)) ? 0 :
		    err_set(e, REASON_BAD_DIGEST, "--hash");
	if (!m->file)
		return 0;
	if (r->claims.items[0].whole)
		hashes |= 1U << HASH_SHA384 | 1U << HASH_SHA512;
	return digest_file_path(&m->digest, m->file, hashes, NULL, e);
}

/* A statement without a file is about whatever it says. */
static int
check_statement(const struct run *r, const struct made *m, struct err *e)
{
	struct span digests[DIGEST_FILE_HASHES] = {{NULL, 0}};
	const struct claim *c = &r->claims.items[0];

	if (!m->file && !r->opt->hash)
		return 0;
	for (int h = HASH_SHA256; h <= (r->opt->hash ? HASH_SHA256 : HASH_SHA512); h++)
		digests[h] = digest_file_span(&m->digest, (enum hash)h);
	return statement_find_file(&c->statement, digests, r->opt->hash != NULL, e) ? 0 : -1;
}

static int
compose(const struct run *r, struct made *m, struct err *e)
{
	struct claim *c = &r->claims.items[0];
	/* An old bundle has the envelope in base64 once more. */
	size_t max = !r->bundle && r->opt->bundle && r->max > OLD_MAX ? OLD_MAX : r->max;
	char digest[DIGEST_TEXT_MAX];
	struct predicate_about about = {.when = date_created()};

	about.name = span_str(m->file ? base_name(m->file) : ".");
	about.digest = span_str(digest_text(HASH_SHA256, m->digest.value[HASH_SHA256], digest));
	if (!c->whole)
		return claims_compose(c, &about, max, &m->statement, &m->work.payload, e);
	m->work.payload = buf_span(&c->bytes);
	return check_statement(r, m, e);
}

static int
seal(struct run *r, struct made *m, struct err *e)
{
	struct work *w = &m->work;

	w->form = r->bundle ? FORM_BUNDLE : FORM_LEGACY;
	w->payload_type = SPAN(INTOTO_PAYLOAD_TYPE);
	w->predicate_type = r->claims.items[0].uri;
	log_say("Signing artifact...");
	if (has_key(r->opt) && workwitness_choose(&r->signer, &r->services.plan, w, e))
		return -1;
	return workwitness_seal(w, &r->services.sealer, e);
}

/* --- where it goes --- */

/* The forms of before have the envelope where a signature stands. */
static int
pack_old(const struct run *r, struct made *m, struct err *e)
{
	struct oldbundle old = {.sig = m->work.envelope, .cert_pem = witnesstext_certificate(&m->work.witness, &m->work.pool),
	    .log = witnesstext_log(&m->work.witness, &m->work.pool)};

	if (r->bundle || !r->opt->bundle)
		return 0;
	if (!old.cert_pem.ptr)
		old.key_pem = m->work.public_key;
	oldbundle_emit(&old, &m->old);
	return buf_check(&m->old, "the bundle", e);
}

/* The envelope is wanted beside a bundle too, of the same signature. */
static int
pack_envelope(const struct run *r, struct made *m, struct buf *out, struct err *e)
{
	struct envelope v = {.payload = m->work.payload, .payload_type = m->work.payload_type, .sig = m->work.signature};

	if (!r->bundle || !r->opt->output_signature)
		return 0;
	envelope_emit(&v, out);
	m->work.envelope = buf_span(out);
	return buf_check(out, "the envelope", e);
}

static int
write_all(const struct run *r, struct made *m, struct err *e)
{
	AUTO(buf) struct buf envelope = BUF_INIT(WORK_MAX);
	struct work *w = &m->work;
	struct span pem = witnesstext_certificate(&w->witness, &w->pool), stamp = witnesstext_stamp(&w->witness, &w->pool);

	const char *name = m->file ? m->file : "-";

	if (pack_old(r, m, e) || pack_envelope(r, m, &envelope, e) ||
	    outname_write(&r->outs[OUT_BUNDLE], name, "Wrote bundle to file", r->bundle ? w->bundle : buf_span(&m->old), e) ||
	    outname_write(&r->outs[OUT_SIGNATURE], name, "Signature written in", w->envelope, e) ||
	    outname_write(&r->outs[OUT_ATTESTATION], name, "Attestation written in", w->payload, e) ||
	    outname_write(&r->outs[OUT_CERTIFICATE], name, pem.ptr ? "Certificate written in" : "Public key written in",
		pem.ptr ? pem : w->public_key, e) ||
	    (stamp.ptr && outname_write(&r->outs[OUT_TIMESTAMP], name, "Timestamp written in", stamp, e)))
		return -1;
	if (!r->bare)
		return 0;
	return file_print(w->envelope, e) || file_print(SPAN("\n"), e) ? -1 : 0;
}

static int
print_record(const struct run *r, struct made *m, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(2 * (size_t)WORK_MAX);
	struct work *w = &m->work;
	char digest[DIGEST_TEXT_MAX];
	struct emit j;

	emit_init(&j, &out);
	emit_object(&j);
	emit_kstr(&j, "type", "cosign.blob-attestation/1");
	if (m->file)
		emit_kstr(&j, "file", m->file);
	if (m->file || r->opt->hash)
		emit_kstr(&j, "digest", digest_text(HASH_SHA256, m->digest.value[HASH_SHA256], digest));
	emit_kspan(&j, "predicateType", w->predicate_type);
	emit_kstr(&j, "form", r->bundle ? "bundle" : "legacy");
	if (w->witness.cert.len) {
		emit_kstr(&j, "algorithm", r->services.keyless.signer->alg->name);
		emit_kspan(&j, "certificate", witnesstext_certificate(&w->witness, &w->pool));
	} else {
		emit_kstr(&j, "algorithm", r->signer.alg->name);
		emit_kspan(&j, "hint", w->hint);
		emit_kspan(&j, "publicKey", w->public_key);
	}
	emit_key(&j, r->bundle ? "bundle" : "envelope");
	emit_raw(&j, r->bundle ? w->bundle : w->envelope);
	emit_object_end(&j);
	buf_add_char(&out, '\n');
	return buf_check(&out, "the record", e) ? -1 : file_print(buf_span(&out), e);
}

static int
attest_one(void *ctx, void *made, struct err *e)
{
	return hash_file(ctx, made, e) || compose(ctx, made, e) || seal(ctx, made, e) ? -1 : 0;
}

/* Envelopes without names mean files by their order. */
static int
keep_one(void *ctx, void *made, bool late, struct err *e)
{
	const struct run *r = ctx;

	if (late && r->bare)
		return 0;
	if (write_all(r, made, e))
		return -1;
	return command_globals.json ? print_record(r, made, e) : 0;
}

static int
attest_nothing(struct run *r, struct err *e)
{
	struct made *m = made_new(r, NULL);
	int rc = attest_one(r, m, e) || keep_one(r, m, false, e) ? -1 : 0;

	made_free(m);
	return rc;
}

/* Services first, which may need programs and files; then the sandbox; then the
 * key. */
static int
set_up(struct run *r, struct err *e)
{
	const struct attest_blob *o = r->opt;
	struct prompt prompt = o->prompt;
	struct serviceplan_args a = {.config = &o->config, .urls = &o->urls, .tsa = &o->tsa, .keyless = &o->keyless,
	    .key = o->key, .legacy = !r->bundle, .stdin_is_taken = count_stdin(o) > 0, .yes = o->yes};

	if (serviceplan_make(&r->services, &a, e))
		return -1;
	r->services.plan.intoto = strcmp(o->rekor_entry_type, "intoto") == 0;
	prompt.records = count_stdin(o) > 0;
	if (http_confine(serviceplan_asks(&r->services), SANDBOX_READ | SANDBOX_WRITE, NULL, 0, e) ||
	    (has_key(o) && keyref_signer(o->key, &r->signer, prompt_password, &prompt, e)))
		return -1;
	if (o->rfc3161_timestamp && !r->services.plan.stamper_count)
		log_warn("--rfc3161-timestamp-bundle: no timestamp authority is asked, and nothing is written");
	return serviceplan_sealer(&r->services, has_key(o) ? &r->signer : NULL, e);
}

static int
attest_all(struct run *r, struct err *e)
{
	struct manyfiles m = {.ctx = r, .names = &r->opt->files, .begin = made_new, .work = attest_one, .deliver = keep_one,
	    .end = made_free};

	find_outputs(r);
	if (check_flags(r, e) || evidence_max_size(&r->max, e) || claims_read(&r->claims, &r->opt->claims, e) ||
	    set_up(r, e))
		return -1;
	if (m.names->count == 0)
		return attest_nothing(r, e);
	m.running = serviceplan_asks(&r->services) && r->claims.size <= LARGE ? WITNESS_RUNNING : 1;
	return manyfiles_run(&m, e);
}

static int
run(void *args, struct err *e)
{
	struct run r = {.opt = args, .signer = SIGNER_INIT, .services = SERVICEPLAN_INIT, .claims = CLAIMS_INIT, .pool = POOL_INIT};
	int status = attest_all(&r, e);

	serviceplan_release(&r.services);
	signer_release(&r.signer);
	claims_release(&r.claims);
	pool_release(&r.pool);
	return status;
}

static const char examples[] =
	"# attest an SBOM of a file with an identity, asking the services of a signing config\n"
	"$ cosign attest-blob --signing-config signing_config.json --trusted-root trusted_root.json --identity-token token "
	"--type spdxjson --predicate sbom.spdx.json --bundle file.sigstore.json file\n"
	"# attest an SBOM of a file with a key, without log and timestamp\n"
	"$ cosign attest-blob --key cosign.key --tlog-upload=false --type spdxjson --predicate sbom.spdx.json "
	"--bundle file.sigstore.json file\n"
	"# the same of a file that is elsewhere\n"
	"$ cosign attest-blob --key cosign.key --tlog-upload=false --type spdxjson --predicate sbom.spdx.json "
	"--bundle file.sigstore.json --hash \"$(sha256sum <file | cut -d ' ' -f 1)\" file\n"
	"# the envelope alone, on standard output\n"
	"$ cosign attest-blob --key cosign.key --tlog-upload=false --new-bundle-format=false --predicate payload.json file\n";

static const struct command attest_blob = {
	.name = "attest-blob",
	.brief = "Attest something about files",
	.about = "Signs a statement about each file, by its SHA-256, and writes a bundle for it. - is standard input. With "
	    "--json a record is printed for each file, with its bundle in it.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct attest_blob),
	.run = run,
};
COMMAND_MAIN(attest_blob)
