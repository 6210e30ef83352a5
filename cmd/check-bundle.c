/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/policyopt.h"
#include "json/record.h"
#include "step/candidate.h"
#include "step/judge.h"
#include "step/subject.h"

struct check_bundle {
	struct policyopt policy;
};

static const struct opt opts[] = {
	OPT_GROUP(struct check_bundle, policy, policyopt_opts),
	OPT_END};

/* The image whose candidates are coming in. */
struct group {
	struct judge judge;
	struct pool pool;
	const char *image;	/* NULL before the first */
	struct span digest;
	struct judgement j;
	struct err *e;		/* the first failure */
	bool failed;
};

static int
conclude(struct group *g, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(JUDGE_TEXT_MAX);
	struct err why = ERR_INIT;
	bool failed;

	if (!g->image)
		return 0;
	failed = judge_conclude(&g->j, &why) != 0;
	judge_emit_record(&g->j, g->image, g->digest, failed ? &why : NULL, (struct node){JSON_NULL, SPAN_NONE}, &out);
	if (failed && !g->failed) {
		*g->e = why;
		g->failed = true;
	}
	judge_release(&g->j);
	pool_release(&g->pool);
	g->j = (struct judgement)JUDGEMENT_INIT;
	g->image = NULL;
	if (buf_check(&out, "the record", e))
		return -1;
	fwrite(out.ptr, 1, out.len, stdout);
	return 0;
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
	return record_refuse(r, "cosign.subject/1 or cosign.candidate/1", e);
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
	if (!count) {
		err_set(e, REASON_BAD_RECORD, "standard input has no record for this step");
		return err_expected(e, "cosign.subject/1");
	}
	return conclude(g, e);
}

static int
run(void *args, struct err *e)
{
	const struct check_bundle *c = args;
	AUTO(policyopt_policy) struct policyopt_policy p = POLICYOPT_POLICY_INIT;
	struct err first = ERR_INIT;
	struct group g = {.judge = {.policy = &p.policy, .records = true}, .pool = POOL_INIT, .j = JUDGEMENT_INIT,
	    .e = &first};
	int status = policyopt_make(&c->policy, &p, e);

	if (status == 0) {
		(void)sandbox_enter(0, NULL, 0);
		status = judge_all(&g, e);
	}
	judge_release(&g.j);
	pool_release(&g.pool);
	if (!status && g.failed) {
		*e = first;
		return -1;
	}
	return status;
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
