/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/many.h"
#include "cli/policyopt.h"
#include "json/record.h"
#include "step/candidate.h"
#include "step/judge.h"
#include "step/subject.h"

struct check_bundle {
	struct filter_args filter;
	struct many_jobs jobs;
	struct policyopt policy;
	struct policyopt_claims claims;
};

static const struct opt opts[] = {
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
	if (fwrite(r->out.ptr ? r->out.ptr : "", 1, r->out.len, stdout) != r->out.len)
		return err_errno(e, REASON_OUTPUT, "cannot write to standard output");
	return 0;
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

static void
be_worker(void *ctx, struct crew_reader *in)
{
	struct crew_result r = CREW_RESULT_INIT;
	struct group *g = ctx;

	(void)sandbox_enter(0, NULL, 0);
	g->worker = true;
	r.failed = r.fatal = work_on(g, in, &r.err) != 0;
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

static void
flush(void *ctx)
{
	(void)ctx;
	(void)fflush(stdout);
}

static int
share(struct group *g, size_t jobs, struct err *e)
{
	struct crew c = {.ctx = g, .jobs = jobs, .end = '\n', .line_max = RECORD_LINE_MAX, .begins = begins,
	    .work = be_worker, .deliver = deliver, .pause = flush};

	if (crew_run(&c, e))
		return -1;
	return g->taken ? 0 : no_record(e);
}

static int
judge_input(struct group *g, size_t jobs, struct err *e)
{
	if (jobs > 1)
		return share(g, jobs, e);
	(void)sandbox_enter(0, NULL, 0);
	return judge_all(g, e);
}

static int
check_all(void *args, struct err *e)
{
	const struct check_bundle *c = args;
	AUTO(policyopt_policy) struct policyopt_policy p = POLICYOPT_POLICY_INIT;
	struct group g = {.judge = {.records = true}, .pool = POOL_INIT, .j = JUDGEMENT_INIT,
	    .first = ERR_INIT};
	int status = many_check_jobs(&c->jobs, e) || policyopt_make(&c->policy, &p, e) ||
	    policyopt_claims(&c->claims, &p, e) ? -1 : 0;

	policyopt_judge(&p, &g.judge);
	if (!status)
		status = judge_input(&g, (size_t)c->jobs.count, e);
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
	"$ cosign resolve oci:image | cosign ls-signatures | cosign check-bundle --key cosign.pub --insecure-ignore-tlog=true\n";

static const struct command check_bundle = {
	.name = "check-bundle",
	.brief = "Judge stored signatures",
	.about = "Reads subject and candidate records, writes a verdict record for each subject (cosign-records(5)). Opens no "
		"file but the key, and no socket.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct check_bundle),
	.run = run,
	.plumbing = true,
};
COMMAND_MAIN(check_bundle)
