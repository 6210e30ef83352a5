/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/groups.h"
#include "cli/policyopt.h"
#include "client/confine.h"
#include "step/batch.h"
#include "step/judge.h"

struct verify {
	struct cli_registry registry;
	struct policyopt policy;
	struct services_urls urls;
	const char *output, *platform, *attachment, *signature, *payload;
	bool local_image, new_bundle, oci11;
	int64_t max_workers;
	struct opt_list images;
};

static const struct opt opts[] = {
	OPT_GROUP(struct verify, policy, policyopt_opts),
	OPT_STR(struct verify, 'o', "output", "FORMAT", output, .def = "json", .hints = "json|text",
	    .help = "what to print of the verified signatures: a JSON array per image, or a line per signature"),
	OPT_STR(struct verify, 0, "platform", "OS/ARCH[/VARIANT]", platform,
	    .help = "verify this image of an index instead of the index"),
	OPT_FLAG(struct verify, 0, "local-image", local_image,
	    .help = "the arguments are directories that 'cosign save' wrote"),
	OPT_FLAG(struct verify, 0, "new-bundle-format", new_bundle, .def = "true",
	    .help = "look for bundles as well as legacy signatures; false: for legacy signatures alone",
	    .gone = "both forms are read unless it is false"),
	OPT_INT(struct verify, 0, "max-workers", "N", max_workers, .def = "10", .help = "requests in flight"),
	OPT_FLAG(struct verify, 0, "experimental-oci11", oci11, .help = "look for legacy signatures as referrers first",
	    .gone = "bundles are referrers"),
	OPT_STR(struct verify, 0, "attachment", "KIND", attachment, .help = "verify the image's attachment instead",
	    .hints = "sbom", .later = "attachments", .gone = "attach SBOMs as attestations"),
	OPT_STR(struct verify, 0, "signature", "SIGNATURE", signature,
	    .help = "use this signature instead of the stored ones", .later = "detached signatures",
	    .gone = "use a bundle", .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct verify, 0, "payload", "FILE", payload, .help = "payload of that signature",
	    .later = "detached signatures", .gone = "use a bundle", .complete = OPT_COMPLETE_FILE),
	OPT_GROUP(struct verify, urls, services_urls),
	OPT_GROUP(struct verify, registry, group_registry),
	OPT_POS(struct verify, "IMAGE", images, .min = 1, .many = true, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

/* What all images share. */
struct run {
	const struct verify *v;
	struct store store;
	struct judge judge;
	struct err *e;		/* the first failure */
	bool failed;
};

/* One image on its way through. */
struct image {
	struct run *run;
	const char *text;
	struct pool pool;
	const char *reference;
	struct subject subject;
	struct judgement j;
	struct err e;
	bool failed;
};

static int
find(struct image *im, struct err *e)
{
	const struct verify *v = im->run->v;
	const struct store *store = &im->run->store;
	struct ref ref;
	struct subject found;

	if (store_ref(im->text, v->local_image, &ref, &im->pool, e))
		return -1;
	im->reference = v->local_image ? im->text : ref_name(&ref, &im->pool);
	if (store_resolve(store, &ref, v->platform != NULL, &im->pool, &im->subject, e))
		return -1;
	if (!v->platform)
		return 0;
	found = im->subject;
	return store_platform(store, &found, v->platform, &im->pool, &im->subject, e);
}

static void
work(void *item)
{
	struct image *im = item;

	im->failed = find(im, &im->e) ||
	    judge_subject(&im->run->judge, &im->run->store, &im->subject, im->reference, &im->j, &im->e) ||
	    judge_conclude(&im->j, &im->e);
}

/* Only what was checked is claimed. */
static void
say_checks(const struct image *im)
{
	const struct policy *p = im->run->judge.policy;

	log_say("\nVerification for %s --\nThe following checks were performed on each of these signatures:", im->text);
	if (p->check_claims && p->annotations.count)
		log_say("  - The specified annotations were verified.");
	if (p->check_claims)
		log_say("  - The cosign claims were validated");
	log_say("  - The signatures were verified against the specified public key");
}

static void
print_span(struct span text)
{
	if (text.len)
		fwrite(text.ptr, 1, text.len, stdout);
}

static void
print_record(struct image *im)
{
	AUTO(buf) struct buf out = BUF_INIT(JUDGE_TEXT_MAX);

	judge_emit_record(&im->j, im->reference ? im->reference : im->text, im->subject.desc.digest, im->failed ? &im->e : NULL, &out);
	print_span(buf_span(&out));
}

static void
print_upstream(const struct image *im)
{
	if (strcmp(im->run->v->output, "text") == 0) {
		print_span(buf_span(&im->j.lines));
		return;
	}
	fputs("\n[", stdout);
	print_span(buf_span(&im->j.items));
	fputs("]\n", stdout);
}

/* Without --json the first failing image ends the output. */
static void
deliver(void *item)
{
	struct image *im = item;
	struct run *run = im->run;
	bool silent = run->failed && !command_globals.json;

	if (im->failed && !run->failed) {
		*run->e = im->e;
		if (run->v->images.count > 1)
			err_wrap(run->e, "%s", im->text);
		run->failed = true;
	}
	if (!silent && !im->failed)
		say_checks(im);
	if (command_globals.json)
		print_record(im);
	else if (!silent && !im->failed)
		print_upstream(im);
	judge_release(&im->j);
	pool_release(&im->pool);
	free(im);
}

static int
set_up(struct run *run, const struct policy *policy, struct pool *pool, struct err *e)
{
	const struct verify *v = run->v;

	if (v->max_workers < 1) {
		err_set(e, REASON_USAGE, "--max-workers");
		return err_expected(e, "at least 1");
	}
	run->judge = (struct judge){.policy = policy, .records = command_globals.json,
	    .forms = v->new_bundle ? FORM_BUNDLE | FORM_LEGACY : FORM_LEGACY, .blank_bundles = v->local_image};
	if (store_init(&run->store, &v->registry.options, pool, e))
		return -1;
	run->store.workers = (size_t)v->max_workers;
	run->store.local_image = v->local_image;
	return 0;
}

static void
verify_all(struct run *r)
{
	struct batch batch;

	batch_init(&batch, work, deliver);
	for (size_t i = 0; i < r->v->images.count && (!r->failed || command_globals.json); i++) {
		struct image *im = xmalloc(sizeof(*im));

		*im = (struct image){.run = r, .text = r->v->images.items[i], .pool = POOL_INIT,
		    .j = JUDGEMENT_INIT, .e = ERR_INIT};
		batch_add(&batch, im);
	}
	batch_finish(&batch);
}

static int
run(void *args, struct err *e)
{
	struct verify *v = args;
	struct run r = {.v = v, .e = e};
	struct confine c = {&r.store, v->images.items, v->images.count, false, false};
	AUTO(policyopt_policy) struct policyopt_policy p = POLICYOPT_POLICY_INIT;

	if (v->oci11)
		v->registry.options.oci11 = true;
	if (set_up(&r, &p.policy, &p.pool, e) || policyopt_make(&v->policy, &p, e) || confine(&c, e))
		return -1;
	verify_all(&r);
	return r.failed ? -1 : 0;
}

static const char examples[] =
	"# verify by key that an image in a layout directory is signed\n"
	"$ cosign verify --key cosign.pub --insecure-ignore-tlog=true oci:image\n"
	"# the digest that the signature is about\n"
	"$ cosign verify --key cosign.pub --insecure-ignore-tlog=true oci:image | jq -r '.[0].critical.image.\"docker-manifest-digest\"'\n"
	"# every check of every signature\n"
	"$ cosign verify --json --key cosign.pub --insecure-ignore-tlog=true oci:image | jq '.signatures[].checks'\n";

static const struct command verify = {
	.name = "verify",
	.brief = "Verify the signatures of container images",
	.about = "Succeeds when every image has at least one signature that is good under the policy.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct verify),
	.run = run,
};
COMMAND_MAIN(verify)
