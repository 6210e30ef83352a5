/* SPDX-License-Identifier: Apache-2.0 */
#include "step/stagebatch.h"

#include <unistd.h>
#include "base/file.h"
#include "base/lines.h"
#include "base/log.h"
#include "base/mem.h"
#include "json/errline.h"

struct item {
	struct buf line, out;
	size_t number;
	bool too_long, ours, failed;
	struct err err;
};

struct run {
	const struct stagebatch *b;
	bool ended, unread;
	struct lines lines;
	size_t delivered, ours, failed;
	struct err first;	/* failure of a record */
	struct err end;		/* why reading or writing ended early */
};

static void
item_free(struct item *it)
{
	buf_release(&it->line);
	buf_release(&it->out);
	free(it);
}

/* --- one record --- */

static int
step(const struct stagebatch *f, const struct record *r, struct buf *out, struct err *e)
{
	AUTO(work) struct work w = WORK_INIT;

	if (stage_parse(&w, f->in, r->root, e) || f->step(f->ctx, &w, e))
		return -1;
	stage_emit(&w, f->out, r->root, true, out);
	return 0;
}

static int
work_on(const struct stagebatch *f, struct item *it, struct err *e)
{
	struct record r;

	if (it->too_long)
		return err_set(e, REASON_TOO_LARGE, "longer than %zu bytes", RECORD_LINE_MAX);
	if (buf_check(&it->line, "the record", e) || record_parse(buf_span(&it->line), &r, e))
		return -1;
	r.number = it->number;
	it->ours = record_is(&r, stage_type(f->in));
	if (it->ours && step(f, &r, &it->out, e))
		return -1;
	if (!it->ours && span_starts(span_str(r.type), "cosign."))
		return record_refuse(&r, stage_type(f->in), e);
	if (!it->ours)
		record_pass(&it->out, &r);
	return buf_check(&it->out, "the record", e);
}

static void
work(void *ctx, void *item)
{
	const struct run *r = ctx;
	struct item *it = item;

	it->failed = work_on(r->b, it, &it->err) != 0;
	if (it->failed)
		err_wrap(&it->err, "record %zu", it->number);
	buf_release(&it->line);
}

/* --- in and out --- */

static struct item *
item_new(const struct run *r, struct span line, bool too_long)
{
	struct item *it = xmalloc(sizeof(*it));

	*it = (struct item){.line = BUF_INIT(RECORD_LINE_MAX), .out = BUF_INIT(RECORD_LINE_MAX + 1), .err = ERR_INIT,
	    .number = r->lines.number, .too_long = too_long};
	buf_add_span(&it->line, line);
	if (r->b->begin)
		r->b->begin();
	return it;
}

static enum batch_got
next(void *ctx, void **item)
{
	struct run *r = ctx;
	struct span line = SPAN_NONE;
	enum lines_got got;

	if (r->ended || r->unread)
		return BATCH_END;
	got = lines_next(&r->lines, false, &line, &r->end);
	r->ended = got == LINES_FAILED;
	if (got == LINES_LATER)
		return BATCH_LATER;
	if (got != LINES_LINE && got != LINES_LONG)
		return BATCH_END;
	*item = item_new(r, line, got == LINES_LONG);
	return BATCH_ITEM;
}

static void
tell(const struct run *r, const struct err *e)
{
	AUTO(buf) struct buf json = BUF_INIT(BUF_TEXT_MAX);
	char text[ERR_TEXT];

	if (r->b->json)
		errline_emit(e, &json);
	if (r->b->json)
		log_say("%.*s", SPAN_FMT(buf_span(&json)));
	else
		log_say("Error: %s", err_text(e, text, sizeof(text)));
}

static void
note_failure(struct run *r, const struct item *it)
{
	if (!r->failed++)
		r->first = it->err;
	/* The only one is told of at the end. */
	if (!r->lines.eof || r->lines.number > 1)
		tell(r, &it->err);
}

/* What came back from a service leaves before more is read. */
static int
print(const struct item *it, struct err *e)
{
	if (file_print(buf_span(&it->out), e))
		return -1;
	return fflush(stdout) ? err_errno(e, REASON_OUTPUT, "cannot write to standard output") : 0;
}

static void
deliver(void *ctx, void *item)
{
	struct run *r = ctx;
	struct item *it = item;

	r->delivered++;
	r->ours += it->ours;
	if (it->failed)
		note_failure(r, it);
	else if (!r->unread)
		r->unread = print(it, &r->end) != 0;
	item_free(it);
}

static int
conclude(const struct run *r, struct err *e)
{
	if (r->ended || r->unread) {
		*e = r->end;
		return -1;
	}
	if (r->failed) {
		*e = r->first;
		return r->delivered > 1 ? err_wrap(e, "%zu of %zu records failed, the first", r->failed, r->delivered) : -1;
	}
	if (r->ours)
		return 0;
	err_set(e, REASON_BAD_RECORD, "standard input has no record for this step");
	return err_expected(e, "%s", stage_type(r->b->in));
}

int
stagebatch_run(const struct stagebatch *b, struct err *e)
{
	struct run r = {.b = b, .first = ERR_INIT, .end = ERR_INIT};
	struct batch batch = {.ctx = &r, .next = next, .fd = STDIN_FILENO, .work = work, .deliver = deliver,
	    .running = b->running};

	lines_init(&r.lines, STDIN_FILENO, '\n', "standard input", RECORD_LINE_MAX);
	batch_run(&batch);
	lines_release(&r.lines);
	return conclude(&r, e);
}
