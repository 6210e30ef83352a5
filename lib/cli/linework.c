/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/linework.h"

#include <unistd.h>
#include "base/file.h"
#include "base/lines.h"
#include "json/record.h"

struct run {
	const struct linework *w;
	struct linework_sum *sum;
};

static int
settle(const struct run *r, const struct crew_result *res, struct err *e)
{
	if (res->failed && !r->sum->failed++)
		r->sum->first = res->err;
	r->sum->done++;
	return r->w->settle(r->w->ctx, r->sum, res, e);
}

/* --- this process --- */

static enum lines_got
next(struct lines *in, struct span *line, struct err *e)
{
	enum lines_got got = lines_next(in, false, line, e);

	if (got != LINES_LATER)
		return got;
	return file_flush(e) ? LINES_FAILED : lines_next(in, true, line, e);
}

static int
serve(const struct run *r, struct err *e)
{
	AUTO(lines) struct lines in;
	struct span line = SPAN_NONE;
	enum lines_got got;
	int rc = r->w->enter(r->w->ctx, e);

	lines_init(&in, STDIN_FILENO, '\n', "standard input", RECORD_LINE_MAX);
	while (rc == 0 && (got = next(&in, &line, e)) != LINES_END) {
		struct crew_result res = CREW_RESULT_INIT;

		if (got == LINES_FAILED)
			return -1;
		r->sum->taken++;
		r->w->answer(r->w->ctx, line, got == LINES_LONG, &res);
		rc = settle(r, &res, e);
		crew_result_release(&res);
	}
	return rc;
}

/* --- a crew --- */

static void
be_worker(void *ctx, struct crew_reader *in)
{
	const struct run *r = ctx;
	struct crew_result none = CREW_RESULT_INIT;
	struct span line = SPAN_NONE;
	enum crew_got got;

	none.failed = none.fatal = r->w->enter(r->w->ctx, &none.err) != 0;
	if (none.fatal)
		crew_answer(&none);
	while (!none.fatal && ((got = crew_read(in, true, &line)) == CREW_LINE || got == CREW_LONG)) {
		struct crew_result res = CREW_RESULT_INIT;

		r->w->answer(r->w->ctx, line, got == CREW_LONG, &res);
		crew_answer(&res);
		crew_result_release(&res);
	}
}

static int
deliver(void *ctx, struct crew_result *res, size_t taken, struct err *e)
{
	const struct run *r = ctx;

	r->sum->taken = taken;
	return res->fatal ? 0 : settle(r, res, e);
}

static int
share(struct run *r, struct err *e)
{
	struct crew c = {.ctx = r, .jobs = r->w->jobs, .end = '\n', .line_max = RECORD_LINE_MAX, .work = be_worker,
	    .deliver = deliver};

	return crew_run(&c, e);
}

int
linework_run(const struct linework *w, struct linework_sum *sum, struct err *e)
{
	struct run r = {w, sum};

	return (w->jobs > 1 ? share(&r, e) : serve(&r, e)) || file_flush(e) ? -1 : 0;
}
