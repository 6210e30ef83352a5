/* SPDX-License-Identifier: Apache-2.0 */
#include "base/date.h"
#include "base/env.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/claims.h"
#include "cli/command.h"
#include "cli/groups.h"
#include "cli/signimages.h"
#include "client/evidence.h"
#include "sig/oldbundle.h"
#include "step/stage.h"
#include "step/witnesstext.h"
#include "step/workwitness.h"

struct attest {
	struct cli_registry registry;
	struct services_config config;
	struct services_urls urls;
	struct services_keyless keyless;
	struct services_tsa tsa;
	struct services_sk sk;
	struct prompt prompt;
	struct many_args many;
	struct claims_args claims;
	const char *key, *bundle, *rekor_entry_type;
	bool no_upload, recursive, new_bundle, record_created, yes, dry_run, replace;
	struct opt_list images;
};

static const struct opt opts[] = {
	OPT_STR(struct attest, 0, "key", "KEY", key, .help = "private key: a file or env://VARIABLE",
	    .complete = OPT_COMPLETE_FILE),
	OPT_GROUP(struct attest, prompt, prompt_opts),
	OPT_GROUP(struct attest, claims, claims_opts),
	OPT_FLAG(struct attest, 'r', "recursive", recursive, .help = "also attest every image of an index"),
	OPT_FLAG(struct attest, 0, "no-upload", no_upload, .help = "do not store the attestation"),
	OPT_FLAG(struct attest, 0, "replace", replace,
	    .help = "take the attestations of the same type that are there out of the list"),
	OPT_FLAG(struct attest, 0, "dry-run", dry_run, .help = "do everything but store and write"),
	OPT_STR(struct attest, 0, "bundle", "FILE", bundle,
	    .help = "write the bundle to this file; {} becomes the digest", .complete = OPT_COMPLETE_FILE),
	OPT_FLAG(struct attest, 0, "new-bundle-format", new_bundle, .def = "true",
	    .help = "store a bundle; false: a legacy attestation under the tag sha256-….att",
	    .gone = "bundles are the format"),
	OPT_FLAG(struct attest, 0, "record-creation-timestamp", record_created,
	    .help = "legacy form: say when the attestation was made", .gone = "bundles always do"),
	OPT_STR(struct attest, 0, "rekor-entry-type", "KIND", rekor_entry_type,
	    .help = "kind of the log entry", .def = "dsse", .words = "dsse|intoto", .gone = "the log decides"),
	OPT_FLAG(struct attest, 'y', "yes", yes, .help = "answer yes to every question"),
	OPT_GROUP(struct attest, many, many_opts),
	OPT_GROUP(struct attest, config, services_config),
	OPT_GROUP(struct attest, urls, services_urls),
	OPT_GROUP(struct attest, keyless, services_keyless),
	OPT_GROUP(struct attest, tsa, services_tsa),
	OPT_GROUP(struct attest, sk, services_sk),
	OPT_GROUP(struct attest, registry, group_registry),
	OPT_POS(struct attest, "IMAGE", images, .min = 1, .many = true, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

/* Past this, attestations are made one at a time, so that memory stays bounded. */
enum { LARGE = 4 << 20 };

/* What all attestations of the call share. */
struct run {
	struct attest *opt;
	struct signimages all;
	struct claims claims;
	size_t max;		/* bytes of an attestation that can be read again */
};

/* --- where it goes --- */

/* {} becomes sha256-HEX, and -N behind it tells several claims apart. */
static const char *
file_name(const struct run *r, const struct work *w, size_t number, struct pool *pool)
{
	struct span hex = span_from(w->subject.desc.digest, sizeof("sha256:") - 1);
	const char *path = r->opt->bundle, *hole = strstr(path, "{}");

	if (!hole)
		return path;
	if (r->claims.count == 1)
		return pool_printf(pool, "%.*ssha256-%.*s%s", (int)(hole - path), path, SPAN_FMT(hex), hole + 2);
	return pool_printf(pool, "%.*ssha256-%.*s-%zu%s", (int)(hole - path), path, SPAN_FMT(hex), number, hole + 2);
}

static int
write_bundle(const struct run *r, struct work *w, size_t number, struct err *e)
{
	AUTO(buf) struct buf legacy = BUF_INIT(2 * (size_t)WORK_MAX);
	const char *path = file_name(r, w, number, &w->pool);
	struct oldbundle old = {.sig = w->envelope, .cert_pem = witnesstext_certificate(&w->witness, &w->pool), .log = witnesstext_log(&w->witness, &w->pool)};
	struct span bytes = w->bundle;

	if (w->form == FORM_LEGACY) {
		if (!old.cert_pem.ptr)
			old.key_pem = w->public_key;
		oldbundle_emit(&old, &legacy);
		if (buf_check(&legacy, "the bundle", e))
			return -1;
		bytes = buf_span(&legacy);
	}
	if (file_write(path, bytes, 0600, FILE_REPLACE, e))
		return -1;
	log_say("Wrote bundle to file %s", path);
	return 0;
}

static bool
is_stored(const struct run *r)
{
	return !r->opt->no_upload && !r->opt->dry_run;
}

static int
publish(struct run *r, struct work *w, struct err *e)
{
	struct work_publish how = {.replace = r->opt->replace, .record_created = r->opt->record_created,
	    .docker_types = env_get_bool("COSIGN_DOCKER_MEDIA_TYPES")};

	return is_stored(r) ? work_publish(w, &r->all.store, &how, e) : 0;
}

/* A legacy attestation that goes nowhere else goes to standard output. */
static void
print(const struct run *r, const struct work *w, struct many_item *it)
{
	if (command_globals.json) {
		stage_emit(w, STAGE_LOCATION, it->in.from, is_stored(r), &it->result.out);
	} else if (w->form == FORM_LEGACY && r->opt->no_upload && !r->opt->bundle) {
		buf_add_span(&it->result.out, w->envelope);
		buf_add_char(&it->result.out, '\n');
	}
}

/* --- attesting --- */

/* Statements name their subject, and nobody goes by it. */
static struct span
subject_name(struct work *w)
{
	return work_name(w, NULL, NULL) ? SPAN("_") : w->reference;
}

static int
attest_work(struct run *r, struct many_item *it, struct work *w, size_t number, struct err *e)
{
	const struct claim *c = &r->claims.items[number - 1];
	AUTO(buf) struct buf statement = BUF_INIT(STATEMENT_MAX);
	struct predicate_about about = {subject_name(w), w->subject.desc.digest, date_created()};

	if (claims_compose(c, &about, r->max, &statement, &w->payload, e) || signimages_open_key(&r->all, e))
		return -1;
	w->payload_type = SPAN(INTOTO_PAYLOAD_TYPE);
	w->predicate_type = c->uri;
	if (!signimages_is_quiet(&r->all))
		log_say("Signing artifact...");
	if ((signimages_has_key(&r->all) && workwitness_choose(&r->all.signer, &r->all.services.plan, w, e)) ||
	    workwitness_seal(w, &r->all.services.sealer, e))
		return -1;
	w->payload = SPAN_NONE;
	buf_release(&statement);
	if (r->opt->bundle && !r->opt->dry_run && write_bundle(r, w, number, e))
		return -1;
	if (publish(r, w, e))
		return -1;
	print(r, w, it);
	return 0;
}

static int
attest_subject(void *ctx, struct many_item *it, const struct subject *sub, struct err *e)
{
	struct run *r = ctx;

	for (size_t i = 0; i < r->claims.count; i++) {
		AUTO(work) struct work w = WORK_INIT;

		w.subject = *sub;
		w.form = r->opt->new_bundle ? FORM_BUNDLE : FORM_LEGACY;
		if (attest_work(r, it, &w, i + 1, e))
			return r->claims.count > 1 ? err_wrap(e, "%s", r->claims.items[i].file) : -1;
	}
	return 0;
}

static int
find(void *ctx, struct many_item *it, struct subject *sub, struct err *e)
{
	struct run *r = ctx;

	return signimages_find(&r->all, it, r->opt->new_bundle && is_stored(r), sub, e);
}

/* --- before the first image --- */

static int
check_flags(const struct run *r, struct err *e)
{
	const struct attest *a = r->opt;
	size_t claims = a->claims.predicates.count + a->claims.statements.count;

	if (claims_check(&a->claims, false, e))
		return -1;
	if (r->all.stream && claims_use_stdin(&a->claims))
		return err_set(e, REASON_USAGE, "- is standard input, which is there once");
	if (a->no_upload && !a->dry_run && a->new_bundle && !a->bundle) {
		err_set(e, REASON_USAGE, "--no-upload leaves the bundle nowhere");
		return err_hint(e, "pass --bundle FILE");
	}
	return signimages_check_bundle(&r->all, r->all.stream ? SIZE_MAX : a->images.count * claims, e);
}

/* Of one type, each would take out the one before. */
static int
check_replace(const struct run *r, struct err *e)
{
	for (size_t i = 0; r->opt->replace && i < r->claims.count; i++)
		for (size_t k = 0; k < i; k++)
			if (span_eq(r->claims.items[i].uri, r->claims.items[k].uri))
				return err_set(e, REASON_USAGE, "--replace: %s and %s are of one type",
				    r->claims.items[k].file, r->claims.items[i].file);
	return 0;
}

static int
set_up(struct run *r, struct err *e)
{
	const struct attest *opt = r->opt;
	struct serviceplan_args a = {.config = &opt->config, .urls = &opt->urls, .tsa = &opt->tsa, .keyless = &opt->keyless,
	    .key = opt->key, .legacy = !opt->new_bundle,
	    .stdin_is_taken = r->all.stream || claims_use_stdin(&opt->claims), .yes = opt->yes};

	if (claims_read(&r->claims, &opt->claims, e) || check_replace(r, e) || evidence_max_size(&r->max, e) ||
	    signimages_set_up(&r->all, &a, &opt->registry.options, e))
		return -1;
	r->all.services.plan.intoto = strcmp(opt->rekor_entry_type, "intoto") == 0;
	return 0;
}

static int
attest_all(struct run *r, struct err *e)
{
	if (signimages_begin(&r->all, e) || check_flags(r, e) || set_up(r, e))
		return -1;
	return signimages_run(&r->all, r->claims.size > LARGE, e);
}

static int
run(void *args, struct err *e)
{
	struct attest *opt = args;
	struct run r = {.opt = opt, .claims = CLAIMS_INIT,
	    .all = {.images = &opt->images, .null = opt->many.null, .recursive = opt->recursive, .key = opt->key,
	    .bundle = opt->bundle, .prompt = &opt->prompt, .verb = "attest", .done = "attested", .things = "attestations",
	    .ctx = &r, .find = find, .sign = attest_subject, SIGNIMAGES_INIT}};
	int status = attest_all(&r, e);

	signimages_release(&r.all);
	claims_release(&r.claims);
	return status;
}

static const char examples[] =
	"# attest an SBOM of an image with an identity, asking the services of a signing config\n"
	"$ cosign attest --signing-config signing_config.json --trusted-root trusted_root.json --identity-token token "
	"--type spdxjson --predicate sbom.spdx.json oci:image\n"
	"# attest an SBOM of an image in a layout directory, without log and timestamp\n"
	"$ cosign attest --key cosign.key --tlog-upload=false --type spdxjson --predicate sbom.spdx.json oci:image\n"
	"# several predicates with one opening of the key\n"
	"$ cosign attest --key cosign.key --tlog-upload=false --type spdxjson --predicate sbom.spdx.json "
	"--type custom --predicate file oci:image\n"
	"# take the place of what was attested before\n"
	"$ cosign attest --key cosign.key --tlog-upload=false --replace --predicate file oci:image\n"
	"# what a program prints\n"
	"$ date | cosign attest --key cosign.key --tlog-upload=false --predicate - oci:image\n";

static const struct command attest = {
	.name = "attest",
	.brief = "Attest something about container images",
	.about = "Signs a statement about each image, by its digest, and stores the attestation beside it, in its registry "
	    "or layout directory. With - the images are the lines of standard input: names, or JSON objects with the "
	    "member \"image\".",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct attest),
	.run = run,
};
COMMAND_MAIN(attest)
