/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verifyimages.h"

#include "cli/command.h"
#include "client/confine.h"

void
verifyimages_release(struct verifyimages *v)
{
	policyopt_policy_release(&v->policy);
}

/* A line that names no image has a verdict too. */
static void
refuse_line(void *ctx UNUSED, struct many_item *it)
{
	struct crew_result *res = &it->result;

	if (it->in.failed && command_globals.json)
		judge_emit_record(NULL, it->in.image, SPAN_NONE, &res->err, it->in.from, &res->out);
}

static int
set_up_store(struct verifyimages *v, struct err *e)
{
	const struct verifyimages_args *a = v->args;

	if (a->max_workers < 1) {
		err_set(e, REASON_USAGE, "--max-workers");
		return err_expected(e, "at least 1");
	}
	if (store_init(&v->store, &a->registry.options, &v->policy.pool, e))
		return -1;
	v->store.workers = (size_t)a->max_workers;
	v->store.local_image = a->local_image;
	return 0;
}

int
verifyimages_begin(struct verifyimages *v, void *ctx, int (*enter)(void *ctx, struct err *e),
    int (*work)(void *ctx, struct many_item *it, struct err *e), struct err *e)
{
	const struct verifyimages_args *a = v->args;

	v->many = (struct many){.ctx = ctx, .images = &a->images, .null = a->many.null, .jobs = (size_t)a->jobs.count,
	    .carry_on = command_globals.json, .prefix = "", .bare = true, .done = "verified", .judges = true,
	    .enter = enter, .work = work, .refuse = refuse_line};
	if (many_check(&v->many, &v->stream, e) || many_check_jobs(&a->jobs, e) || set_up_store(v, e) ||
	    policyopt_make(&a->policy, &v->policy, e))
		return -1;
	policyopt_judge(&v->policy, &v->judge);
	v->judge.log = policyopt_log(&a->policy, &a->urls);
	v->judge.records = command_globals.json;
	v->judge.forms = a->new_bundle ? FORM_BUNDLE | FORM_LEGACY : FORM_LEGACY;
	return 0;
}

int
verifyimages_enter(const struct verifyimages *v, struct err *e)
{
	struct confine c = {.store = &v->store, .images = v->args->images.items,
	    .count = v->stream ? 0 : v->args->images.count, .asks = v->judge.log != NULL, .unknown = v->stream};

	return confine(&c, e);
}

int
verifyimages_find(const struct verifyimages *v, struct intake *in, struct verifyimages_one *one, struct err *e)
{
	const struct verifyimages_args *a = v->args;
	struct subject found;

	if (intake_find(in, &v->store, a->local_image, a->platform != NULL, &one->subject, e))
		return -1;
	one->reference = a->local_image ? in->image : ref_name(&one->subject.ref, &in->pool);
	if (!a->platform)
		return 0;
	found = one->subject;
	return store_platform(&v->store, &found, a->platform, &in->pool, &one->subject, e);
}

void
verifyimages_emit(const struct verifyimages_one *one, struct many_item *it, const struct err *failure)
{
	judge_emit_record(&one->j, one->reference ? one->reference : it->in.image, one->subject.desc.digest, failure,
	    it->in.from, &it->result.out);
}

/* Only what was checked is claimed. */
static void
say_checks(const struct policy *p, const char *things, struct buf *say)
{
	if (p->check_claims && p->annotations.count)
		buf_add_str(say, "  - The specified annotations were verified.\n");
	if (p->check_claims)
		buf_add_str(say, "  - The cosign claims were validated\n");
	if (!p->ignore_log)
		buf_add_str(say, "  - Existence of the claims in the transparency log was verified offline\n");
	if (p->stamps)
		buf_add_str(say, "  - The signed timestamps were verified against trusted timestamp authorities\n");
	if (p->max_age)
		buf_printf(say, "  - The %s are not older than asked for\n", things);
	if (p->key_count)
		buf_add_str(say, "  - The signatures were verified against the specified public key");
	if (p->key_count && p->identity_count)
		buf_add_str(say, ", or\n");
	if (p->identity_count)
		buf_add_str(say, "  - The code-signing certificate was verified using trusted certificate authority certificates");
}

void
verifyimages_say(const struct verifyimages *v, struct many_item *it)
{
	struct buf *say = &it->result.say;

	if (command_globals.json && v->stream)
		return;
	buf_printf(say, "\nVerification for %s --\nThe following checks were performed on each of these %s:\n",
	    it->in.image, v->things);
	say_checks(v->judge.policy, v->things, say);
}
