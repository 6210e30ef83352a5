/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/blobstream.h"

#include <unistd.h>
#include "base/file.h"
#include "base/lines.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "cli/crew.h"
#include "cli/outname.h"
#include "cli/progress.h"
#include "json/record.h"
#include "step/blobfile.h"

struct run {
	const struct blobstream *s;
	struct blobfile_spool spool;
	size_t taken, done, failed;
	struct err first;
	struct progress progress;
};

/* One line. */
struct item {
	struct pool pool;
	struct node root;
	const char *file, *digest, *bundle_name;
	struct span bundle;
	struct buf text;	/* of the bundle's file */
	struct blob blob;
	struct blobfile blobfile;
};
#define ITEM_INIT {.pool = POOL_INIT, .root = {JSON_NULL, SPAN_NONE}, .text = BUF_INIT(BUNDLE_MAX), .blob = BLOB_INIT, \
	.blobfile = BLOBFILE_INIT}

static void
item_cleanup(struct item *it)
{
	blobfile_release(&it->blobfile);
	blob_release(&it->blob);
	buf_release(&it->text);
	pool_release(&it->pool);
}

/* --- what a line says --- */

static int
take_string(struct item *it, const char *name, const char **out, struct err *e)
{
	struct node v;
	struct span text;

	if (!node_member(it->root, name, &v) || v.kind == JSON_NULL)
		return 0;
	if (!node_string(v, &it->pool, &text) || text.len == 0 || memchr(text.ptr, '\0', text.len)) {
		err_set(e, REASON_BAD_RECORD, "member \"%s\"", name);
		return err_expected(e, "a string that is not empty");
	}
	*out = text.ptr;
	return 0;
}

static int
take_bundle(const struct run *r, struct item *it, struct err *e)
{
	struct outname name = {"bundle", r->s->bundle};
	struct node v;

	if (node_member(it->root, "bundle", &v) && v.kind == JSON_OBJECT) {
		it->bundle = v.raw;
		return 0;
	}
	if (take_string(it, "bundle", &it->bundle_name, e))
		return -1;
	if (!it->bundle_name && name.path && it->file)
		it->bundle_name = outname_of(&name, it->file, &it->pool);
	if (it->bundle_name)
		return 0;
	err_set(e, REASON_BAD_RECORD, "the line says nothing of a bundle");
	return err_expected(e, "a member \"bundle\"");
}

static int
read_line(const struct run *r, struct item *it, struct span line, struct err *e)
{
	if (scan_document(line, &it->root, e))
		return -1;
	if (it->root.kind != JSON_OBJECT) {
		err_set(e, REASON_BAD_RECORD, "the line is %s", node_kind_name(it->root.kind));
		return err_expected(e, "an object with \"file\" or \"digest\", and \"bundle\"");
	}
	if (take_string(it, "file", &it->file, e) || take_string(it, "digest", &it->digest, e))
		return -1;
	if (it->file || it->digest)
		return take_bundle(r, it, e);
	err_set(e, REASON_BAD_RECORD, "the line names no file");
	return err_expected(e, "a member \"file\" or \"digest\"");
}

/* --- what comes of it --- */

/* Not as an argument is: no URL, no variable. "-" would be the lines. */
static int
read_file(struct run *r, struct item *it, unsigned needs, struct err *e)
{
	const char *name = it->file;

	if (strcmp(name, "-") == 0)
		return err_set(e, REASON_BAD_RECORD, "standard input holds the lines");
	if (strstr(name, "://"))
		name = pool_printf(&it->pool, "./%s", name);
	return blobfile_read(&it->blobfile, name, needs, false, &r->spool, e);
}

static int
check_digest(const struct item *it, enum hash h, const unsigned char *value, struct err *e)
{
	if (span_eq(it->blobfile.target.digest[h], span_of(value, hash_size(h))))
		return 0;
	err_set(e, REASON_DIGEST_MISMATCH, "the file has another digest than the line says");
	return err_expected(e, "%s", it->digest);
}

static int
read_blob(struct run *r, struct item *it, struct err *e)
{
	unsigned char value[HASH_SIZE_MAX];
	unsigned needs = blob_needs(&it->blob, r->s->how);
	enum hash h = HASH_NONE;

	if (it->digest && !blobfile_parse_digest(span_str(it->digest), &h, value))
		return err_set(e, REASON_BAD_DIGEST, "'%s' is no digest", it->digest);
	if (!it->file)
		return blobfile_set_digest(&it->blobfile, it->digest, e);
	if (read_file(r, it, needs | (it->digest ? 1u << h : 0), e))
		return -1;
	return it->digest ? check_digest(it, h, value, e) : 0;
}

