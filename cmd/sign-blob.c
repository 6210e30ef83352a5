/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "base/spool.h"
#include "cli/command.h"
#include "cli/manyfiles.h"
#include "cli/outname.h"
#include "cli/prompt.h"
#include "cli/serviceplan.h"
#include "client/keyref.h"
#include "codec/b64.h"
#include "crypto/digest_file.h"
#include "json/emit.h"
#include "net/http.h"
#include "step/witnesstext.h"

struct sign_blob {
	struct services_config config;
	struct services_urls urls;
	struct services_keyless keyless;
	struct services_tsa tsa;
	struct services_sk sk;
	struct prompt prompt;
	const char *key, *bundle, *output_signature, *output, *output_certificate;
	const char *rfc3161_timestamp, *signing_algorithm;
	bool b64, b64_given, new_bundle, yes;
	struct opt_list files;
};

static const struct opt opts[] = {
	OPT_STR(struct sign_blob, 0, "key", "KEY", key, .help = "private key: a file or env://VARIABLE",
	    .complete = OPT_COMPLETE_FILE),
	OPT_GROUP(struct sign_blob, prompt, prompt_opts),
	OPT_STR(struct sign_blob, 0, "bundle", "FILE", bundle,
	    .help = "write the bundle to this file; {} becomes the signed file's name", .complete = OPT_COMPLETE_FILE),
	OPT_FLAG(struct sign_blob, 0, "new-bundle-format", new_bundle, .def = "true",
	    .help = "write a Sigstore bundle; false: a bundle as cosign 1 and 2 wrote it, or the signature alone",
	    .gone = "Sigstore bundles are the format"),
	OPT_STR(struct sign_blob, 0, "output-signature", "FILE", output_signature,
	    .help = "write the signature to this file; {} becomes the signed file's name",
	    .complete = OPT_COMPLETE_FILE, .gone = "use --bundle"),
	OPT_STR(struct sign_blob, 0, "output", "FILE", output, .help = "the same as --output-signature",
	    .complete = OPT_COMPLETE_FILE, .excludes = "output-signature", .gone = "use --bundle"),
	OPT_STR(struct sign_blob, 0, "output-certificate", "FILE", output_certificate,
	    .help = "write the certificate or public key to this file; {} becomes the signed file's name",
	    .complete = OPT_COMPLETE_FILE, .gone = "use --bundle"),
	OPT_FLAG(struct sign_blob, 0, "b64", b64, .def = "true",
	    .help = "signature and certificate in base64; false: the signature's bytes, the certificate in PEM",
	    .gone = "use --bundle", .given_offset = offsetof(struct sign_blob, b64_given)),
	OPT_STR(struct sign_blob, 0, "rfc3161-timestamp", "FILE", rfc3161_timestamp,
	    .help = "write the timestamp to this file; {} becomes the signed file's name",
	    .complete = OPT_COMPLETE_FILE, .gone = "use --bundle"),
	OPT_STR(struct sign_blob, 0, "signing-algorithm", "NAME", signing_algorithm,
	    .help = "kind of the key that is made for one signature", .def = "ecdsa-sha2-256-nistp256",
	    .hints = "ecdsa-sha2-256-nistp256|ecdsa-sha2-384-nistp384|ecdsa-sha2-512-nistp521|"
		     "rsa-sign-pkcs1-2048-sha256|rsa-sign-pkcs1-3072-sha256|rsa-sign-pkcs1-4096-sha256"),
	OPT_FLAG(struct sign_blob, 'y', "yes", yes, .help = "answer yes to every question"),
	OPT_GROUP(struct sign_blob, config, services_config),
	OPT_GROUP(struct sign_blob, urls, services_urls),
	OPT_GROUP(struct sign_blob, keyless, services_keyless),
	OPT_GROUP(struct sign_blob, tsa, services_tsa),
	OPT_GROUP(struct sign_blob, sk, services_sk),
	OPT_POS(struct sign_blob, "FILE", files, .min = 1, .many = true, .complete = OPT_COMPLETE_FILE),
	OPT_END};

enum { OUT_BUNDLE, OUT_SIGNATURE, OUT_CERTIFICATE, OUT_TIMESTAMP, OUTS };

