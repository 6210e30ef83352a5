/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "base/env.h"
#include "base/file.h"
#include "base/log.h"
#include "base/spool.h"
#include "cli/command.h"
#include "cli/groups.h"
#include "client/confine.h"
#include "client/evidence.h"
#include "crypto/digest_file.h"
#include "sig/logset.h"
#include "sig/stampfile.h"
#include "step/attach.h"
#include "step/stage.h"

/* --- what verbs share --- */

struct run {
	struct store store;
	size_t max;		/* bytes of an attachment that can be read again */
	bool docker_types;
	struct pool pool;
};
#define RUN_INIT {.pool = POOL_INIT}

/* After the files were read, and before anything in them is looked at. */
static int
set_up(struct run *r, const struct registry_options *o, const struct opt_list *images, struct err *e)
{
	struct confine c = {.store = &r->store, .images = images->items, .count = images->count, .writes = true};

	r->docker_types = env_get_bool("COSIGN_DOCKER_MEDIA_TYPES");
	return store_init(&r->store, o, &r->pool, e) || confine(&c, e) ? -1 : 0;
}

/* --- the image --- */

static int
find(struct run *r, const char *image, struct subject *out, struct err *e)
{
	struct ref ref;

	if (store_ref(image, false, &ref, &r->pool, e))
		return -1;
	if (!ref.digest && ref.place == REF_REGISTRY)
		log_warn("Image reference %s uses a tag, not a digest, to identify the image.\n"
			 "    A tag can move between looking and storing; name the image by digest\n"
			 "    (example.com/app@sha256:...) to attach to what you mean.\n", image);
	return store_resolve(&r->store, &ref, false, &r->pool, out, e);
}

static int
tell(const struct work *w, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);

	if (!command_globals.json)
		return 0;
	stage_emit(w, STAGE_LOCATION, (struct node){JSON_NULL, SPAN_NONE}, true, &out);
	return file_print_buf(&out, "the record", e);
}

static int
store_item(struct run *r, const struct attach_item *it, const struct subject *sub, struct err *e)
{
	AUTO(work) struct work w = WORK_INIT;

	w.subject = *sub;
	return attach_store(it, &r->store, r->docker_types, &w, e) ? -1 : tell(&w, e);
}

static int
read_file(const char *path, size_t max, struct buf *out, struct err *e)
{
	buf_init(out, max);
	if (file_read(path, out, e) == 0)
		return 0;
	if (e && err_is(e, REASON_TOO_LARGE))
		err_expected(e, "at most %zu bytes", max);
	return -1;
}

static bool
is_given(const char *value)
{
	return value && *value;
}

/* --- signature --- */

enum { SIGNATURE_FILE_MAX = 64 << 10, LOG_FILE_MAX = LOGSET_MAX };

struct signature {
	struct cli_registry registry;
	const char *signature, *payload, *bundle, *certificate, *chain, *stamp, *log;
	struct opt_list images;
};

