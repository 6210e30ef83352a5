/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/many.h"
#include "cli/plugin.h"
#include "cli/policyopt.h"
#include "cli/rulesopt.h"
#include "json/record.h"
#include "step/candidate.h"
#include "step/judge.h"
#include "step/subject.h"

struct check_bundle {
	struct filter_args filter;
	struct many_jobs jobs;
	struct policyopt policy;
	struct policyopt_claims claims;
	struct rulesopt rules;
	bool attestations, stream, files;
};

static const struct opt opts[] = {
	OPT_FLAG(struct check_bundle, 0, "stream", stream,
	    .help = "answer each line by itself and at once: for programs that ask (cosign-plugin(7))"),
	OPT_FLAG(struct check_bundle, 0, "files", files,
	    .help = "with --stream: a bundle may be the name of a file"),
	OPT_FLAG(struct check_bundle, 0, "attestations", attestations, .help = "judge attestations, not signatures"),
	OPT_GROUP(struct check_bundle, rules, rulesopt_opts),
	OPT_GROUP(struct check_bundle, jobs, many_jobs_opts),
	OPT_GROUP(struct check_bundle, filter, filter_opts),
	OPT_GROUP(struct check_bundle, policy, policyopt_opts),
	OPT_GROUP(struct check_bundle, claims, policyopt_claims_opts),
	OPT_END};

/* The image whose candidates are coming in. */
struct group {
	struct judge judge;
	struct pool pool;
	const char *image;	/* NULL before the first */
	struct span digest;
	struct judgement j;
	struct policyrun *policies;
	bool files;		/* may be opened */
	bool worker;		/* answers go to the parent */
	size_t taken;		/* records, or with workers images, read so far */
	struct err first;	/* failure */
	bool failed;
};

/* What came of an image, printed, in the order of the input. */
static int
settle(struct group *g, const struct crew_result *r, struct err *e)
{
	if (r->failed && !g->failed) {
		g->first = r->err;
		g->failed = true;
	}
	return file_print(buf_span(&r->out), e);
}

static int
answer(struct group *g, struct crew_result *r, struct err *e)
{
	int rc = buf_check(&r->out, "the record", e);

	if (rc == 0 && g->worker)
		crew_answer(r);
	else if (rc == 0)
		rc = settle(g, r, e);
	crew_result_release(r);
	return rc;
}

static int
conclude(struct group *g, struct err *e)
{
	struct crew_result r = CREW_RESULT_INIT;

	if (!g->image)
		return 0;
	r.failed = judge_conclude(&g->judge, &g->j, &r.err) != 0;
	if (!g->judge.records && !r.failed)
		buf_add_span(&r.out, buf_span(&g->j.lines));
	else if (g->judge.records)
		judge_emit_record(&g->j, g->image, g->digest, r.failed ? &r.err : NULL, (struct node){JSON_NULL, SPAN_NONE}, &r.out);
	judge_release(&g->j);
	pool_release(&g->pool);
	g->j = (struct judgement)JUDGEMENT_INIT;
	g->image = NULL;
	return answer(g, &r, e);
}

/* An image that an earlier step could do nothing for has its record already. */
static int
refuse(struct group *g, const struct record *rec, struct err *e)
{
	struct crew_result r = CREW_RESULT_INIT;
	struct intake in = INTAKE_INIT;

	if (conclude(g, e))
		return -1;
	intake_parse(&in, rec->line);
	r.failed = true;
	r.err = in.err;
	record_pass(&r.out, rec);
	intake_release(&in);
	return answer(g, &r, e);
}

static int
begin(struct group *g, const struct record *r, struct err *e)
{
	struct subject sub;

	if (conclude(g, e) || subject_parse(&sub, r->root, &g->pool, e))
		return -1;
	g->image = ref_name(&sub.ref, &g->pool);
	g->digest = pool_span(&g->pool, sub.desc.digest);
	return 0;
}