/* What all signatures of the call share. */
struct run {
	const struct sign_blob *opt;
	struct outname outs[OUTS];	/* what is written for each file */
	bool bundle;	/* a Sigstore bundle is made */
	bool bare;	/* the signature goes to standard output */
	bool pure;	/* signed as it is, not by a hash: Ed25519 in the legacy forms */
	const struct alg *alg;
	struct signer signer;
	struct serviceplan services;
	struct span hint, public_key;	/* of a key that is at hand */
	struct pool pool;
};

/* One file's. */
struct made {
	const char *file;
	int fd;
	struct digest_file digest;
	const struct alg *alg;
	struct buf sig, bundle;
	struct witness witness;
	struct pool pool;
};
#define MADE_INIT(name) {.file = (name), .fd = -1, .sig = BUF_INIT(BUF_TEXT_MAX), .bundle = BUF_INIT(BUF_BIG_MAX)}

static void *
made_new(void *ctx, const char *file)
{
	const struct run *r = ctx;
	struct made *m = xmalloc(sizeof(*m));

	*m = (struct made)MADE_INIT(file);
	m->alg = r->alg;
	return m;
}

static void
made_free(void *made)
{
	struct made *m = made;

	fd_cleanup(&m->fd);
	buf_release(&m->sig);
	buf_release(&m->bundle);
	pool_release(&m->pool);
	free(m);
}

/* --- what was asked for --- */

static bool
is_stdin(const char *file)
{
	return strcmp(file, "-") == 0;
}

static size_t
count_stdin(const struct opt_list *files)
{
	size_t n = 0;

	for (size_t i = 0; i < files->count; i++)
		n += is_stdin(files->items[i]);
	return n;
}

/* Whether signature or key are wanted outside of a bundle. */
static bool
names_other(const struct sign_blob *o)
{
	return o->output_signature || o->output || o->output_certificate || o->rfc3161_timestamp || o->b64_given;
}

static void
find_outputs(struct run *r)
{
	const struct sign_blob *o = r->opt;

	r->outs[OUT_BUNDLE] = (struct outname){"bundle", o->bundle};
	r->outs[OUT_SIGNATURE] = o->output ? (struct outname){"output", o->output}
					   : (struct outname){"output-signature", o->output_signature};
	r->outs[OUT_CERTIFICATE] = (struct outname){"output-certificate", o->output_certificate};
	r->outs[OUT_TIMESTAMP] = (struct outname){"rfc3161-timestamp", o->rfc3161_timestamp};
	r->bundle = o->new_bundle && (o->bundle || (command_globals.json && !names_other(o)));
	r->bare = !command_globals.json && !r->outs[OUT_SIGNATURE].path &&
	    (!o->new_bundle || !o->bundle || o->b64_given);
}

/* Upstream's words. Who names another output asks for the legacy form. */
static int
check_bundle(const struct sign_blob *o, struct err *e)
{
	if (o->bundle || !o->new_bundle || names_other(o) || command_globals.json)
		return 0;
	err_set(e, REASON_USAGE, "must specify --bundle with --new-bundle-format");
	return err_hint(e, "pass --bundle FILE, or --output-signature FILE for the signature alone");
}

/* Every name before the first signature. */
static int
check_flags(const struct run *r, struct err *e)
{
	const struct opt_list *files = &r->opt->files;

	if (check_bundle(r->opt, e))
		return -1;
	if (count_stdin(files) > 1)
		return err_set(e, REASON_USAGE, "- is standard input, which is there once");
	return outname_check(r->outs, OUTS, files, e);
}

/* --- signing --- */

static int
open_file(const char *file, int *fd, struct err *e)
{
	*fd = is_stdin(file) ? fcntl(0, F_DUPFD_CLOEXEC, 3) : open(file, O_RDONLY | O_CLOEXEC);
	if (*fd >= 0)
		return 0;
	return err_errno(e, errno == ENOENT ? REASON_NOT_FOUND : REASON_IO, "cannot open %s", file);
}

/* Pure Ed25519 needs what it signs twice, and the same both times: a copy that
 * nobody else can write to. */
static int
copy_pure(struct made *m, struct err *e)
{
	AUTO(fd) int spool = -1;
	struct sink_fd copy;
	int file = m->fd;

	if (spool_open(&spool, e))
		return -1;
	sink_fd_init(&copy, spool, "the temporary file");
	if (digest_file_fd(&m->digest, file, m->file, command_globals.json ? 1U << HASH_SHA256 : 0, &copy.sink, e))
		return -1;
	m->fd = spool;
	spool = file;
	return 0;
}

