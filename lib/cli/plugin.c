/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plugin.h"

#include "base/date.h"
#include "base/file.h"
#include "cli/linework.h"
#include "json/record.h"
#include "step/candidate.h"

enum { CANDIDATES_MAX = 1000 };

/* One line. */
struct question {
	struct pool pool;
	struct node root;
	const char *image;
	struct span digest;
	struct judgement j;
};
#define QUESTION_INIT {.pool = POOL_INIT, .root = {JSON_NULL, SPAN_NONE}, .image = "", .j = JUDGEMENT_INIT}

static void
question_cleanup(struct question *q)
{
	judge_release(&q->j);
	pool_release(&q->pool);
}

/* What an answer does not repeat. */
static const char *const asked[] = {"subject", "candidates", "form", "manifest", "layer", "index", "annotations",
	"bundle", "bytes", "payload", "error", NULL};

/* --- what a line says --- */

static int
take_string(struct question *q, struct node from, const char *name, struct span *out, struct err *e)
{
	struct node v;

	if (!node_member(from, name, &v) || v.kind == JSON_NULL || (node_string(v, &q->pool, out) && out->len))
		return 0;
	err_set(e, REASON_BAD_RECORD, "member \"%s\"", name);
	return err_expected(e, "a string that is not empty");
}

static int
take_subject(struct question *q, struct err *e)
{
	struct span image = SPAN_NONE;
	struct node subject;

	if (take_string(q, q->root, "image", &image, e) || take_string(q, q->root, "digest", &q->digest, e))
		return -1;
	if (image.ptr)
		q->image = image.ptr;
	if (!q->digest.ptr && node_member(q->root, "subject", &subject) &&
	    take_string(q, subject, "digest", &q->digest, e))
		return -1;
	if (q->digest.ptr && ref_is_digest(q->digest))
		return 0;
	err_set(e, q->digest.ptr ? REASON_BAD_DIGEST : REASON_BAD_RECORD, "the line does not say which image is meant");
	err_expected(e, "a member \"digest\": sha256: and 64 digits");
	q->digest = SPAN_NONE;
	return -1;
}

static int
read_question(struct question *q, struct span line, struct err *e)
{
	if (scan_document(line, &q->root, e))
		return -1;
	if (q->root.kind == JSON_OBJECT)
		return take_subject(q, e);
	err_set(e, REASON_BAD_RECORD, "the line is %s", node_kind_name(q->root.kind));
	return err_expected(e, "an object with \"digest\", and \"bundle\" or \"candidates\"");
}

/* --- judging --- */

static int
judge_file(const struct plugin *p, struct question *q, struct span name, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(BUNDLE_MAX);
	struct candidate c = {.form = FORM_BUNDLE};

	if (!p->files) {
		err_set(e, REASON_BAD_RECORD, "member \"bundle\" is a string");
		err_expected(e, "the bundle itself");
		return err_hint(e, "with --files it may be the name of a file");
	}
	if (!name.len || memchr(name.ptr, '\0', name.len) || span_is(name, "-"))
		return err_set(e, REASON_BAD_RECORD, "member \"bundle\" is not the name of a file");
	if (file_read(name.ptr, &text, e))
		return -1;
	c.bytes = text.len ? buf_span(&text) : SPAN("");
	judge_candidate(&p->judge, &q->j, q->digest, q->image, &c);
	return 0;
}

static int
judge_one(const struct plugin *p, struct question *q, struct node object, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct candidate c;
	struct node bundle;
	struct span name;

	if (object.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_RECORD, "a candidate is %s, not an object", node_kind_name(object.kind));
	if (node_member(object, "bundle", &bundle) && node_string(bundle, &pool, &name))
		return judge_file(p, q, name, e);
	if (candidate_parse_bare(&c, object, &pool, e))
		return -1;
	judge_candidate(&p->judge, &q->j, q->digest, q->image, &c);
	return 0;
}

/* A candidate that cannot be understood fails the question: nobody can tell what it
 * would have been. */
static int
judge_all(const struct plugin *p, struct question *q, struct err *e)
{
	struct node list;
	size_t count = 0;

	if (!node_member(q->root, "candidates", &list))
		return judge_one(p, q, q->root, e);
	if (list.kind != JSON_ARRAY)
		return err_set(e, REASON_BAD_RECORD, "member \"candidates\" is %s, not an array", node_kind_name(list.kind));
	for (struct node_iter it = node_iter(list); node_next(&it); count++) {
		if (count == CANDIDATES_MAX)
			return err_set(e, REASON_TOO_LARGE, "more than %d candidates", CANDIDATES_MAX);
		if (judge_one(p, q, it.value, e))
			return err_wrap(e, "candidate %zu", count);
	}
	return 0;
}

static void
answer(void *ctx, struct span line, bool is_long, struct crew_result *res)
{
	AUTO(question) struct question q = QUESTION_INIT;
	const struct plugin *p = ctx;

	if (!p->fixed_clock)
		p->policy->now = date_now();
	if (is_long)
		res->failed = err_set(&res->err, REASON_TOO_LARGE, "a line of more than %zu bytes", RECORD_LINE_MAX) != 0;
	else
		res->failed = read_question(&q, line, &res->err) || judge_all(p, &q, &res->err) ||
		    judge_conclude(&p->judge, &q.j, &res->err);
	judge_emit_answer(&q.j, q.image, q.digest, res->failed ? &res->err : NULL, q.root, asked, &res->out);
	/* Told, though not in full. */
	if (!res->out.over)
		return;
	buf_reset(&res->out);
	res->failed = err_set(&res->err, REASON_TOO_LARGE, "the answer is too large") != 0;
	judge_emit_answer(NULL, "", q.digest, &res->err, (struct node){JSON_NULL, SPAN_NONE}, asked, &res->out);
}

/* --- many of them --- */

static int
enter(void *ctx, struct err *e)
{
	const struct plugin *p = ctx;

	return p->enter(p->ctx, e);
}

static int
settle(void *ctx, const struct linework_sum *sum, const struct crew_result *res, struct err *e)
{
	(void)ctx;
	(void)sum;
	return file_print(buf_span(&res->out), e);
}

int
plugin_run(const struct plugin *p, struct err *e)
{
	struct linework w = {.ctx = (void *)(uintptr_t)p, .jobs = p->jobs, .enter = enter, .answer = answer, .settle = settle};
	struct linework_sum sum = LINEWORK_SUM_INIT;

	if (linework_run(&w, &sum, e))
		return -1;
	if (!sum.done) {
		err_set(e, REASON_BAD_RECORD, "standard input holds no question");
		return err_hint(e, "each line is a JSON object with \"digest\", and \"bundle\" or \"candidates\"");
	}
	if (!sum.failed)
		return 0;
	*e = sum.first;
	return err_wrap(e, "%zu of %zu refused, the first", sum.failed, sum.done);
}
