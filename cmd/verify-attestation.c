/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/rulesopt.h"
#include "cli/verifyimages.h"

struct verify_attestation {
	struct filter_args filter;
	struct verifyimages_args frame;
	struct rulesopt rules;
	bool check_claims, oci11, recursive;
};

static const struct opt opts[] = {
	OPT_GROUP(struct verify_attestation, rules, rulesopt_opts),
	OPT_GROUP(struct verify_attestation, frame.policy, policyopt_opts),
	OPT_FLAG(struct verify_attestation, 0, "check-claims", check_claims, .def = "true",
	    .help = "check that an attestation of the legacy form is about this image; a bundle's always must be"),
	OPT_STR(struct verify_attestation, 0, "platform", "OS/ARCH[/VARIANT]", frame.platform,
	    .help = "verify this image of an index instead of the index"),
	OPT_FLAG(struct verify_attestation, 'r', "recursive", recursive,
	    .help = "of an index: it and each of its images must have an attestation"),
	OPT_FLAG(struct verify_attestation, 0, "local-image", frame.local_image,
	    .help = "the arguments are directories that 'cosign save' wrote"),
	OPT_FLAG(struct verify_attestation, 0, "new-bundle-format", frame.new_bundle, .def = "true",
	    .help = "look for bundles as well as legacy attestations; false: for legacy ones alone",
	    .gone = "both forms are read unless it is false"),
	OPT_INT(struct verify_attestation, 0, "max-workers", "N", frame.max_workers, .def = "10", .help = "requests in flight"),
	OPT_FLAG(struct verify_attestation, 0, "experimental-oci11", oci11, .help = "has no effect",
	    .gone = "bundles are referrers"),
	OPT_GROUP(struct verify_attestation, frame.many, many_opts),
	OPT_GROUP(struct verify_attestation, frame.jobs, many_jobs_opts),
	OPT_GROUP(struct verify_attestation, filter, filter_opts),
	OPT_GROUP(struct verify_attestation, frame.urls, services_urls),
	OPT_GROUP(struct verify_attestation, frame.registry, group_registry),
	OPT_POS(struct verify_attestation, "IMAGE", frame.images, .min = 1, .many = true, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

struct run {
	const struct verify_attestation *v;
	struct verifyimages frame;
	struct rulesopt_rules rules;
};

static void
run_cleanup(struct run *r)
{
	verifyimages_release(&r->frame);
	rulesopt_rules_release(&r->rules);
}

/* An index may have none, and each of its images some. */
static int
hint_platforms(const struct run *r, const struct verifyimages_one *one, struct err *e)
{
	AUTO(buf) struct buf there = BUF_INIT(BUF_TEXT_MAX);

	if (r->v->frame.platform || r->v->recursive || one->j.signatures || !(err_is(e, REASON_NO_SIGNATURE) || err_is(e, REASON_NO_MATCH)))
		return -1;
	store_platforms(&r->frame.store, &one->subject, &there);
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
verify_one(const struct run *r, struct many_item *it, struct verifyimages_one *one, bool found, struct err *e)
{
	bool failed = !found ||
	    judge_subject(&r->frame.judge, &r->frame.store, &one->subject, one->reference, &one->j, e) ||
	    (judge_conclude(&r->frame.judge, &one->j, e) && hint_platforms(r, one, e));

	if (command_globals.json)
		verifyimages_emit(one, it, failed ? e : NULL);
	else if (!failed)
		take_lines(&one->j, &it->result.out);
	judge_release(&one->j);
	return failed ? -1 : 0;
}

/* Nothing is printed of an index one of whose images fails, but for records. */
static int
verify_walk(const struct run *r, struct many_item *it, const struct subject *root, struct err *e)
{
	struct store_walk walk = {NULL, 0};
	struct err first = ERR_INIT;

	if (store_walk(&r->frame.store, root, &it->in.pool, &walk, e))
		return -1;
	for (size_t i = 0; i < walk.count; i++) {
		struct verifyimages_one one = {.reference = ref_name(&walk.items[i].ref, &it->in.pool), .subject = walk.items[i],
		    .j = JUDGEMENT_INIT};
		struct err why = ERR_INIT;

		if (verify_one(r, it, &one, true, &why) && err_is(&first, REASON_NONE)) {
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
	struct verifyimages_one one = {.j = JUDGEMENT_INIT};
	bool found = verifyimages_find(&r->frame, &it->in, &one, e) == 0;
	int rc;

	if (found && r->v->recursive)
		rc = verify_walk(r, it, &one.subject, e);
	else
		rc = verify_one(r, it, &one, found, e);
	if (rc)
		return -1;
	verifyimages_say(&r->frame, it);
	if (r->rules.run.count && it->result.say.len)
		buf_printf(&it->result.say, "\n  - The policies consent (%zu)", r->rules.run.count);
	return 0;
}

/* The policies, and what is judged and printed. */
static int
set_up(struct run *r, struct err *e)
{
	const struct verify_attestation *v = r->v;
	struct policy *p = &r->frame.policy.policy;
	struct judge *j = &r->frame.judge;

	if (rulesopt_make(&v->rules, false, &r->rules, p, e))
		return -1;
	p->check_claims = v->check_claims;
	p->any_subject = !v->check_claims;
	j->attestations = true;
	j->output = r->rules.output;
	j->one_line = v->filter.jq && *v->filter.jq;
	j->decide = r->rules.run.count ? policyrun_ask : NULL;
	j->decider = &r->rules.run;
	return 0;
}

static int
enter(void *ctx, struct err *e)
{
	struct run *r = ctx;

	return policyrun_start(&r->rules.run, e) || verifyimages_enter(&r->frame, e) ? -1 : 0;
}

static int
verify_images(void *args, struct err *e)
{
	struct verify_attestation *v = args;
	AUTO(run) struct run r = {.v = v, .frame = {.args = &v->frame, .things = "attestations", VERIFYIMAGES_INIT},
	    .rules = RULESOPT_RULES_INIT};

	if (v->recursive && v->frame.platform)
		return err_set(e, REASON_USAGE, "--recursive and --platform exclude each other");
	if (verifyimages_begin(&r.frame, &r, enter, verify_image, e) || set_up(&r, e))
		return -1;
	return many_run(&r.frame.many, e);
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
