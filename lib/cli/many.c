/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/many.h"

#include <unistd.h>
#include "base/file.h"
#include "base/lines.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "step/batch.h"

const struct opt many_opts[] = {
	OPT_FLAG(struct many_args, '0', "null", null, .help = "with -: names end with a NUL instead of a line's end"),
	OPT_END};

const struct opt many_jobs_opts[] = {
	OPT_INT(struct many_jobs, 0, "jobs", "N", count, .def = "1",
	    .help = "share what comes on standard input among N processes, at most 64"),
	OPT_END};

int
many_check_jobs(const struct many_jobs *j, struct err *e)
{
	if (j->count >= 1 && j->count <= CREW_JOBS_MAX)
		return 0;
	err_set(e, REASON_USAGE, "--jobs");
	return err_expected(e, "a number from 1 to %d", CREW_JOBS_MAX);
}

int
many_check(const struct many *m, bool *stream, struct err *e)
{
	size_t dashes = 0;

	for (size_t i = 0; i < m->images->count; i++)
		dashes += strcmp(m->images->items[i], "-") == 0;
	*stream = dashes > 0;
	if (dashes && m->images->count > 1)
		return err_set(e, REASON_USAGE, "- stands for all images, and goes alone");
	if (m->null && !dashes)
		return err_set(e, REASON_USAGE, "--null is about the images on standard input, and - asks for these");
	return 0;
}

enum kind { KIND_DONE, KIND_UNSIGNED, KIND_REFUSED, KIND_ERROR, KIND_COUNT };

/* A run: what is read, and what came of it. */
struct run {
	const struct many *m;
	bool stream;
	struct lines lines;
	struct crew_reader *deal;	/* in a worker: instead of lines */
	size_t next;			/* argument */
	size_t taken, delivered, failed, of_kind[KIND_COUNT];
	struct progress progress;
	struct err first;		/* failure */
	struct err end;			/* why reading or writing ended early */
	bool ended;
};

static struct many_item *
item_new(void)
{
	struct many_item *it = xmalloc(sizeof(*it));

	*it = (struct many_item){.in = INTAKE_INIT, .result = CREW_RESULT_INIT};
	return it;
}

static void
item_free(struct many_item *it)
{
	intake_release(&it->in);
	crew_result_release(&it->result);
	free(it);
}

static enum batch_got
take_line(struct run *r, bool is_long, struct span line, void **item)
{
	struct many_item *it = item_new();

	if (is_long)
		intake_too_long(&it->in);
	else
		intake_parse(&it->in, line);
	r->taken++;
	command_restart_clock();
	*item = it;
	return BATCH_ITEM;
}

static enum batch_got
next_argument(struct run *r, void **item)
{
	struct many_item *it;

	if (r->next == r->m->images->count || (r->failed && !r->m->carry_on))
		return BATCH_END;
	it = item_new();
	it->in.image = r->m->images->items[r->next++];
	r->taken++;
	*item = it;
	return BATCH_ITEM;
}

static enum batch_got
next_line(struct run *r, void **item)
{
	struct span line;

	switch (lines_next(&r->lines, false, &line, &r->end)) {
	case LINES_LINE:
		return take_line(r, false, line, item);
	case LINES_LONG:
		return take_line(r, true, SPAN_NONE, item);
	case LINES_LATER:
		return BATCH_LATER;
	case LINES_FAILED:
		r->ended = true;
		return BATCH_END;
	case LINES_END:
		break;
	}
	return BATCH_END;
}

static enum batch_got
next_dealt(struct run *r, void **item)
{
	struct span line;
	enum crew_got got = crew_read(r->deal, false, &line);

	if (got == CREW_LATER)
		return BATCH_LATER;
	return got == CREW_END ? BATCH_END : take_line(r, got == CREW_LONG, line, item);
}

static enum batch_got
next(void *ctx, void **item)
{
	struct run *r = ctx;

	if (r->ended)
		return BATCH_END;
	if (r->deal)
		return next_dealt(r, item);
	return r->stream ? next_line(r, item) : next_argument(r, item);
}

static void
work(void *ctx, void *item)
{
	struct run *r = ctx;
	struct many_item *it = item;
	struct crew_result *res = &it->result;

	if (it->in.failed)
		res->err = it->in.err;
	res->failed = it->in.failed || r->m->work(r->m->ctx, it, &res->err) || buf_check(&res->out, "the output", &res->err);
	if (!res->failed)
		return;
	if (r->m->refuse)
		r->m->refuse(r->m->ctx, it);
	if (r->stream || !r->m->bare || r->m->images->count > 1)
		err_wrap(&res->err, "%s%s", r->m->prefix, *it->in.image ? it->in.image : "a line");
}

static enum kind
kind_of(const struct run *r, const struct crew_result *res)
{
	if (!res->failed)
		return KIND_DONE;
	if (!r->m->judges)
		return KIND_ERROR;
	if (res->err.reason == REASON_NO_SIGNATURE)
		return KIND_UNSIGNED;
	return reason_exit(res->err.reason) == reason_exit(REASON_NO_MATCH) ? KIND_REFUSED : KIND_ERROR;
}

static void
print(struct run *r, const struct crew_result *res)
{
	char text[ERR_TEXT];

	if (res->say.len || (res->failed && r->stream && !command_globals.json))
		progress_clear(&r->progress);
	if (res->say.len)
		log_say("%.*s", SPAN_FMT(buf_span(&res->say)));
	if (res->failed && r->stream && !command_globals.json)
		log_say("Error: %s", err_text(&res->err, text, sizeof(text)));
	(void)file_print(buf_span(&res->out), NULL);
}