static int
read_file(struct run *r, struct made *m, struct err *e)
{
	if (open_file(m->file, &m->fd, e))
		return -1;
	return r->pure ? copy_pure(m, e) : digest_file_fd(&m->digest, m->fd, m->file, 1U << m->alg->hash, NULL, e);
}

struct item { struct run *run; struct made *made; };

static int
sign_made(void *ctx, struct signer *s, struct err *e)
{
	struct made *m = ((struct item *)ctx)->made;

	buf_reset(&m->sig);
	if (((struct item *)ctx)->run->pure)
		return signer_sign_pure(s, m->fd, "the temporary file", &m->sig, e);
	return signer_sign_digest(s, digest_file_span(&m->digest, m->alg->hash), &m->sig, e);
}

static int
describe_made(void *ctx, struct witness_content *c, struct err *e)
{
	const struct item *it = ctx;

	(void)e;
	c->what = (struct logbody_subject){.sig = buf_span(&it->made->sig), .hash = it->made->alg->hash,
	    .digest = digest_file_span(&it->made->digest, it->made->alg->hash), .legacy = !it->run->bundle};
	return 0;
}

static int
sign_file(struct run *r, struct made *m, struct err *e)
{
	struct item ctx = {r, m};
	struct sealer_item it = {sign_made, describe_made, &ctx};

	return read_file(r, m, e) || sealer_seal(&r->services.sealer, &it, &m->witness, &m->pool, e) ? -1 : 0;
}

/* protobuf's HashAlgorithm. */
static const char *
hash_enum(enum hash h)
{
	return h == HASH_SHA512 ? "SHA2_512" : h == HASH_SHA384 ? "SHA2_384" : "SHA2_256";
}

static void
pack(const struct run *r, struct made *m)
{
	struct bundle b = {.minor = 3, .key = BUNDLE_KEY_HINT, .hint = r->hint, .content = BUNDLE_MESSAGE,
	    .digest_alg = span_str(hash_enum(m->alg->hash)), .digest = digest_file_span(&m->digest, m->alg->hash),
	    .sig = buf_span(&m->sig)};
	struct oldbundle old = {.sig = buf_span(&m->sig), .cert_pem = witnesstext_certificate(&m->witness, &m->pool),
	    .log = witnesstext_log(&m->witness, &m->pool)};

	if (!m->witness.cert.len)
		old.key_pem = r->public_key;
	witness_put(&m->witness, &b);
	if (r->bundle)
		bundle_emit(&b, &m->bundle);
	else
		oldbundle_emit(&old, &m->bundle);
}

/* What is about to be written, as a verifier will see it. */
static int
check(struct run *r, struct made *m, struct err *e)
{
	AUTO(material) struct material as_read = MATERIAL_INIT;
	struct target t = {.image = SPAN_NONE};

	if (!witness_plan_asks(&r->services.plan))
		return 0;
	if (r->bundle ? material_from_bundle(&as_read, buf_span(&m->bundle), false, e)
		      : material_from_old_bundle(&as_read, buf_span(&m->bundle), e))
		return -1;
	if (!r->bundle)
		as_read.stamp = witnesstext_stamp(&m->witness, &m->pool);
	t.digest[m->alg->hash] = digest_file_span(&m->digest, m->alg->hash);
	return witness_check(&r->services.plan, &as_read, &t, r->services.sealer.signer ? &r->signer.pub : NULL, e);
}

/* --- where it goes --- */

/* Base64 unless told otherwise. */
static void
encode(const struct run *r, struct span bytes, struct buf *out)
{
	if (r->opt->b64)
		b64_encode(out, bytes, B64_STD);
	else
		buf_add_span(out, bytes);
}

