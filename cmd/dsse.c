/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "base/spool.h"
#include "cli/command.h"
#include "cli/prompt.h"
#include "client/keyref.h"
#include "codec/utf8.h"
#include "json/scan.h"
#include "sig/dsse.h"
#include "sig/envelope.h"
#include "sig/statement.h"

/* --- what verbs share --- */

static const char *
only_file(const struct opt_list *files)
{
	return files->count ? files->items[0] : "-";
}

/* In the error as people call it. */
static const char *
name_of(const char *file)
{
	return strcmp(file, "-") ? file : "standard input";
}

/* Types go into what is signed as they are, and into JSON. */
static int
check_type(const char *type, struct err *e)
{
	if (!*type)
		return err_set(e, REASON_USAGE, "--type is empty");
	return utf8_is_valid(span_str(type)) ? 0 : err_set(e, REASON_USAGE, "--type is not UTF-8");
}

#define TYPE_OPT(T) \
	OPT_STR(T, 0, "type", "TYPE", type, .help = "what the payload is", .def = INTOTO_PAYLOAD_TYPE)

/* --- pae --- */

struct pae {
	const char *type;
	struct opt_list files;
};

static const struct opt pae_opts[] = {
	TYPE_OPT(struct pae),
	OPT_POS(struct pae, "FILE", files, .complete = OPT_COMPLETE_FILE),
	OPT_END};

static int
open_payload(const char *file, int *fd, struct err *e)
{
	*fd = strcmp(file, "-") ? open(file, O_RDONLY | O_CLOEXEC) : fcntl(0, F_DUPFD_CLOEXEC, 3);
	if (*fd >= 0)
		return 0;
	return err_errno(e, errno == ENOENT ? REASON_NOT_FOUND : REASON_IO, "cannot open %s", name_of(file));
}

/* The length stands before the bytes, so a pipe has to be kept first: *fd
 * becomes a file that has them. */
static int
keep_pipe(int *fd, const char *name, struct err *e)
{
	int spool = -1;

	if (spool_open(&spool, e))
		return -1;
	if (file_copy_fd(*fd, name, spool, "the temporary file", e) || lseek(spool, 0, SEEK_SET) < 0) {
		close(spool);
		return -1;
	}
	close(*fd);
	*fd = spool;
	return 0;
}

static int
length_of(int *fd, const char *name, uint64_t *len, struct err *e)
{
	struct stat st;
	off_t at;

	if (fstat(*fd, &st))
		return err_errno(e, REASON_IO, "%s", name);
	if (!S_ISREG(st.st_mode) && (keep_pipe(fd, name, e) || fstat(*fd, &st)))
		return -1;
	at = lseek(*fd, 0, SEEK_CUR);
	*len = at >= 0 && at < st.st_size ? (uint64_t)(st.st_size - at) : 0;
	return 0;
}

/* Just so many bytes: what is said about their number must be true. */
static int
copy_payload(int fd, const char *name, uint64_t len, struct err *e)
{
	AUTO(charp) char *chunk = xmalloc(64 << 10);
	ssize_t n;

	while ((n = read(fd, chunk, 64 << 10)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, REASON_IO, "cannot read %s", name);
		if ((uint64_t)n > len)
			break;
		len -= (uint64_t)n;
		if (file_print(span_of(chunk, (size_t)n), e))
			return -1;
	}
	return n == 0 && len == 0 ? 0 : err_set(e, REASON_IO, "%s changed while it was read", name);
}

static int
pae_run(void *args, struct err *e)
{
	const struct pae *o = args;
	const char *file = only_file(&o->files), *name = name_of(file);
	AUTO(buf) struct buf head = BUF_INIT(BUF_TEXT_MAX);
	AUTO(fd) int fd = -1;
	uint64_t len = 0;

	if (check_type(o->type, e) || open_payload(file, &fd, e) || length_of(&fd, name, &len, e))
		return -1;
	dsse_pae_head(&head, span_str(o->type), len);
	return buf_check(&head, "the type", e) || file_print(buf_span(&head), e) || copy_payload(fd, name, len, e) ? -1 : 0;
}

static const struct command pae = {
	.name = "pae",
	.brief = "Print the bytes that are signed",
	.about = "Writes the pre-authentication encoding of the payload in FILE, of any size, or of standard input.",
	.examples = "# sign a payload with another program\n"
		"$ cosign dsse pae --type text/plain file | openssl dgst -sha256 -sign cosign.key -out file.sig\n",
	.opts = pae_opts,
	.size = sizeof(struct pae),
	.run = pae_run,
};

/* --- wrap --- */

struct wrap {
	struct prompt prompt;
	const char *type, *key;
	struct opt_list files;
};

static const struct opt wrap_opts[] = {
	TYPE_OPT(struct wrap),
	OPT_STR(struct wrap, 0, "key", "KEY", key, .help = "private key: a file or env://VARIABLE", .required = true,
	    .complete = OPT_COMPLETE_FILE),
	OPT_GROUP(struct wrap, prompt, prompt_opts),
	OPT_POS(struct wrap, "FILE", files, .complete = OPT_COMPLETE_FILE),
	OPT_END};