/* After a failure that ends it nothing is printed any more. */
static void
settle(struct run *r, const struct crew_result *res)
{
	bool carry_on = r->stream || r->m->carry_on;

	r->delivered++;
	r->of_kind[kind_of(r, res)]++;
	if (res->failed && !r->failed++)
		r->first = res->err;
	if (carry_on || !r->failed || (r->m->stores && !res->failed))
		print(r, res);
	if (ferror(stdout) && !r->ended) {
		r->ended = true;
		err_errno(&r->end, REASON_OUTPUT, "cannot write to standard output");
	}
	if (r->stream)
		progress_show(&r->progress, r->delivered, r->taken, r->failed);
}

static void
deliver(void *ctx, void *item)
{
	struct many_item *it = item;
	struct run *r = ctx;

	if (r->deal)
		crew_answer(&it->result);
	else
		settle(r, &it->result);
	item_free(it);
}

static bool
flush(void *ctx)
{
	struct run *r = ctx;

	if (!r->deal && !r->ended)
		r->ended = file_flush(&r->end) != 0;
	return !r->ended;
}

/* -1: *e says why nothing can be done. */
static int
run_batch(struct run *r, int fd, struct err *e)
{
	struct batch b = {.ctx = r, .next = next, .fd = fd, .work = work, .deliver = deliver, .pause = flush,
	    .running = r->m->running};

	if (r->m->enter && r->m->enter(r->m->ctx, e))
		return -1;
	batch_run(&b);
	return 0;
}

static void
be_worker(void *ctx, struct crew_reader *in)
{
	struct run *r = ctx;

	struct crew_result none = CREW_RESULT_INIT;

	r->deal = in;
	none.failed = none.fatal = run_batch(r, in->fd, &none.err) != 0;
	if (none.fatal)
		crew_answer(&none);
}

static int
deliver_dealt(void *ctx, struct crew_result *res, size_t taken, struct err *e)
{
	struct run *r = ctx;

	r->taken = taken;
	settle(r, res);
	if (!r->ended)
		return 0;
	*e = r->end;
	return -1;
}

static void
run_crew(struct run *r)
{
	struct crew c = {.ctx = r, .jobs = r->m->jobs, .end = r->m->null ? '\0' : '\n', .line_max = INTAKE_LINE_MAX,
	    .work = be_worker, .deliver = deliver_dealt};
	struct err e = ERR_INIT;

	if (crew_run(&c, &e)) {
		r->end = e;
		r->ended = true;
	}
}

static void
summarize(struct run *r)
{
	const size_t *of = r->of_kind;

	progress_clear(&r->progress);
	(void)fflush(stdout);
	if (r->m->judges)
		log_say("%zu images: %zu %s, %zu without signature, %zu refused, %zu errors", r->delivered, of[KIND_DONE],
		    r->m->done, of[KIND_UNSIGNED], of[KIND_REFUSED], of[KIND_ERROR]);
	else
		log_say("%zu images: %zu %s, %zu errors", r->delivered, of[KIND_DONE], r->m->done, of[KIND_ERROR]);
}

static int
conclude(const struct run *r, struct err *e)
{
	if (r->ended) {
		*e = r->end;
		return -1;
	}
	if (!r->delivered) {
		err_set(e, REASON_BAD_RECORD, "standard input names no image");
		return err_hint(e, "each line is an image's name, or a JSON object with \"image\"");
	}
	if (!r->failed)
		return 0;
	*e = r->first;
	return r->stream ? err_wrap(e, "%zu of %zu images failed, the first", r->failed, r->delivered) : -1;
}

int
many_run(const struct many *m, struct err *e)
{
	struct run r = {.m = m, .first = ERR_INIT, .end = ERR_INIT};

	if (many_check(m, &r.stream, e))
		return -1;
	lines_init(&r.lines, STDIN_FILENO, m->null ? '\0' : '\n', "standard input", INTAKE_LINE_MAX);
	progress_init(&r.progress);
	if (r.stream && m->jobs > 1)
		run_crew(&r);
	else if (run_batch(&r, r.stream ? STDIN_FILENO : -1, &r.end))
		r.ended = true;
	lines_release(&r.lines);
	if (r.stream)
		summarize(&r);
	return conclude(&r, e);
}

/* ---- parts ---- */

struct parts {
	const struct many_parts *p;
	bool failing;
};

struct part {
	struct parts *all;
	size_t number;
	struct many_item item;
	struct err err;
	bool failed;
};

static void
run_part(void *arg)
{
	struct part *part = arg;
	const struct many_parts *p = part->all->p;

	if (part->all->failing)
		return;
	part->failed = p->work(p->ctx, part->number, &part->item, &part->err) != 0;
	part->all->failing |= part->failed;
}

int
many_parts(const struct many_parts *p, struct many_item *it, struct err *e)
{
	struct part *parts = xcalloc(p->count + 1, sizeof(*parts));
	struct parts all = {.p = p};
	struct task_group group;
	int rc = 0;

	task_group_init(&group, p->running);
	for (size_t i = 0; i < p->count; i++) {
		parts[i] = (struct part){.all = &all, .number = i, .err = ERR_INIT,
		    .item = {.in = it->in, .result = CREW_RESULT_INIT}};
		task_start(&group, run_part, &parts[i]);
	}
	task_wait(&group);
	for (size_t i = 0; i < p->count; i++) {
		buf_add_span(&it->result.out, buf_span(&parts[i].item.result.out));
		buf_add_span(&it->result.say, buf_span(&parts[i].item.result.say));
		if (parts[i].failed && rc == 0) {
			*e = parts[i].err;
			rc = -1;
		}
		crew_result_release(&parts[i].item.result);
	}
	free(parts);
	return rc;
}