static int
write_all(const struct run *r, struct made *m, struct err *e)
{
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX), key = BUF_INIT(BUF_TEXT_MAX);
	struct span cert = witnesstext_certificate(&m->witness, &m->pool), stamp = witnesstext_stamp(&m->witness, &m->pool);

	encode(r, buf_span(&m->sig), &sig);
	encode(r, cert.ptr ? cert : r->public_key, &key);
	if (outname_write(&r->outs[OUT_BUNDLE], m->file, "Wrote bundle to file", buf_span(&m->bundle), e) ||
	    outname_write(&r->outs[OUT_SIGNATURE], m->file, "Wrote signature to file", buf_span(&sig), e) ||
	    outname_write(&r->outs[OUT_CERTIFICATE], m->file, cert.ptr ? "Wrote certificate to file" : "Wrote public key to file",
		buf_span(&key), e) ||
	    (stamp.ptr && outname_write(&r->outs[OUT_TIMESTAMP], m->file, "Wrote timestamp to file", stamp, e)))
		return -1;
	if (!r->bare)
		return 0;
	fwrite(sig.ptr, 1, sig.len, stdout);
	if (r->opt->b64)
		putchar('\n');
	return 0;
}

static int
print_record(const struct run *r, struct made *m, struct err *e)
{
	enum hash hash = r->pure ? HASH_SHA256 : m->alg->hash;
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	char digest[DIGEST_TEXT_MAX];
	struct emit j;

	emit_init(&j, &out);
	emit_object(&j);
	emit_kstr(&j, "type", "cosign.blob-signature/1");
	emit_kstr(&j, "file", m->file);
	emit_kstr(&j, "digest", digest_text(hash, m->digest.value[hash], digest));
	emit_kint(&j, "size", (int64_t)m->digest.size);
	emit_kstr(&j, "form", r->bundle ? "bundle" : "legacy");
	emit_kstr(&j, "algorithm", m->alg->name);
	emit_key(&j, "signature");
	emit_base64(&j, buf_span(&m->sig));
	if (m->witness.cert.len) {
		emit_kspan(&j, "certificate", witnesstext_certificate(&m->witness, &m->pool));
	} else {
		emit_kspan(&j, "hint", r->hint);
		emit_kspan(&j, "publicKey", r->public_key);
	}
	if (r->bundle) {
		emit_key(&j, "bundle");
		emit_raw(&j, buf_span(&m->bundle));
	}
	emit_object_end(&j);
	buf_add_char(&out, '\n');
	if (buf_check(&out, "the record", e))
		return -1;
	fwrite(out.ptr, 1, out.len, stdout);
	return 0;
}

static int
sign_one(void *ctx, void *made, struct err *e)
{
	struct made *m = made;
	struct run *r = ctx;

	if (!is_stdin(m->file))
		log_say("Using payload from: %s", m->file);
	if (sign_file(r, m, e))
		return -1;
	pack(r, m);
	return buf_check(&m->bundle, "the bundle", e) || check(r, m, e) ? -1 : 0;
}

/* Signatures without names mean files by their order. */
static int
keep_one(void *ctx, void *made, bool late, struct err *e)
{
	struct made *m = made;
	const struct run *r = ctx;

	if (late && r->bare)
		return 0;
	if (write_all(r, m, e))
		return -1;
	return command_globals.json ? print_record(r, m, e) : 0;
}

/* Ed25519 signs the file's hash in Sigstore bundles, which name the hash, and in
 * logs; in the forms of before the file itself, as their readers want it. */
static int
choose_algorithm(struct run *r, struct err *e)
{
	bool asks = serviceplan_asks(&r->services);

	r->pure = r->opt->key && *r->opt->key && r->signer.pub.type == KEY_ED25519 && !r->bundle && !asks;
	if (r->opt->key && *r->opt->key && r->signer.pub.type == KEY_ED25519 && !r->pure)
		r->signer.alg = alg_find(SPAN("ed25519-ph"));
	r->alg = r->opt->key && *r->opt->key ? r->signer.alg : r->services.keyless.alg;
	if (r->bundle || !asks || r->alg->hash == HASH_SHA256)
		return 0;
	err_set(e, REASON_UNSUPPORTED, "certificates, logs and timestamps of the forms of before go with SHA-256 alone");
	err_found(e, "%s", r->alg->name);
	return err_hint(e, "leave out --new-bundle-format=false, and pass --bundle FILE");
}

