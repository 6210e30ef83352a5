/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/groups.h"
#include "cli/many.h"
#include "cli/policyopt.h"
#include "client/confine.h"
#include "client/textref.h"
#include "sig/payload.h"
#include "step/detached.h"
#include "step/judge.h"

struct verify {
	struct filter_args filter;
	struct cli_registry registry;
	struct policyopt policy;
	struct policyopt_claims claims;
	struct services_urls urls;
	struct many_args many;
	struct many_jobs jobs;
	const char *output, *platform, *attachment, *signature, *payload;
	bool local_image, new_bundle, oci11;
	int64_t max_workers;
	struct opt_list images;
};

static const struct opt opts[] = {
	OPT_GROUP(struct verify, policy, policyopt_opts),
	OPT_GROUP(struct verify, claims, policyopt_claims_opts),
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
	    .words = "sbom", .gone = "attach SBOMs as attestations"),
	OPT_STR(struct verify, 0, "signature", "SIGNATURE", signature,
	    .help = "judge this legacy signature instead of the stored ones: a file, URL, env://VARIABLE or base64",
	    .gone = "use a bundle", .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct verify, 0, "payload", "FILE", payload, .help = "payload of that signature: a file or URL",
	    .gone = "use a bundle", .complete = OPT_COMPLETE_FILE),
	OPT_GROUP(struct verify, many, many_opts),
	OPT_GROUP(struct verify, jobs, many_jobs_opts),
	OPT_GROUP(struct verify, filter, filter_opts),
	OPT_GROUP(struct verify, urls, services_urls),
	OPT_GROUP(struct verify, registry, group_registry),
	OPT_POS(struct verify, "IMAGE", images, .min = 1, .many = true, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

/* What all images share. */
struct run {
	const struct verify *v;
	struct store store;
	struct judge judge;
	struct detached detached;
	bool stream;		/* the images are on standard input */
};

/* One image on its way through. */
struct image {
	const char *reference;	/* NULL before it is found */
	struct subject subject;
	struct judgement j;
};

/* The image that `attach sbom` made stands in for the one it is attached to. */
static int
find_attachment(const struct run *r, struct intake *in, struct image *im, struct err *e)
{
	struct subject of = im->subject;

	if (store_attachment(&r->store, &of, ".sbom", &in->pool, &im->subject, e))
		return err_wrap(e, "--attachment sbom");
	im->reference = ref_name(&im->subject.ref, &in->pool);
	return 0;
}

static int
find(const struct run *r, struct intake *in, struct image *im, struct err *e)
{
	const struct verify *v = r->v;
	struct subject found;

	if (intake_find(in, &r->store, v->local_image, v->platform != NULL, &im->subject, e))
		return -1;
	im->reference = v->local_image ? in->image : ref_name(&im->subject.ref, &in->pool);
	found = im->subject;
	if (v->platform && store_platform(&r->store, &found, v->platform, &in->pool, &im->subject, e))
		return -1;
	return v->attachment ? find_attachment(r, in, im, e) : 0;
}

/* The judgement on the given signature, or on the stored ones. */
static int
judge(const struct run *r, struct image *im, struct err *e)
{
	if (r->detached.signature.ptr)
		return detached_judge(&r->detached, &r->judge, &im->subject, im->reference, &im->j, e);
	return judge_subject(&r->judge, &r->store, &im->subject, im->reference, &im->j, e);
}

/* Only what was checked is claimed. */
static void
say_checks(const struct policy *p, const char *image, struct buf *say)
{
	buf_printf(say, "\nVerification for %s --\nThe following checks were performed on each of these signatures:\n",
	    image);
	if (p->check_claims && p->annotations.count)
		buf_add_str(say, "  - The specified annotations were verified.\n");
	if (p->check_claims)
		buf_add_str(say, "  - The cosign claims were validated\n");
	if (!p->ignore_log)
		buf_add_str(say, "  - Existence of the claims in the transparency log was verified offline\n");
	if (p->stamps)
		buf_add_str(say, "  - The signed timestamps were verified against trusted timestamp authorities\n");
	if (p->max_age)
		buf_add_str(say, "  - The signatures are not older than asked for\n");
	if (p->key_count)
		buf_add_str(say, "  - The signatures were verified against the specified public key");
	if (p->key_count && p->identity_count)
		buf_add_str(say, ", or\n");
	if (p->identity_count)
		buf_add_str(say, "  - The code-signing certificate was verified using trusted certificate authority certificates");
}

static void
print_upstream(const struct run *r, const struct judgement *j, struct buf *out)
{
	if (strcmp(r->v->output, "text") == 0) {
		buf_add_span(out, buf_span(&j->lines));
		return;
	}
	buf_add_str(out, "\n[");
	buf_add_span(out, buf_span(&j->items));
	buf_add_str(out, "]\n");
}

static void
print(const struct run *r, struct many_item *it, const struct image *im, const struct err *failure)
{
	struct crew_result *res = &it->result;

	if (command_globals.json)
		judge_emit_record(&im->j, im->reference ? im->reference : it->in.image, im->subject.desc.digest, failure,
		    it->in.from, &res->out);
	else if (!failure)
		print_upstream(r, &im->j, &res->out);
	if (!failure && !(command_globals.json && r->stream))
		say_checks(r->judge.policy, it->in.image, &res->say);
	if (!failure && im->j.notes.len && strcmp(r->v->output, "text") == 0 && !command_globals.json) {
		buf_add_char(&res->say, '\n');
		buf_add_span(&res->say, span_first(buf_span(&im->j.notes), im->j.notes.len - 1));
	}
}

static int
verify_image(void *ctx, struct many_item *it, struct err *e)
{
	const struct run *r = ctx;
	struct image im = {.j = JUDGEMENT_INIT};
	bool failed = find(r, &it->in, &im, e) || judge(r, &im, e) || judge_conclude(&r->judge, &im.j, e);

	print(r, it, &im, failed ? e : NULL);
	judge_release(&im.j);
	return failed ? -1 : 0;
}

/* A line that names no image has a verdict too. */
static void
refuse_line(void *ctx, struct many_item *it)
{
	struct crew_result *res = &it->result;

	(void)ctx;
	if (it->in.failed && command_globals.json)
		judge_emit_record(NULL, it->in.image, SPAN_NONE, &res->err, it->in.from, &res->out);
}

static int
set_up(struct run *run, struct pool *pool, struct err *e)
{
	const struct verify *v = run->v;

	if (v->max_workers < 1) {
		err_set(e, REASON_USAGE, "--max-workers");
		return err_expected(e, "at least 1");
	}
	run->judge = (struct judge){.records = command_globals.json,
	    .forms = v->new_bundle ? FORM_BUNDLE | FORM_LEGACY : FORM_LEGACY, .blank_bundles = v->local_image};
	if (store_init(&run->store, &v->registry.options, pool, e))
		return -1;
	run->store.workers = (size_t)v->max_workers;
	run->store.local_image = v->local_image;
	return 0;
}

static int
read_detached(struct run *r, struct pool *pool, struct err *e)
{
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX), payload = BUF_INIT(PAYLOAD_MAX);
	const struct verify *v = r->v;

	if (v->payload && !v->signature)
		return err_set(e, REASON_USAGE, "--payload is of use with --signature alone");
	if (!v->signature)
		return 0;
	if (textref_read(v->signature, true, &sig, e))
		return err_wrap(e, "--signature");
	if (v->payload && textref_read(v->payload, false, &payload, e))
		return err_wrap(e, "--payload");
	if (!v->payload)
		log_warn("no --payload was given: the signature is judged over the payload that 'generate' prints");
	return detached_set(&r->detached, buf_span(&sig), v->payload ? buf_span(&payload) : SPAN_NONE, pool, e);
}

