/* SPDX-License-Identifier: Apache-2.0 */
#include "base/env.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/groups.h"
#include "cli/images.h"
#include "cli/signimages.h"
#include "codec/b64.h"
#include "sig/oldbundle.h"
#include "step/judge.h"
#include "step/stage.h"
#include "step/witnesstext.h"
#include "step/workwitness.h"

struct sign {
	struct cli_registry registry;
	struct services_config config;
	struct services_urls urls;
	struct services_keyless keyless;
	struct services_tsa tsa;
	struct services_sk sk;
	struct prompt prompt;
	struct many_args many;
	const char *key, *bundle, *payload, *attachment;
	const char *output_signature, *output_payload, *output_certificate;
	bool upload, recursive, new_bundle, record_created, yes, dry_run, skip_existing, replace;
	struct opt_list annotations, identities, images;
};

static const struct opt opts[] = {
	OPT_STR(struct sign, 0, "key", "KEY", key, .help = "private key: a file or env://VARIABLE",
	    .complete = OPT_COMPLETE_FILE),
	OPT_GROUP(struct sign, prompt, prompt_opts),
	OPT_CSV(struct sign, 'a', "annotations", "KEY=VALUE", annotations,
	    .help = "sign this annotation with the image (repeatable)"),
	OPT_FLAG(struct sign, 'r', "recursive", recursive, .help = "also sign every image of an index"),
	OPT_FLAG(struct sign, 0, "upload", upload, .def = "true", .help = "store the signature beside the image"),
	OPT_FLAG(struct sign, 0, "skip-existing", skip_existing,
	    .help = "do nothing where this key has signed the same already"),
	OPT_FLAG(struct sign, 0, "replace", replace, .help = "take the signatures that are there out of the list"),
	OPT_FLAG(struct sign, 0, "dry-run", dry_run, .help = "do everything but store and write"),
	OPT_STR(struct sign, 0, "bundle", "FILE", bundle,
	    .help = "write the bundle to this file; {} becomes the digest", .complete = OPT_COMPLETE_FILE),
	OPT_FLAG(struct sign, 0, "new-bundle-format", new_bundle, .def = "true",
	    .help = "store a bundle; false: a legacy signature under the tag sha256-….sig",
	    .gone = "bundles are the format"),
	OPT_STR(struct sign, 0, "payload", "FILE", payload, .help = "legacy form: sign this payload",
	    .complete = OPT_COMPLETE_FILE, .gone = "payloads are made by sign"),
	OPT_STR(struct sign, 0, "output-signature", "FILE", output_signature, .help = "write the signature in base64",
	    .complete = OPT_COMPLETE_FILE, .gone = "use --bundle"),
	OPT_STR(struct sign, 0, "output-payload", "FILE", output_payload, .help = "write what was signed",
	    .complete = OPT_COMPLETE_FILE, .gone = "use --bundle"),
	OPT_STR(struct sign, 0, "output-certificate", "FILE", output_certificate, .help = "write the certificate or public key",
	    .complete = OPT_COMPLETE_FILE, .gone = "use --bundle"),
	OPT_CSV(struct sign, 0, "sign-container-identity", "NAME", identities,
	    .help = "legacy form: name the image so; one signature for each", .gone = "bundles name no image"),
	OPT_FLAG(struct sign, 0, "record-creation-timestamp", record_created,
	    .help = "legacy form: say when the signature was made", .gone = "bundles always do"),
	OPT_STR(struct sign, 0, "attachment", "KIND", attachment, .help = "sign the image's attachment instead",
	    .words = "sbom", .gone = "attach SBOMs as attestations"),
	OPT_FLAG(struct sign, 'y', "yes", yes, .help = "answer yes to every question"),
	OPT_GROUP(struct sign, many, many_opts),
	OPT_GROUP(struct sign, config, services_config),
	OPT_GROUP(struct sign, urls, services_urls),
	OPT_GROUP(struct sign, keyless, services_keyless),
	OPT_GROUP(struct sign, tsa, services_tsa),
	OPT_GROUP(struct sign, sk, services_sk),
	OPT_GROUP(struct sign, registry, group_registry),
	OPT_GROUP(struct sign, registry, group_refmode),
	OPT_POS(struct sign, "IMAGE", images, .min = 1, .many = true, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

/* What all signatures of the call share. */
struct run {
	struct sign *opt;
	struct signimages all;
	struct shape_map annotations;
	struct buf payload;	/* --payload */
	struct buf signatures, payloads;	/* --output-*: of all so far */
};

/* Whether a stored signature says the same and is by this key. */
struct existing {
	const struct work *work;
	const struct policy *policy;
	bool found;
};

static int
look_at(void *ctx, const struct candidate *c, struct err *e)
{
	struct existing *x = ctx;
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	struct judge how = {.policy = x->policy};

	(void)e;
	if (c->error || x->found)
		return 0;
	judge_verify(&how, x->work->subject.desc.digest, c, &v);
	x->found = v.ok && (c->form == FORM_BUNDLE || span_eq(v.reference, x->work->reference));
	return 0;
}

static int
is_signed(struct run *r, const struct work *w, bool *is, struct err *e)
{
	struct pubkey *keys[] = {&r->all.signer.pub};
	struct policy policy = {.keys = keys, .key_count = 1, .check_claims = true, .annotations = w->annotations,
	    .predicate_type = PREDICATE_SIGN, .ignore_log = true};
	struct existing x = {w, &policy, false};

	*is = false;
	if (!r->opt->skip_existing)
		return 0;
	if (store_candidates(&r->all.store, &w->subject, w->form, look_at, &x, e))
		return -1;
	*is = x.found;
	return 0;
}

/* PATH with {} replaced by sha256-HEX; with -r (and no {}) the digest is
 * appended, as upstream names the files of an index. */
static const char *
file_name(struct run *r, const char *path, const struct work *w, bool append)
{
	struct span digest = w->subject.desc.digest;
	char *name = pool_printf(&r->all.pool, "sha256-%.*s", SPAN_FMT(span_from(digest, sizeof("sha256:") - 1)));
	const char *hole = strstr(path, "{}");

	if (hole)
		return pool_printf(&r->all.pool, "%.*s%s%s", (int)(hole - path), path, name, hole + 2);
	return append ? pool_printf(&r->all.pool, "%s-%s", path, name) : path;
}

static void
legacy_bundle(struct work *w, struct buf *out)
{
	struct oldbundle old = {.sig = w->signature, .cert_pem = witnesstext_certificate(&w->witness, &w->pool), .log = witnesstext_log(&w->witness, &w->pool)};

	if (!old.cert_pem.ptr)
		old.key_pem = w->public_key;
	oldbundle_emit(&old, out);
	buf_add_char(out, '\n');
}

static int
write_bundle(struct run *r, struct work *w, struct err *e)
{
	AUTO(buf) struct buf legacy = BUF_INIT(BUF_BIG_MAX);
	const char *path = file_name(r, r->opt->bundle, w, false);
	struct span bytes = w->bundle;

	if (w->form == FORM_LEGACY) {
		legacy_bundle(w, &legacy);
		bytes = buf_span(&legacy);
	}
	if (file_write(path, bytes, 0600, FILE_REPLACE, e))
		return -1;
	log_say("Wrote bundle to file %s", path);
	return 0;
}

/* One line (or payload) more in an --output file. */
static int
write_output(struct run *r, const char *path, struct buf *all, struct span more, const struct work *w,
    struct err *e)
{
	if (r->opt->recursive)
		buf_reset(all);
	if (all->len)
		buf_add_char(all, '\n');
	buf_add_span(all, more);
	if (buf_check(all, path, e))
		return -1;
	return file_write(file_name(r, path, w, r->opt->recursive), buf_span(all), 0600, FILE_REPLACE, e);
}

static int
write_files(struct run *r, struct work *w, struct err *e)
{
	const struct sign *opt = r->opt;
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX);

	b64_encode(&sig, w->signature, B64_STD);
	if (opt->output_signature &&
	    write_output(r, opt->output_signature, &r->signatures, buf_span(&sig), w, e))
		return -1;
	if (opt->output_payload && write_output(r, opt->output_payload, &r->payloads, w->payload, w, e))
		return -1;
	if (opt->output_certificate) {
		struct span pem = witnesstext_certificate(&w->witness, &w->pool);

		if (file_write(opt->output_certificate, pem.ptr ? pem : w->public_key, 0600, FILE_REPLACE, e))
			return -1;
		log_say("Certificate wrote in the file %s", opt->output_certificate);
	}
	return opt->bundle ? write_bundle(r, w, e) : 0;
}

static int
publish(struct run *r, struct work *w, struct err *e)
{
	struct work_publish how = {.replace = r->opt->replace, .record_created = r->opt->record_created,
	    .docker_types = env_get_bool("COSIGN_DOCKER_MEDIA_TYPES"), .key = w->witness.cert.len ? NULL : &r->all.signer.pub};
	const struct ref *where = r->all.store.target && w->subject.ref.place == REF_REGISTRY ? r->all.store.target
											   : &w->subject.ref;

	if (!r->opt->upload || r->opt->dry_run)
		return 0;
	if (!signimages_is_quiet(&r->all))
		log_say("Pushing signature to: %s", ref_context(where, &w->pool));
	return work_publish(w, &r->all.store, &how, e);
}

static int
sign_work(struct run *r, struct many_item *it, struct work *w, struct err *e)
{
	bool done;

	if (r->opt->payload)
		w->payload = buf_span(&r->payload);
	else if (work_compose(w, e))
		return -1;
	if (signimages_open_key(&r->all, e) || is_signed(r, w, &done, e))
		return -1;
	if (done) {
		log_say("%.*s is signed by this key already", SPAN_FMT(w->subject.desc.digest));
		return 0;
	}
	if (!signimages_is_quiet(&r->all))
		log_say("Signing artifact...");
	if ((signimages_has_key(&r->all) && workwitness_choose(&r->all.signer, &r->all.services.plan, w, e)) ||
	    workwitness_seal(w, &r->all.services.sealer, e) ||
	    (!r->opt->dry_run && write_files(r, w, e)) || publish(r, w, e))
		return -1;
	if (command_globals.json)
		stage_emit(w, STAGE_LOCATION, it->in.from, r->opt->upload && !r->opt->dry_run, &it->result.out);
	return 0;
}

static int
sign_named(struct run *r, struct many_item *it, const struct subject *sub, const char *identity,
    struct err *e)
{
	AUTO(work) struct work w = WORK_INIT;

	w.subject = *sub;
	w.form = r->opt->new_bundle ? FORM_BUNDLE : FORM_LEGACY;
	w.annotations = r->annotations;
	if (w.form == FORM_LEGACY && work_name(&w, identity, e))
		return -1;
	return sign_work(r, it, &w, e);
}

static int
sign_subject(void *ctx, struct many_item *it, const struct subject *sub, struct err *e)
{
	struct run *r = ctx;
	const struct opt_list *names = &r->opt->identities;

	if (r->opt->new_bundle || !names->count)
		return sign_named(r, it, sub, NULL, e);
	for (size_t i = 0; i < names->count; i++)
		if (sign_named(r, it, sub, names->items[i], e))
			return -1;
	return 0;
}

/* The image, or what `attach sbom` attached to it. */
static int
find(void *ctx, struct many_item *it, struct subject *sub, struct err *e)
{
	struct run *r = ctx;
	struct subject of;

	if (signimages_find(&r->all, it, r->opt->new_bundle, sub, e))
		return -1;
	if (!r->opt->attachment)
		return 0;
	of = *sub;
	return store_attachment(&r->all.store, &of, ".sbom", &it->in.pool, sub, e) ? err_wrap(e, "--attachment sbom") : 0;
}

static int
check_flags(const struct run *r, struct err *e)
{
	const struct sign *s = r->opt;

	if (s->skip_existing && !signimages_has_key(&r->all)) {
		err_set(e, REASON_USAGE, "--skip-existing is for keys: each certificate is another");
		return err_hint(e, "pass --key KEY, or look with `cosign verify` before");
	}
	if (!s->upload && !s->dry_run && s->new_bundle && !s->bundle) {
		err_set(e, REASON_USAGE, "--upload=false leaves the bundle nowhere");
		return err_hint(e, "pass --bundle FILE");
	}
	if (signimages_check_bundle(&r->all, r->all.stream ? SIZE_MAX : s->images.count, e))
		return -1;
	if (s->payload && s->new_bundle) {
		err_set(e, REASON_USAGE, "--payload is for the legacy form");
		return err_hint(e, "pass --new-bundle-format=false");
	}
	if (s->identities.count && s->new_bundle)
		log_warn("--sign-container-identity has no effect: a bundle names no image");
	return 0;
}

static int
set_up(struct run *r, struct err *e)
{
	const struct sign *opt = r->opt;
	struct serviceplan_args a = {.config = &opt->config, .urls = &opt->urls, .tsa = &opt->tsa, .keyless = &opt->keyless,
	    .key = opt->key, .legacy = !opt->new_bundle, .stdin_is_taken = r->all.stream, .yes = opt->yes};

	if (opt->payload && file_read(opt->payload, &r->payload, e))
		return -1;
	return images_annotations(&opt->annotations, &r->all.pool, &r->annotations, e) ||
	    signimages_set_up(&r->all, &a, &opt->registry.options, e) ? -1 : 0;
}

static int
sign_all(struct run *r, struct err *e)
{
	const struct sign *opt = r->opt;

	if (signimages_begin(&r->all, e) || check_flags(r, e) || set_up(r, e))
		return -1;
	return signimages_run(&r->all, opt->output_signature || opt->output_payload || opt->output_certificate, e);
}

static int
run(void *args, struct err *e)
{
	struct sign *opt = args;
	struct run r = {.opt = opt, .payload = BUF_INIT(PAYLOAD_MAX), .signatures = BUF_INIT(BUF_BIG_MAX),
	    .payloads = BUF_INIT(BUF_BIG_MAX),
	    .all = {.images = &opt->images, .null = opt->many.null, .recursive = opt->recursive, .key = opt->key,
	    .bundle = opt->bundle, .prompt = &opt->prompt, .verb = "sign", .done = "signed", .things = "signatures",
	    .ctx = &r, .find = find, .sign = sign_subject, SIGNIMAGES_INIT}};
	int status = sign_all(&r, e);

	signimages_release(&r.all);
	buf_release(&r.payload);
	buf_release(&r.signatures);
	buf_release(&r.payloads);
	return status;
}

static const char examples[] =
	"# sign an image with an identity, asking the services of a signing config\n"
	"$ cosign sign --signing-config signing_config.json --trusted-root trusted_root.json --identity-token token oci:image\n"
	"# sign an image in a layout directory with a key, without log and timestamp\n"
	"$ cosign sign --key cosign.key --tlog-upload=false oci:image\n"
	"# add what was signed with the image\n"
	"$ cosign sign --key cosign.key --tlog-upload=false -a env=prod -a commit=4f2c1d oci:image\n"
	"# sign every image of a list with one opening of the key\n"
	"$ cosign sign --json --key cosign.key --tlog-upload=false - < images.txt\n"
	"# sign once, however often it is called\n"
	"$ cosign sign --key cosign.key --tlog-upload=false --skip-existing oci:image\n";

static const struct command sign = {
	.name = "sign",
	.brief = "Sign container images",
	.about = "Signs each image by its digest, with a key or an identity, and stores the signature beside it, in its registry or layout directory. "
	    "With - the images are the lines of standard input: names, or JSON objects with the member \"image\".",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct sign),
	.run = run,
};
COMMAND_MAIN(sign)