/* A candidate belongs to the subject before it. */
static int
judge(struct group *g, const struct record *r, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct candidate c;
	struct subject owner;

	if (candidate_parse(&owner, &c, r->root, &pool, e))
		return -1;
	if (!g->image || !span_eq(owner.desc.digest, g->digest)) {
		err_set(e, REASON_BAD_RECORD, "the candidate does not follow its subject");
		err_expected(e, "a candidate of %.*s", SPAN_FMT(g->image ? g->digest : SPAN("the subject before it")));
		return err_found(e, "%.*s", SPAN_FMT(owner.desc.digest));
	}
	judge_candidate(&g->judge, &g->j, g->digest, g->image, &c);
	return 0;
}

static int
take_record(struct group *g, const struct record *r, struct err *e)
{
	if (record_is(r, SUBJECT_RECORD))
		return begin(g, r, e);
	if (record_is(r, CANDIDATE_RECORD))
		return judge(g, r, e);
	if (record_is(r, REFUSAL_RECORD))
		return refuse(g, r, e);
	return record_refuse(r, "cosign.subject/1 or cosign.candidate/1", e);
}

static int
no_record(struct err *e)
{
	err_set(e, REASON_BAD_RECORD, "standard input has no record for this step");
	return err_expected(e, "cosign.subject/1");
}

static int
judge_all(struct group *g, struct err *e)
{
	AUTO(record_reader) struct record_reader in;
	struct record r;
	size_t count = 0;
	int got;

	record_reader_init(&in, 0, "standard input");
	for (; (got = record_read(&in, &r, e)) > 0; count++)
		if (take_record(g, &r, e))
			return -1;
	if (got < 0)
		return -1;
	return count ? conclude(g, e) : no_record(e);
}

static int
work_on(struct group *g, struct crew_reader *in, struct err *e)
{
	struct record r;
	struct span line;

	for (;;)
		switch (crew_read(in, true, &line)) {
		case CREW_LINE:
			if (record_parse(line, &r, e) || take_record(g, &r, e))
				return -1;
			break;
		case CREW_LONG:
			return err_set(e, REASON_TOO_LARGE, "a record of more than %zu bytes", RECORD_LINE_MAX);
		case CREW_DONE:
			if (conclude(g, e))
				return -1;
			break;
		case CREW_LATER:
		case CREW_END:
			return 0;
		}
}

/* In each process that judges. */
static int
enter(void *ctx, struct err *e)
{
	struct group *g = ctx;

	if (policyrun_start(g->policies, e))
		return -1;
	(void)sandbox_enter(g->files ? SANDBOX_READ : 0, NULL, 0);
	return 0;
}

static void
be_worker(void *ctx, struct crew_reader *in)
{
	struct crew_result r = CREW_RESULT_INIT;
	struct group *g = ctx;

	g->worker = true;
	r.failed = r.fatal = enter(g, &r.err) || work_on(g, in, &r.err);
	if (r.fatal)
		crew_answer(&r);
}

/* The candidates of a subject go where it went. */
static bool
begins(void *ctx, struct span line)
{
	struct record r;

	(void)ctx;
	return record_parse(line, &r, NULL) || !record_is(&r, CANDIDATE_RECORD);
}

static int
deliver(void *ctx, struct crew_result *r, size_t taken, struct err *e)
{
	struct group *g = ctx;

	if (!r->fatal && settle(g, r, e))
		return -1;
	g->taken = taken;
	return 0;
}

static int
share(struct group *g, size_t jobs, struct err *e)
{
	struct crew c = {.ctx = g, .jobs = jobs, .end = '\n', .line_max = RECORD_LINE_MAX, .begins = begins,
	    .work = be_worker, .deliver = deliver};

	if (crew_run(&c, e))
		return -1;
	return g->taken ? 0 : no_record(e);
}

static int
judge_input(struct group *g, size_t jobs, struct err *e)
{
	if (jobs > 1)
		return share(g, jobs, e);
	return enter(g, e) ? -1 : judge_all(g, e);
}