/* In each process that judges. */
static int
enter(void *ctx, struct err *e)
{
	const struct run *r = ctx;
	struct confine c = {.store = &r->store, .images = r->v->images.items,
	    .count = r->stream ? 0 : r->v->images.count, .asks = r->judge.log != NULL, .unknown = r->stream};

	return confine(&c, e);
}

static int
verify_images(void *args, struct err *e)
{
	struct verify *v = args;
	struct run r = {.v = v};
	struct many m = {.ctx = &r, .images = &v->images, .null = v->many.null, .jobs = (size_t)v->jobs.count,
	    .carry_on = command_globals.json, .prefix = "", .bare = true, .done = "verified", .judges = true,
	    .enter = enter, .work = verify_image, .refuse = refuse_line};
	AUTO(policyopt_policy) struct policyopt_policy p = POLICYOPT_POLICY_INIT;

	if (v->oci11)
		v->registry.options.oci11 = true;
	if (many_check(&m, &r.stream, e) || many_check_jobs(&v->jobs, e) || set_up(&r, &p.pool, e) ||
	    policyopt_make(&v->policy, &p, e) || policyopt_claims(&v->claims, &p, e) || read_detached(&r, &p.pool, e))
		return -1;
	policyopt_judge(&p, &r.judge);
	r.judge.log = policyopt_log(&v->policy, &v->urls);
	return many_run(&m, e);
}

static int
run(void *args, struct err *e)
{
	return filter_run(&((struct verify *)args)->filter, verify_images, args, e);
}

static const char examples[] =
	"# verify by key that an image in a layout directory is signed\n"
	"$ cosign verify --key cosign.pub --insecure-ignore-tlog=true oci:image\n"
	"# the digest that the signature is about\n"
	"$ cosign verify --key cosign.pub --insecure-ignore-tlog=true oci:image | jq -r '.[0].critical.image.\"docker-manifest-digest\"'\n"
	"# every image of a list, a record each\n"
	"$ cosign verify --json --key cosign.pub --insecure-ignore-tlog=true - < images.txt\n"
	"# every check of every signature\n"
	"$ cosign verify --json --key cosign.pub --insecure-ignore-tlog=true oci:image | jq '.signatures[].checks'\n";

static const struct command verify = {
	.name = "verify",
	.brief = "Verify the signatures of container images",
	.about = "Succeeds when every image has at least one signature that is good under the policy. With - the "
	    "images are the lines of standard input: names, or JSON objects with the member \"image\".",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct verify),
	.run = run,
};
COMMAND_MAIN(verify)