/* Of --signing-algorithm. */
static int
find_algorithm(struct run *r, struct err *e)
{
	const struct alg *alg = alg_find(span_str(r->opt->signing_algorithm));

	if (alg && alg->padding != PADDING_PSS && alg->type != KEY_ED25519) {
		r->services.keyless.alg = alg;
		return 0;
	}
	err_set(e, REASON_USAGE, "--signing-algorithm %s: no such algorithm", r->opt->signing_algorithm);
	return err_expected(e, "ecdsa-sha2-256-nistp256, ecdsa-sha2-384-nistp384, ecdsa-sha2-512-nistp521, or "
	    "rsa-sign-pkcs1-2048-sha256, -3072- or -4096-");
}

static int
open_key(struct run *r, struct err *e)
{
	struct prompt prompt = r->opt->prompt;
	AUTO(buf) struct buf text = BUF_INIT(PUBKEY_FILE_MAX);

	if (!r->opt->key || !*r->opt->key)
		return 0;
	prompt.records = count_stdin(&r->opt->files) > 0;
	if (keyref_signer(r->opt->key, &r->signer, prompt_password, &prompt, e))
		return -1;
	pubkey_hint(&r->signer.pub, &text);
	r->hint = pool_span(&r->pool, buf_span(&text));
	buf_reset(&text);
	pubkey_emit_pem(&r->signer.pub, &text);
	r->public_key = pool_span(&r->pool, buf_span(&text));
	return 0;
}

/* Services first, which may need programs and files; then the sandbox; then the
 * key. */
static int
set_up(struct run *r, struct err *e)
{
	const struct sign_blob *o = r->opt;
	struct serviceplan_args a = {.config = &o->config, .urls = &o->urls, .tsa = &o->tsa, .keyless = &o->keyless,
	    .key = o->key, .legacy = !r->bundle, .stdin_is_taken = count_stdin(&o->files) > 0, .yes = o->yes};

	if (find_algorithm(r, e) || serviceplan_make(&r->services, &a, e))
		return -1;
	if (http_confine(serviceplan_asks(&r->services), SANDBOX_READ | SANDBOX_WRITE, NULL, 0, e) || open_key(r, e) ||
	    choose_algorithm(r, e))
		return -1;
	if (o->rfc3161_timestamp && !r->services.plan.stamper_count)
		log_warn("--rfc3161-timestamp: no timestamp authority is asked, and nothing is written");
	return serviceplan_sealer(&r->services, o->key && *o->key ? &r->signer : NULL, e);
}

static int
sign_all(struct run *r, struct err *e)
{
	struct manyfiles m = {.ctx = r, .names = &r->opt->files, .begin = made_new, .work = sign_one, .deliver = keep_one,
	    .end = made_free};

	find_outputs(r);
	if (check_flags(r, e) || set_up(r, e))
		return -1;
	m.running = serviceplan_asks(&r->services) ? WITNESS_RUNNING : 1;
	return manyfiles_run(&m, e);
}

static int
run(void *args, struct err *e)
{
	struct run r = {.opt = args, .signer = SIGNER_INIT, .services = SERVICEPLAN_INIT, .pool = POOL_INIT};
	int status = sign_all(&r, e);

	serviceplan_release(&r.services);
	signer_release(&r.signer);
	pool_release(&r.pool);
	return status;
}

static const char examples[] =
	"# sign a file with an identity, asking the services of a signing config\n"
	"$ cosign sign-blob --signing-config signing_config.json --trusted-root trusted_root.json "
	"--identity-token token --bundle file.sigstore.json file\n"
	"# sign a file with a key, without log and timestamp\n"
	"$ cosign sign-blob --key cosign.key --tlog-upload=false --bundle file.sigstore.json file\n"
	"# several files with one opening of the key, a bundle beside each\n"
	"$ cosign sign-blob --key cosign.key --tlog-upload=false --bundle '{}.sigstore.json' file payload.json\n"
	"# the signature alone, in base64\n"
	"$ cosign sign-blob --key cosign.key --tlog-upload=false --output-signature file.sig file\n"
	"# what a program writes\n"
	"$ tar -c image | cosign sign-blob --key cosign.key --tlog-upload=false --bundle image.sigstore.json -\n";

static const struct command sign_blob = {
	.name = "sign-blob",
	.brief = "Sign files",
	.about = "Signs each file, with a key or with an identity, and writes a bundle for it. - is standard input. With --json a record is printed for each "
	    "file, with its bundle in it.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct sign_blob),
	.run = run,
};
COMMAND_MAIN(sign_blob)