static int
check_flags(const struct check_bundle *c, struct err *e)
{
	const struct rulesopt *r = &c->rules;

	if (many_check_jobs(&c->jobs, e))
		return -1;
	if (c->files && !c->stream)
		return err_set(e, REASON_USAGE, "--files is for --stream");
	if (c->stream && r->output)
		return err_set(e, REASON_USAGE, "--stream answers with records: --output is not for it");
	if (c->attestations && c->claims.annotations.count)
		return err_set(e, REASON_USAGE, "-a is about signatures; of attestations a policy can ask anything");
	if (c->attestations ||
	    (strcmp(r->type, "custom") == 0 && !r->output && !r->jq.count && !r->files.count && !r->programs.count))
		return 0;
	err_set(e, REASON_USAGE, "--type, --output and policies are about attestations");
	return err_hint(e, "pass --attestations");
}

static int
set_up(const struct check_bundle *c, struct group *g, struct policyopt_policy *p, struct rulesopt_rules *rules,
    struct err *e)
{
	if (check_flags(c, e) || policyopt_make(&c->policy, p, e) || policyopt_claims(&c->claims, p, e))
		return -1;
	policyopt_judge(p, &g->judge);
	g->policies = &rules->run;
	g->files = c->files;
	if (!c->attestations)
		return 0;
	if (rulesopt_make(&c->rules, false, rules, &p->policy, e))
		return -1;
	p->policy.any_subject = !c->claims.check_claims;
	g->judge.attestations = true;
	g->judge.records = !c->rules.output;
	g->judge.output = rules->output;
	g->judge.one_line = c->filter.jq && *c->filter.jq;
	g->judge.decide = rules->run.count ? policyrun_ask : NULL;
	g->judge.decider = &rules->run;
	return 0;
}

static int
answer_questions(const struct check_bundle *c, struct group *g, struct policyopt_policy *p, struct err *e)
{
	struct plugin plugin = {.judge = g->judge, .policy = &p->policy, .fixed_clock = c->policy.at_time != NULL,
	    .files = c->files, .jobs = (size_t)c->jobs.count, .enter = enter, .ctx = g};

	return plugin_run(&plugin, e);
}

static int
check_all(void *args, struct err *e)
{
	const struct check_bundle *c = args;
	AUTO(rulesopt_rules) struct rulesopt_rules rules = RULESOPT_RULES_INIT;
	AUTO(policyopt_policy) struct policyopt_policy p = POLICYOPT_POLICY_INIT;
	struct group g = {.judge = {.records = true}, .pool = POOL_INIT, .j = JUDGEMENT_INIT,
	    .first = ERR_INIT};
	int status = set_up(c, &g, &p, &rules, e);

	if (!status)
		status = c->stream ? answer_questions(c, &g, &p, e) : judge_input(&g, (size_t)c->jobs.count, e);
	judge_release(&g.j);
	pool_release(&g.pool);
	if (!status && g.failed) {
		*e = g.first;
		return -1;
	}
	return status;
}

static int
run(void *args, struct err *e)
{
	return filter_run(&((struct check_bundle *)args)->filter, check_all, args, e);
}

static const char examples[] =
	"# judge signatures that another program fetched\n"
	"$ cosign resolve oci:image | cosign ls-signatures | cosign check-bundle --key cosign.pub --insecure-ignore-tlog=true\n"
	"# judge a bundle that another program has, by the image's digest\n"
	"$ cosign download signature oci:image | jq -c --arg digest \"$(cat digest)\" '{$digest, bundle: .}' | "
	"cosign check-bundle --stream --key cosign.pub --insecure-ignore-tlog=true\n";

static const struct command check_bundle = {
	.name = "check-bundle",
	.brief = "Judge stored signatures",
	.about = "Reads subject and candidate records, writes a verdict record for each subject (cosign-records(5)). With "
		"--stream each line is a question by itself. Opens no file but the key, and no socket.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct check_bundle),
	.run = run,
	.plumbing = true,
};
COMMAND_MAIN(check_bundle)
