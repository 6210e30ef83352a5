/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/groups.h"
#include "cli/many.h"
#include "cli/policyopt.h"
#include "cli/rulesopt.h"
#include "client/confine.h"
#include "step/judge.h"

struct verify_attestation {
	struct filter_args filter;
	struct cli_registry registry;
	struct policyopt policy;
	struct rulesopt rules;
	struct services_urls urls;
	struct many_args many;
	struct many_jobs jobs;
	const char *platform;
	bool check_claims, local_image, new_bundle, oci11, recursive;
	int64_t max_workers;
	struct opt_list images;
};

static const struct opt opts[] = {
	OPT_GROUP(struct verify_attestation, rules, rulesopt_opts),
	OPT_GROUP(struct verify_attestation, policy, policyopt_opts),
	OPT_FLAG(struct verify_attestation, 0, "check-claims", check_claims, .def = "true",
	    .help = "check that an attestation of the legacy form is about this image; a bundle's always must be"),
	OPT_STR(struct verify_attestation, 0, "platform", "OS/ARCH[/VARIANT]", platform,
	    .help = "verify this image of an index instead of the index"),
	OPT_FLAG(struct verify_attestation, 'r', "recursive", recursive,
	    .help = "of an index: it and each of its images must have an attestation"),
	OPT_FLAG(struct verify_attestation, 0, "local-image", local_image,
	    .help = "the arguments are directories that 'cosign save' wrote"),
	OPT_FLAG(struct verify_attestation, 0, "new-bundle-format", new_bundle, .def = "true",
	    .help = "look for bundles as well as legacy attestations; false: for legacy ones alone",
	    .gone = "both forms are read unless it is false"),
	OPT_INT(struct verify_attestation, 0, "max-workers", "N", max_workers, .def = "10", .help = "requests in flight"),
	OPT_FLAG(struct verify_attestation, 0, "experimental-oci11", oci11, .help = "has no effect",
	    .gone = "bundles are referrers"),
	OPT_GROUP(struct verify_attestation, many, many_opts),
	OPT_GROUP(struct verify_attestation, jobs, many_jobs_opts),
	OPT_GROUP(struct verify_attestation, filter, filter_opts),
	OPT_GROUP(struct verify_attestation, urls, services_urls),
	OPT_GROUP(struct verify_attestation, registry, group_registry),
	OPT_POS(struct verify_attestation, "IMAGE", images, .min = 1, .many = true, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

/* What all images share. */
struct run {
	const struct verify_attestation *v;
	struct store store;
	struct judge judge;
	struct rulesopt_rules *rules;
	bool stream;		/* the images are on standard input */
};

/* One image on its way through. */
struct image {
	const char *reference;	/* NULL before it is found */
	struct subject subject;
	struct judgement j;
};

static int
find(const struct run *r, struct intake *in, struct image *im, struct err *e)
{
	const struct verify_attestation *v = r->v;
	struct subject found;

	if (intake_find(in, &r->store, v->local_image, v->platform != NULL, &im->subject, e))
		return -1;
	im->reference = v->local_image ? in->image : ref_name(&im->subject.ref, &in->pool);
	if (!v->platform)
		return 0;
	found = im->subject;
	return store_platform(&r->store, &found, v->platform, &in->pool, &im->subject, e);
}

/* Only what was checked is claimed. */
static void
say_checks(const struct run *r, const char *image, struct buf *say)
{
	const struct policy *p = r->judge.policy;

	buf_printf(say, "\nVerification for %s --\nThe following checks were performed on each of these attestations:\n",
	    image);
	if (!p->any_subject)
		buf_add_str(say, "  - The cosign claims were validated\n");
	if (!p->ignore_log)
		buf_add_str(say, "  - Existence of the claims in the transparency log was verified offline\n");
	if (p->stamps)
		buf_add_str(say, "  - The signed timestamps were verified against trusted timestamp authorities\n");
	if (p->max_age)
		buf_add_str(say, "  - The attestations are not older than asked for\n");
	if (p->key_count)
		buf_add_str(say, "  - The signatures were verified against the specified public key");
	if (p->key_count && p->identity_count)
		buf_add_str(say, ", or\n");
	if (p->identity_count)
		buf_add_str(say, "  - The code-signing certificate was verified using trusted certificate authority certificates");
	if (r->rules->run.count)
		buf_printf(say, "\n  - The policies consent (%zu)", r->rules->run.count);
}

/* An index may have none, and each of its images some. */
static int
hint_platforms(const struct run *r, const struct image *im, struct err *e)
{
	AUTO(buf) struct buf there = BUF_INIT(BUF_TEXT_MAX);

	if (r->v->platform || r->v->recursive || im->j.signatures || !(err_is(e, REASON_NO_SIGNATURE) || err_is(e, REASON_NO_MATCH)))
		return -1;
	store_platforms(&r->store, &im->subject, &there);
	if (!there.len)
		return -1;
	return err_hint(e, "this is an index; --platform names one of its images: %s", buf_str(&there));
}

/* They may be large: moved, not copied. */
static void
take_lines(struct judgement *j, struct buf *out)
{
	struct buf empty = *out;

	if (out->len) {
		buf_add_span(out, buf_span(&j->lines));
		return;
	}
	*out = j->lines;
	j->lines = empty;
}

/* One that was found, or was not: then *e says why. */
static int
verify_one(const struct run *r, struct many_item *it, struct image *im, bool found, struct err *e)
{
	struct crew_result *res = &it->result;
	bool failed = !found ||
	    judge_subject(&r->judge, &r->store, &im->subject, im->reference, &im->j, e) ||
	    (judge_conclude(&r->judge, &im->j, e) && hint_platforms(r, im, e));

	if (command_globals.json)
		judge_emit_record(&im->j, im->reference ? im->reference : it->in.image, im->subject.desc.digest,
		    failed ? e : NULL, it->in.from, &res->out);
	else if (!failed)
		take_lines(&im->j, &res->out);
	judge_release(&im->j);
	return failed ? -1 : 0;
}

/* Nothing is printed of an index one of whose images fails, but for records. */
static int
verify_walk(const struct run *r, struct many_item *it, const struct subject *root, struct err *e)
{
	struct store_walk walk = {NULL, 0};
	struct err first = ERR_INIT;

	if (store_walk(&r->store, root, &it->in.pool, &walk, e))
		return -1;
	for (size_t i = 0; i < walk.count; i++) {
		struct image im = {.reference = ref_name(&walk.items[i].ref, &it->in.pool), .subject = walk.items[i],
		    .j = JUDGEMENT_INIT};
		struct err why = ERR_INIT;

		if (verify_one(r, it, &im, true, &why) && err_is(&first, REASON_NONE)) {
			first = why;
			err_wrap(&first, "%.*s", SPAN_FMT(walk.items[i].desc.digest));
		}
	}
	if (err_is(&first, REASON_NONE))
		return 0;
	if (!command_globals.json)
		buf_reset(&it->result.out);
	*e = first;
	return -1;
}

static int
verify_image(void *ctx, struct many_item *it, struct err *e)
{
	const struct run *r = ctx;
	struct image im = {.j = JUDGEMENT_INIT};
	bool found = find(r, &it->in, &im, e) == 0;
	int rc;

	if (found && r->v->recursive)
		rc = verify_walk(r, it, &im.subject, e);
	else
		rc = verify_one(r, it, &im, found, e);
	if (rc == 0 && !(command_globals.json && r->stream))
		say_checks(r, it->in.image, &it->result.say);
	return rc;
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
set_up(struct run *run, struct policyopt_policy *p, struct err *e)
{
	const struct verify_attestation *v = run->v;

	if (v->max_workers < 1) {
		err_set(e, REASON_USAGE, "--max-workers");
		return err_expected(e, "at least 1");
	}
	if (v->recursive && v->platform)
		return err_set(e, REASON_USAGE, "--recursive and --platform exclude each other");
	if (store_init(&run->store, &v->registry.options, &p->pool, e) || policyopt_make(&v->policy, p, e))
		return -1;
	policyopt_judge(p, &run->judge);
	run->judge.log = policyopt_log(&v->policy, &v->urls);
	if (rulesopt_make(&v->rules, false, run->rules, &p->policy, e))
		return -1;
	p->policy.check_claims = v->check_claims;
	p->policy.any_subject = !v->check_claims;
	run->judge.attestations = true;
	run->judge.records = command_globals.json;
	run->judge.forms = v->new_bundle ? FORM_BUNDLE | FORM_LEGACY : FORM_LEGACY;
	run->judge.output = run->rules->output;
	run->judge.one_line = v->filter.jq && *v->filter.jq;
	run->judge.decide = run->rules->run.count ? policyrun_ask : NULL;
	run->judge.decider = &run->rules->run;
	run->store.workers = (size_t)v->max_workers;
	run->store.local_image = v->local_image;
	return 0;
}

/* In each process that judges. */
static int
enter(void *ctx, struct err *e)
{
	const struct run *r = ctx;
	struct confine c = {.store = &r->store, .images = r->v->images.items,
	    .count = r->stream ? 0 : r->v->images.count, .asks = r->judge.log != NULL, .unknown = r->stream};

	return policyrun_start(&r->rules->run, e) || confine(&c, e) ? -1 : 0;
}

static int
verify_images(void *args, struct err *e)
{
	struct verify_attestation *v = args;
	AUTO(rulesopt_rules) struct rulesopt_rules rules = RULESOPT_RULES_INIT;
	AUTO(policyopt_policy) struct policyopt_policy p = POLICYOPT_POLICY_INIT;
	struct run r = {.v = v, .rules = &rules};
	struct many m = {.ctx = &r, .images = &v->images, .null = v->many.null, .jobs = (size_t)v->jobs.count,
	    .carry_on = command_globals.json, .prefix = "", .bare = true, .done = "verified", .judges = true,
	    .enter = enter, .work = verify_image, .refuse = refuse_line};

	if (many_check(&m, &r.stream, e) || many_check_jobs(&v->jobs, e) || set_up(&r, &p, e))
		return -1;
	return many_run(&m, e);
}

static int
run(void *args, struct err *e)
{
	return filter_run(&((struct verify_attestation *)args)->filter, verify_images, args, e);
}

static const char examples[] =
	"# verify that an image in a layout directory has a custom attestation, and print it\n"
	"$ cosign verify-attestation --key cosign.pub --insecure-ignore-tlog=true oci:attested\n"
	"# the SLSA provenance of an image, decoded\n"
	"$ cosign verify-attestation --key cosign.pub --insecure-ignore-tlog=true --type slsaprovenance1 --output predicate oci:attested | jq .buildDefinition.buildType\n"
	"# only if somebody known built it\n"
	"$ cosign verify-attestation --key cosign.pub --insecure-ignore-tlog=true --type slsaprovenance1 --policy-jq '.predicate.runDetails.builder.id | startswith(\"https://builder.example/\")' oci:attested\n"
	"# only if a program consents, which gets the statement on its standard input\n"
	"$ cosign verify-attestation --key cosign.pub --insecure-ignore-tlog=true --policy-exec ./policy oci:attested\n";

static const struct command verify_attestation = {
	.name = "verify-attestation",
	.brief = "Verify the attestations of container images",
	.about = "Prints the attestations of the type asked for, and succeeds when every image has at least one that is "
	    "good and all good ones satisfy the policies. With - the images are the lines of standard input: names, or "
	    "JSON objects with the member \"image\".",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct verify_attestation),
	.run = run,
};
COMMAND_MAIN(verify_attestation)