/* Only pure Ed25519 wants all that is signed in one place. */
static int
sign_envelope(struct signer *s, const struct envelope *v, struct buf *sig, struct err *e)
{
	AUTO(buf) struct buf whole = BUF_INIT(v->payload.len + v->payload_type.len + DSSE_PAE_EXTRA);
	unsigned char value[HASH_SIZE_MAX];

	if (s->alg->hash != HASH_NONE) {
		dsse_pae_digest(s->alg->hash, v->payload_type, v->payload, value);
		return signer_sign_digest(s, span_of(value, hash_size(s->alg->hash)), sig, e);
	}
	dsse_pae(&whole, v->payload_type, v->payload);
	return signer_sign(s, buf_span(&whole), sig, e);
}

static int
wrap_run(void *args, struct err *e)
{
	struct wrap *o = args;
	const char *file = only_file(&o->files);
	AUTO(buf) struct buf payload = BUF_INIT(STATEMENT_MAX);
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX);
	AUTO(buf) struct buf out = BUF_INIT(BUNDLE_MAX);
	AUTO(signer) struct signer s = SIGNER_INIT;
	struct envelope v = {.payload_type = span_str(o->type)};

	if (check_type(o->type, e) || file_read(file, &payload, e))
		return -1;
	o->prompt.records = strcmp(file, "-") == 0;
	(void)sandbox_enter(SANDBOX_READ, NULL, 0);
	if (keyref_signer(o->key, &s, prompt_password, &o->prompt, e))
		return -1;
	v.payload = buf_span(&payload);
	if (sign_envelope(&s, &v, &sig, e))
		return -1;
	v.sig = buf_span(&sig);
	envelope_emit(&v, &out);
	buf_add_char(&out, '\n');
	return buf_check(&out, "the envelope", e) ? -1 : file_print(buf_span(&out), e);
}

static const struct command wrap = {
	.name = "wrap",
	.brief = "Sign a payload and print its envelope",
	.about = "Takes the payload from FILE or standard input, as it is, and looks at nothing in it.",
	.examples = "$ cosign dsse wrap --type text/plain --key cosign.key file\n",
	.opts = wrap_opts,
	.size = sizeof(struct wrap),
	.run = wrap_run,
};

/* --- unwrap --- */

struct unwrap { struct opt_list files; };

static const struct opt unwrap_opts[] = {
	OPT_POS(struct unwrap, "FILE", files, .complete = OPT_COMPLETE_FILE),
	OPT_END};

static int
unwrap_bundle(struct span json, struct err *e)
{
	AUTO(bundle) struct bundle b = BUNDLE_INIT;

	if (bundle_parse_chain(&b, json, e))
		return -1;
	if (b.content != BUNDLE_DSSE)
		return err_set(e, REASON_BAD_BUNDLE, "the bundle has no envelope: it signs a file by its digest");
	return file_print(b.payload, e);
}

static int
unwrap_envelope(struct span json, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct envelope v = {0};

	return envelope_parse(&v, json, &pool, e) ? -1 : file_print(v.payload, e);
}

static int
unwrap_all(struct span text, struct err *e)
{
	struct node v;

	for (bool first = true; first || text.len; first = false) {
		if (scan_value(text, &v, &text, e) || (!first && file_print(SPAN("\n"), e)))
			return -1;
		if (bundle_is_one(v.raw) ? unwrap_bundle(v.raw, e) : unwrap_envelope(v.raw, e))
			return -1;
	}
	return 0;
}

static int
unwrap_run(void *args, struct err *e)
{
	const struct unwrap *o = args;
	const char *file = only_file(&o->files);
	AUTO(buf) struct buf text = BUF_INIT(BUNDLE_MAX);

	log_say("WARNING: nothing of this is verified");
	if (file_read(file, &text, e))
		return -1;
	(void)sandbox_enter(0, NULL, 0);
	return unwrap_all(buf_span(&text), e) ? err_wrap(e, "%s", name_of(file)) : 0;
}

static const struct command unwrap = {
	.name = "unwrap",
	.brief = "Print the payload of an envelope, unverified",
	.about = "Takes envelopes or Sigstore bundles from FILE or standard input, one or many, and prints their payloads as "
	    "they are, a newline between them. No signature is looked at.",
	.examples = "# what a bundle says, without asking whether it is true\n"
		"$ cosign dsse unwrap app.sigstore.json\n",
	.opts = unwrap_opts,
	.size = sizeof(struct unwrap),
	.run = unwrap_run,
};

static const struct command *const verbs[] = {&pae, &wrap, &unwrap, NULL};

static const struct command dsse = {
	.name = "dsse",
	.brief = "Make and open signed envelopes",
	.verbs = verbs,
	.plumbing = true,
};
COMMAND_MAIN(dsse)
