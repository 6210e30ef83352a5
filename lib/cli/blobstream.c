/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/blobstream.h"

#include "base/file.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "cli/linework.h"
#include "cli/outname.h"
#include "cli/progress.h"
#include "json/record.h"
#include "step/blobfile.h"

struct run {
	const struct blobstream *s;
	struct blobfile_spool spool;
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
answer(void *ctx, struct span line, bool is_long, struct crew_result *res)
{
	AUTO(item) struct item it = ITEM_INIT;
	char digest[DIGEST_TEXT_MAX];
	const char *known;

	if (is_long)
		res->failed = err_set(&res->err, REASON_TOO_LARGE, "a line of more than %zu bytes", RECORD_LINE_MAX) != 0;
	else
		res->failed = judge(ctx, &it, line, &res->err) != 0;
	known = blobfile_digest(&it.blobfile, digest);
	blob_emit_record(&it.blob, it.file, known ? known : it.digest, res->failed ? &res->err : NULL, it.root, &res->out);
	if (res->failed)
		err_wrap(&res->err, "%s", it.file ? it.file : it.digest ? it.digest : "a line");
}

/* --- many of them --- */

static int
enter(void *ctx, struct err *e)
{
	struct run *r = ctx;

	(void)e;
	blobfile_spool_open(&r->spool);
	(void)sandbox_enter(SANDBOX_READ, NULL, 0);
	return 0;
}

static int
settle(void *ctx, const struct linework_sum *sum, const struct crew_result *res, struct err *e)
{
	struct run *r = ctx;

	if (buf_check(&res->out, "the record", e))
		return -1;
	progress_clear(&r->progress);
	if (file_print(buf_span(&res->out), e))
		return -1;
	progress_show(&r->progress, sum->done, sum->taken, sum->failed);
	return 0;
}

static int
conclude(const struct linework_sum *sum, struct err *e)
{
	log_say("%zu files: %zu verified, %zu refused", sum->done, sum->done - sum->failed, sum->failed);
	if (!sum->done) {
		err_set(e, REASON_BAD_RECORD, "standard input names no file");
		return err_hint(e, "each line is a JSON object with \"file\" or \"digest\", and \"bundle\"");
	}
	if (!sum->failed)
		return 0;
	*e = sum->first;
	return err_wrap(e, "%zu of %zu files failed, the first", sum->failed, sum->done);
}

int
blobstream_run(const struct blobstream *s, struct err *e)
{
	struct run r = {.s = s, .spool = BLOBFILE_SPOOL_INIT};
	struct linework w = {.ctx = &r, .jobs = s->jobs, .enter = enter, .answer = answer, .settle = settle};
	struct linework_sum sum = LINEWORK_SUM_INIT;
	int rc;

	progress_init(&r.progress);
	rc = linework_run(&w, &sum, e);
	progress_clear(&r.progress);
	blobfile_spool_release(&r.spool);
	return rc ? -1 : conclude(&sum, e);
}