static int
read_bundle(struct item *it, struct err *e)
{
	if (!it->bundle_name)
		return 0;
	if (strcmp(it->bundle_name, "-") == 0)
		return err_set(e, REASON_BAD_RECORD, "standard input holds the lines");
	if (file_read(it->bundle_name, &it->text, e))
		return -1;
	it->bundle = it->text.len ? buf_span(&it->text) : SPAN("");
	return 0;
}

static int
judge(struct run *r, struct item *it, struct span line, struct err *e)
{
	struct blob_evidence ev = {0};

	if (read_line(r, it, line, e) || read_bundle(it, e))
		return -1;
	ev.name = it->bundle_name;
	ev.bundle = it->bundle;
	if (blob_add(&it->blob, r->s->how, &ev, e) || read_blob(r, it, e))
		return -1;
	return blob_verify(&it->blob, r->s->how, &it->blobfile.target, e);
}

static void
answer(struct run *r, enum lines_got got, struct span line, struct crew_result *res)
{
	AUTO(item) struct item it = ITEM_INIT;
	char digest[DIGEST_TEXT_MAX];
	const char *known;

	if (got == LINES_LONG)
		res->failed = err_set(&res->err, REASON_TOO_LARGE, "a line of more than %zu bytes", RECORD_LINE_MAX) != 0;
	else
		res->failed = judge(r, &it, line, &res->err) != 0;
	known = blobfile_digest(&it.blobfile, digest);
	blob_emit_record(&it.blob, it.file, known ? known : it.digest, res->failed ? &res->err : NULL, it.root, &res->out);
	if (res->failed)
		err_wrap(&res->err, "%s", it.file ? it.file : it.digest ? it.digest : "a line");
}

/* --- many of them --- */

static int
settle(struct run *r, const struct crew_result *res, struct err *e)
{
	if (res->failed && !r->failed++)
		r->first = res->err;
	r->done++;
	if (buf_check(&res->out, "the record", e))
		return -1;
	progress_clear(&r->progress);
	if (file_print(buf_span(&res->out), e))
		return -1;
	progress_show(&r->progress, r->done, r->taken, r->failed);
	return 0;
}

static void
enter(struct run *r)
{
	blobfile_spool_open(&r->spool);
	(void)sandbox_enter(SANDBOX_READ, NULL, 0);
}

static int
judge_all(struct run *r, struct err *e)
{
	AUTO(lines) struct lines in;
	struct span line = SPAN_NONE;
	enum lines_got got;
	int rc = 0;

	enter(r);
	lines_init(&in, STDIN_FILENO, '\n', "standard input", RECORD_LINE_MAX);
	while (rc == 0 && (got = lines_next(&in, false, &line, e)) != LINES_END) {
		struct crew_result res = CREW_RESULT_INIT;

		if (got == LINES_LATER)
			got = file_flush(e) ? LINES_FAILED : lines_next(&in, true, &line, e);
		if (got == LINES_END)
			break;
		if (got == LINES_FAILED)
			return -1;
		r->taken++;
		answer(r, got, line, &res);
		rc = settle(r, &res, e);
		crew_result_release(&res);
	}
	return rc;
}

static void
be_worker(void *ctx, struct crew_reader *in)
{
	struct run *r = ctx;
	struct span line = SPAN_NONE;
	enum crew_got got;

	enter(r);
	while ((got = crew_read(in, true, &line)) == CREW_LINE || got == CREW_LONG) {
		struct crew_result res = CREW_RESULT_INIT;

		answer(r, got == CREW_LONG ? LINES_LONG : LINES_LINE, line, &res);
		crew_answer(&res);
		crew_result_release(&res);
	}
}

static int
deliver(void *ctx, struct crew_result *res, size_t taken, struct err *e)
{
	struct run *r = ctx;

	r->taken = taken;
	return settle(r, res, e);
}

static int
conclude(const struct run *r, struct err *e)
{
	(void)fflush(stdout);
	log_say("%zu files: %zu verified, %zu refused", r->done, r->done - r->failed, r->failed);
	if (!r->done) {
		err_set(e, REASON_BAD_RECORD, "standard input names no file");
		return err_hint(e, "each line is a JSON object with \"file\" or \"digest\", and \"bundle\"");
	}
	if (!r->failed)
		return 0;
	*e = r->first;
	return err_wrap(e, "%zu of %zu files failed, the first", r->failed, r->done);
}

int
blobstream_run(const struct blobstream *s, struct err *e)
{
	struct run r = {.s = s, .spool = BLOBFILE_SPOOL_INIT, .first = ERR_INIT};
	struct crew c = {.ctx = &r, .jobs = s->jobs, .end = '\n', .line_max = RECORD_LINE_MAX, .work = be_worker,
	    .deliver = deliver};
	int rc;

	progress_init(&r.progress);
	rc = s->jobs > 1 ? crew_run(&c, e) : judge_all(&r, e);
	progress_clear(&r.progress);
	blobfile_spool_release(&r.spool);
	return rc ? -1 : conclude(&r, e);
}