static const struct opt signature_opts[] = {
	OPT_STR(struct signature, 0, "signature", "FILE", signature,
	    .help = "the signature, in base64 or raw; - is standard input", .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct signature, 0, "payload", "FILE", payload,
	    .help = "what was signed; without it what 'cosign generate' prints", .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct signature, 0, "bundle", "FILE", bundle, .help = "attach this Sigstore bundle instead",
	    .excludes = "payload", .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct signature, 0, "certificate", "FILE", certificate, .help = "the signer's certificate, PEM",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct signature, 0, "certificate-chain", "FILE", chain,
	    .help = "the certificates that lead from it to a root, PEM", .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct signature, 0, "tsr", "FILE", stamp, .help = "timestamp of the signature (RFC 3161), DER or JSON",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct signature, 0, "rekor-response", "FILE", log,
	    .help = "log evidence: a bundle of the old format", .complete = OPT_COMPLETE_FILE),
	OPT_GROUP(struct signature, registry, group_registry),
	OPT_POS(struct signature, "IMAGE", images, .min = 1, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

/* The files, as they are. */
struct signature_files { struct buf signature, payload, certificate, chain, stamp, log; };

static void
release_files(struct signature_files *f)
{
	struct buf *all[] = {&f->signature, &f->payload, &f->certificate, &f->chain, &f->stamp, &f->log};

	for (size_t i = 0; i < countof(all); i++)
		buf_release(all[i]);
}

static int
read_files(const struct signature *o, const char *payload, size_t max, struct signature_files *f, struct err *e)
{
	const struct { const char *flag, *path; struct buf *to; size_t max; } all[] = {
		{"--signature", o->signature, &f->signature, SIGNATURE_FILE_MAX},
		{"--payload", payload, &f->payload, max},
		{"--certificate", o->certificate, &f->certificate, ATTACH_CERT_MAX},
		{"--certificate-chain", o->chain, &f->chain, ATTACH_CERT_MAX},
		{"--tsr", o->stamp, &f->stamp, STAMPFILE_MAX},
		{"--rekor-response", o->log, &f->log, LOG_FILE_MAX},
	};

	for (size_t i = 0; i < countof(all); i++)
		if (is_given(all[i].path) && read_file(all[i].path, all[i].max, all[i].to, e))
			return err_wrap(e, "%s", all[i].flag);
	return 0;
}

static int
check_signature(const struct signature *o, bool bundle, struct err *e)
{
	if (bundle)
		return 0;
	if (!is_given(o->signature)) {
		err_set(e, REASON_USAGE, "no signature");
		return err_hint(e, "pass --signature FILE, or --bundle FILE");
	}
	if (is_given(o->chain) && !is_given(o->certificate))
		return err_set(e, REASON_USAGE, "--certificate-chain is of no use without --certificate");
	return 0;
}

static int
attach_bundle(struct run *r, const char *file, struct span json, const struct subject *sub, struct err *e)
{
	AUTO(attach) struct attach a = ATTACH_INIT;

	a.max = r->max;
	return attach_parse(&a, file, json, e) || store_item(r, &a.items.items[0], sub, e) ? -1 : 0;
}

typedef int reader(struct span *out, struct span text, struct pool *pool, struct err *e);

static int
read_parts(const struct signature_files *f, struct attach_signature *sig, struct pool *pool, struct err *e)
{
	const struct { const char *flag; const struct buf *from; struct span *to; reader *read; } all[] = {
		{"--signature", &f->signature, &sig->signature, attach_read_signature},
		{"--certificate", &f->certificate, &sig->certificate, attach_read_certificates},
		{"--certificate-chain", &f->chain, &sig->chain, attach_read_certificates},
		{"--tsr", &f->stamp, &sig->stamp, attach_read_stamp},
		{"--rekor-response", &f->log, &sig->log, attach_read_log},
	};

	for (size_t i = 0; i < countof(all); i++)
		if ((all[i].from->max || i == 0) && all[i].read(all[i].to, buf_span(all[i].from), pool, e))
			return err_wrap(e, "%s", all[i].flag);
	return 0;
}

/* What nobody can verify as a signature of this image. */
static void
look_at_payload(struct span json, const struct subject *sub)
{
	AUTO(payload) struct payload p = {.pool = POOL_INIT};

	if (payload_parse(&p, json, NULL))
		log_warn("--payload is no payload of an image's signature");
	else if (!span_eq(p.digest, sub->desc.digest))
		log_warn("--payload is about %.*s, not about %.*s", SPAN_FMT(p.digest), SPAN_FMT(sub->desc.digest));
}

static int
make_payload(struct work *w, struct err *e)
{
	w->form = FORM_LEGACY;
	if (work_name(w, NULL, NULL)) {
		err_set(e, REASON_USAGE, "the layout does not say what its image is called, and a payload names it");
		return err_hint(e, "pass --payload FILE");
	}
	log_warn("using the payload that 'cosign generate' prints for %.*s; specify it explicitly with --payload instead",
	    SPAN_FMT(w->reference));
	return work_compose(w, e);
}

static int
attach_signature(struct run *r, const struct signature *o, const struct signature_files *f, struct err *e)
{
	AUTO(work) struct work w = WORK_INIT;
	struct attach_signature sig = {.payload = buf_span(&f->payload)};

	if (read_parts(f, &sig, &r->pool, e) || find(r, o->images.items[0], &w.subject, e))
		return -1;
	if (is_given(o->payload)) {
		look_at_payload(sig.payload, &w.subject);
	} else {
		if (make_payload(&w, e))
			return -1;
		sig.payload = w.payload;
	}
	return attach_store_signature(&sig, &r->store, r->docker_types, &w, e) ? -1 : tell(&w, e);
}

static int
signature_all(struct run *r, const struct signature *o, struct signature_files *f, struct err *e)
{
	const char *payload = is_given(o->bundle) ? o->bundle : o->payload;
	struct subject sub;
	bool bundle;

	if (evidence_max_size(&r->max, e) || (!is_given(payload) && check_signature(o, false, e)) ||
	    read_files(o, payload, r->max, f, e) || set_up(r, &o->registry.options, &o->images, e))
		return -1;
	bundle = is_given(o->bundle) || bundle_is_one(buf_span(&f->payload));
	if (check_signature(o, bundle, e))
		return -1;
	if (!bundle)
		return attach_signature(r, o, f, e);
	return find(r, o->images.items[0], &sub, e) || attach_bundle(r, payload, buf_span(&f->payload), &sub, e) ? -1 : 0;
}

static int
signature_run(void *args, struct err *e)
{
	struct signature_files f = {.signature = BUF_INIT(0)};
	struct run r = RUN_INIT;
	int rc = signature_all(&r, args, &f, e);

	release_files(&f);
	pool_release(&r.pool);
	return rc;
}

static const struct command signature = {
	.name = "signature",
	.brief = "Store a signature that was made elsewhere",
	.about = "Stores it as sign would have in the legacy form, or as it is if --payload or --bundle is a Sigstore bundle. "
		"Nothing is verified.",
	.examples = "# sign what 'cosign generate' prints with another program\n"
		"$ cosign generate example.com/app@$digest > payload\n"
		"$ openssl dgst -sha256 -sign plain.key payload | base64 > payload.sig\n"
		"$ cosign attach signature --payload payload --signature payload.sig oci:image\n",
	.opts = signature_opts,
	.size = sizeof(struct signature),
	.run = signature_run,
};

/* --- attestation --- */

struct attestation {
	struct cli_registry registry;
	struct opt_list files, images;
};

static const struct opt attestation_opts[] = {
	OPT_LIST(struct attestation, 0, "attestation", "FILE", files,
	    .help = "an envelope or a Sigstore bundle, or several in one file (repeatable)", .required = true,
	    .complete = OPT_COMPLETE_FILE),
	OPT_GROUP(struct attestation, registry, group_registry),
	OPT_POS(struct attestation, "IMAGE", images, .min = 1, .many = true, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

static int
read_attestations(const struct attestation *o, struct buf *texts, struct err *e)
{
	for (size_t i = 0; i < o->files.count; i++) {
		log_say("Using payload from: %s", o->files.items[i]);
		if (read_file(o->files.items[i], BUF_BIG_MAX, &texts[i], e))
			return -1;
	}
	return 0;
}

/* All are looked at before the first is stored. */
static int
store_attestations(struct run *r, const struct attestation *o, struct buf *texts, struct err *e)
{
	AUTO(attach) struct attach a = ATTACH_INIT;
	struct subject sub;

	a.max = r->max;
	for (size_t i = 0; i < o->files.count; i++) {
		if (attach_parse(&a, o->files.items[i], buf_span(&texts[i]), e))
			return -1;
		buf_release(&texts[i]);
	}
	for (size_t i = 0; i < o->images.count; i++) {
		if (find(r, o->images.items[i], &sub, e))
			return -1;
		for (size_t k = 0; k < a.items.count; k++)
			if (store_item(r, &a.items.items[k], &sub, e))
				return err_wrap(e, "%s", a.items.items[k].file);
	}
	return 0;
}

static int
attestation_run(void *args, struct err *e)
{
	const struct attestation *o = args;
	struct buf *texts = xcalloc(o->files.count, sizeof(*texts));
	struct run r = RUN_INIT;
	int rc;

	rc = evidence_max_size(&r.max, e) || read_attestations(o, texts, e) ||
	    set_up(&r, &o->registry.options, &o->images, e) || store_attestations(&r, o, texts, e);
	for (size_t i = 0; i < o->files.count; i++)
		buf_release(&texts[i]);
	free(texts);
	pool_release(&r.pool);
	return rc ? -1 : 0;
}

static const struct command attestation = {
	.name = "attestation",
	.brief = "Store attestations that were made elsewhere",
	.about = "Stores envelopes as attest would have in the legacy form, and Sigstore bundles as they are. All are read and "
		"looked at before the first is stored; nothing is verified.",
	.examples = "# attest in one place, store in another\n"
		"$ cosign attest --key cosign.key --tlog-upload=false --no-upload --bundle app.sigstore.json "
		"--predicate file oci:image\n"
		"$ cosign attach attestation --attestation app.sigstore.json oci:image\n",
	.opts = attestation_opts,
	.size = sizeof(struct attestation),
	.run = attestation_run,
};

/* --- sbom --- */

struct sbom {
	struct cli_registry registry;
	const char *sbom, *type, *format;
	struct opt_list images;
};

static const struct opt sbom_opts[] = {
	OPT_STR(struct sbom, 0, "sbom", "FILE", sbom, .help = "the SBOM; - is standard input", .required = true,
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct sbom, 0, "type", "TYPE", type, .help = "what kind of SBOM it is", .def = "spdx",
	    .words = "spdx|cyclonedx|syft"),
	OPT_STR(struct sbom, 0, "input-format", "FORMAT", format,
	    .help = "what it is written in; without this a name that ends in .json says so", .words = "json|xml|text"),
	OPT_GROUP(struct sbom, registry, group_registry),
	OPT_GROUP(struct sbom, registry, group_refmode),
	OPT_POS(struct sbom, "IMAGE", images, .min = 1, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

/* The first of a type is its default. */
static const struct { const char *type, *format, *media_type; } sbom_types[] = {
	{"spdx", "text", "text/spdx"},
	{"spdx", "json", "text/spdx+json"},
	{"cyclonedx", "xml", "application/vnd.cyclonedx+xml"},
	{"cyclonedx", "json", "application/vnd.cyclonedx+json"},
	{"syft", "json", "application/vnd.syft+json"},
};

static int
find_type(const struct sbom *o, const char **out, struct err *e)
{
	size_t len = strlen(o->sbom);
	const char *format = is_given(o->format) ? o->format :
	    len >= 5 && strcmp(o->sbom + len - 5, ".json") == 0 ? "json" : NULL;

	for (size_t i = 0; i < countof(sbom_types); i++)
		if (strcmp(sbom_types[i].type, o->type) == 0 && (!format || strcmp(sbom_types[i].format, format) == 0)) {
			*out = sbom_types[i].media_type;
			return 0;
		}
	return err_set(e, REASON_USAGE, "--input-format %s: there is no such %s", format, o->type);
}

/* Counts what is read, and keeps what cannot be read a second time. */
struct keeper {
	struct sink sink, *next;
	uint64_t size, max;
};

static int
keep(struct sink *s, struct span bytes, struct err *e)
{
	struct keeper *k = (struct keeper *)s;

	k->size += bytes.len;
	if (k->size > k->max) {
		err_set(e, REASON_TOO_LARGE, "the SBOM is larger than what is read again");
		return err_expected(e, "at most %llu bytes (COSIGN_MAX_ATTACHMENT_SIZE)", (unsigned long long)k->max);
	}
	return k->next ? k->next->feed(k->next, bytes, e) : 0;
}

/* An SBOM as a file that can be read from its start, and its digest. */
struct source {
	int fd;
	struct registry_file file;
	char digest[DIGEST_TEXT_MAX];
};

static int
open_source(struct source *s, const char *path, struct err *e)
{
	if (strcmp(path, "-") == 0) {
		s->file.name = "standard input";
		s->fd = dup(STDIN_FILENO);
	} else {
		s->file.name = path;
		s->fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (s->fd < 0)
		return err_errno(e, errno == ENOENT ? REASON_NOT_FOUND : REASON_IO, "cannot open %s", s->file.name);
	return 0;
}

/* What comes through a pipe goes into a file of ours while it is hashed. */
static int
read_source(struct source *s, size_t max, struct err *e)
{
	struct keeper k = {.sink = {keep}, .max = max};
	bool again = lseek(s->fd, 0, SEEK_CUR) == 0;
	AUTO(fd) int spool = -1;
	struct digest_file d;
	struct sink_fd to;

	if (!again) {
		if (spool_open(&spool, e))
			return -1;
		sink_fd_init(&to, spool, "a temporary file");
		k.next = &to.sink;
	}
	if (digest_file_fd(&d, s->fd, s->file.name, 1u << HASH_SHA256, &k.sink, e))
		return -1;
	if (d.size == 0)
		return err_set(e, REASON_BAD_SHAPE, "%s is empty", s->file.name);
	if (!again) {
		close(s->fd);
		s->fd = spool;
		spool = -1;
	}
	s->file.fd = s->fd;
	s->file.size = (int64_t)d.size;
	digest_text(HASH_SHA256, d.value[HASH_SHA256], s->digest);
	return 0;
}

static int
store_sbom(struct run *r, const struct sbom *o, const struct source *s, const char *media_type, struct err *e)
{
	struct store_sbom sbom = {.file = &s->file, .media_type = media_type, .digest = span_str(s->digest)};
	AUTO(work) struct work w = WORK_INIT;

	w.form = FORM_LEGACY;
	if (find(r, o->images.items[0], &w.subject, e))
		return -1;
	log_warn("Attaching SBOMs this way does not sign them. To sign them, use "
		 "'cosign attest --predicate %s --key <key path>'.", o->sbom);
	if (store_put_sbom(&r->store, &w.subject, &sbom, &w.pool, &w.location, e))
		return -1;
	log_say("Uploaded SBOM file for [%s] to [%.*s%s%.*s] with mediaType [%s].", ref_name(&w.subject.ref, &w.pool),
	    SPAN_FMT(w.location.repository), w.location.tag.ptr ? ":" : "@",
	    SPAN_FMT(w.location.tag.ptr ? w.location.tag : w.location.digest), media_type);
	return tell(&w, e);
}

static int
sbom_run(void *args, struct err *e)
{
	const struct sbom *o = args;
	struct source s = {.fd = -1};
	struct run r = RUN_INIT;
	const char *media_type;
	int rc;

	rc = find_type(o, &media_type, e) || evidence_max_size(&r.max, e) || open_source(&s, o->sbom, e) ||
	    read_source(&s, r.max, e) || set_up(&r, &o->registry.options, &o->images, e) ||
	    store_sbom(&r, o, &s, media_type, e);
	if (s.fd >= 0)
		close(s.fd);
	pool_release(&r.pool);
	return rc ? -1 : 0;
}

static const struct command sbom = {
	.name = "sbom",
	.brief = "Store an SBOM, unsigned",
	.about = "Stores the file as it is, in place of the SBOM that was attached before. Whoever reads it cannot know who "
		"wrote it, unless 'sign --attachment sbom' signs it.",
	.examples = "# attach what an SBOM generator wrote, and sign that\n"
		"$ cosign attach sbom --type cyclonedx --sbom bom.cdx.json oci:image\n"
		"$ cosign sign --key cosign.key --tlog-upload=false --attachment sbom oci:image\n",
	.opts = sbom_opts,
	.size = sizeof(struct sbom),
	.run = sbom_run,
	.gone = "attest SBOMs: 'cosign attest --type spdxjson --predicate FILE'",
};

static const struct command *const verbs[] = {&signature, &attestation, &sbom, NULL};

static const struct command attach = {
	.name = "attach",
	.brief = "Store beside an image what was made elsewhere",
	.verbs = verbs,
	.gone = "it will be removed in the original's next major version",
};
COMMAND_MAIN(attach)
