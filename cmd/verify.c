/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/verifyimages.h"
#include "client/textref.h"
#include "sig/payload.h"
#include "step/detached.h"

struct verify {
	struct filter_args filter;
	struct verifyimages_args frame;
	struct policyopt_claims claims;
	const char *output, *attachment, *signature, *payload;
	bool oci11;
};

static const struct opt opts[] = {
	OPT_GROUP(struct verify, frame.policy, policyopt_opts),
	OPT_GROUP(struct verify, claims, policyopt_claims_opts),
	OPT_STR(struct verify, 'o', "output", "FORMAT", output, .def = "json", .hints = "json|text",
	    .help = "what to print of the verified signatures: a JSON array per image, or a line per signature"),
	OPT_STR(struct verify, 0, "platform", "OS/ARCH[/VARIANT]", frame.platform,
	    .help = "verify this image of an index instead of the index"),
	OPT_FLAG(struct verify, 0, "local-image", frame.local_image,
	    .help = "the arguments are directories that 'cosign save' wrote"),
	OPT_FLAG(struct verify, 0, "new-bundle-format", frame.new_bundle, .def = "true",
	    .help = "look for bundles as well as legacy signatures; false: for legacy signatures alone",
	    .gone = "both forms are read unless it is false"),
	OPT_INT(struct verify, 0, "max-workers", "N", frame.max_workers, .def = "10", .help = "requests in flight"),
	OPT_FLAG(struct verify, 0, "experimental-oci11", oci11, .help = "look for legacy signatures as referrers first",
	    .gone = "bundles are referrers"),
	OPT_STR(struct verify, 0, "attachment", "KIND", attachment, .help = "verify the image's attachment instead",
	    .words = "sbom", .gone = "attach SBOMs as attestations"),
	OPT_STR(struct verify, 0, "signature", "SIGNATURE", signature,
	    .help = "judge this legacy signature instead of the stored ones: a file, URL, env://VARIABLE or base64",
	    .gone = "use a bundle", .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct verify, 0, "payload", "FILE", payload, .help = "payload of that signature: a file or URL",
	    .gone = "use a bundle", .complete = OPT_COMPLETE_FILE),
	OPT_GROUP(struct verify, frame.many, many_opts),
	OPT_GROUP(struct verify, frame.jobs, many_jobs_opts),
	OPT_GROUP(struct verify, filter, filter_opts),
	OPT_GROUP(struct verify, frame.urls, services_urls),
	OPT_GROUP(struct verify, frame.registry, group_registry),
	OPT_POS(struct verify, "IMAGE", frame.images, .min = 1, .many = true, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

struct run {
	const struct verify *v;
	struct verifyimages frame;
	struct detached detached;
};

static void
run_cleanup(struct run *r)
{
	verifyimages_release(&r->frame);
}

/* The image that `attach sbom` made stands in for the one it is attached to. */
static int
find_attachment(const struct run *r, struct intake *in, struct verifyimages_one *one, struct err *e)
{
	struct subject of = one->subject;

	if (store_attachment(&r->frame.store, &of, ".sbom", &in->pool, &one->subject, e))
		return err_wrap(e, "--attachment sbom");
	one->reference = ref_name(&one->subject.ref, &in->pool);
	return 0;
}

static int
find(const struct run *r, struct intake *in, struct verifyimages_one *one, struct err *e)
{
	if (verifyimages_find(&r->frame, in, one, e))
		return -1;
	return r->v->attachment ? find_attachment(r, in, one, e) : 0;
}

/* The judgement on the given signature, or on the stored ones. */
static int
judge(const struct run *r, struct verifyimages_one *one, struct err *e)
{
	const struct verifyimages *f = &r->frame;

	if (r->detached.signature.ptr)
		return detached_judge(&r->detached, &f->judge, &one->subject, one->reference, &one->j, e);
	return judge_subject(&f->judge, &f->store, &one->subject, one->reference, &one->j, e);
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
say(const struct run *r, const struct judgement *j, struct many_item *it)
{
	struct buf *out = &it->result.say;

	verifyimages_say(&r->frame, it);
	if (j->notes.len && strcmp(r->v->output, "text") == 0 && !command_globals.json) {
		buf_add_char(out, '\n');
		buf_add_span(out, span_first(buf_span(&j->notes), j->notes.len - 1));
	}
}

static int
verify_image(void *ctx, struct many_item *it, struct err *e)
{
	const struct run *r = ctx;
	struct verifyimages_one one = {.j = JUDGEMENT_INIT};
	bool failed = find(r, &it->in, &one, e) || judge(r, &one, e) || judge_conclude(&r->frame.judge, &one.j, e);

	if (command_globals.json)
		verifyimages_emit(&one, it, failed ? e : NULL);
	else if (!failed)
		print_upstream(r, &one.j, &it->result.out);
	if (!failed)
		say(r, &one.j, it);
	judge_release(&one.j);
	return failed ? -1 : 0;
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

static int
enter(void *ctx, struct err *e)
{
	return verifyimages_enter(&((const struct run *)ctx)->frame, e);
}

static int
verify_images(void *args, struct err *e)
{
	struct verify *v = args;
	AUTO(run) struct run r = {.v = v, .frame = {.args = &v->frame, .things = "signatures", VERIFYIMAGES_INIT}};
	struct policyopt_policy *p = &r.frame.policy;

	if (v->oci11)
		v->frame.registry.options.oci11 = true;
	if (verifyimages_begin(&r.frame, &r, enter, verify_image, e) || policyopt_claims(&v->claims, p, e) ||
	    read_detached(&r, &p->pool, e))
		return -1;
	r.frame.judge.blank_bundles = v->frame.local_image;
	return many_run(&r.frame.many, e);
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
