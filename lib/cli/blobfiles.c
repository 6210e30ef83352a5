/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/blobfiles.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/outname.h"
#include "client/textref.h"
#include "net/http.h"

static void
one_cleanup(struct blobfiles_one *f)
{
	blobfile_release(&f->file);
	blob_release(&f->blob);
	pool_release(&f->pool);
}

/* --- what was asked for --- */

bool
blobfiles_is_stdin(const char *name)
{
	return name && strcmp(name, "-") == 0;
}

static int
check_stdin(const struct blobfiles *b, struct err *e)
{
	size_t n = (size_t)blobfiles_is_stdin(b->signature) + (size_t)blobfiles_is_stdin(b->stamp);

	for (size_t i = 0; i < b->files->count; i++)
		n += blobfiles_is_stdin(b->files->items[i]);
	for (size_t i = 0; i < b->bundles->count; i++)
		n += blobfiles_is_stdin(b->bundles->items[i]);
	return n > 1 ? err_set(e, REASON_USAGE, "- is standard input, which is there once") : 0;
}

/* What vouches cannot be several files' own. */
static int
check_shared(const struct blobfiles *b, struct err *e)
{
	for (size_t i = 0; i < b->bundles->count; i++)
		if (outname_check_shared(&(struct outname){"bundle", b->bundles->items[i]}, b->files->count, e))
			return -1;
	return outname_check_shared(&(struct outname){"signature", b->signature}, b->files->count, e) ||
	    outname_check_shared(&(struct outname){"rfc3161-timestamp", b->stamp}, b->files->count, e) ? -1 : 0;
}

int
blobfiles_check(const struct blobfiles *b, struct err *e)
{
	if (!b->bundles->count && !b->signature) {
		err_set(e, REASON_USAGE, "nothing was given that vouches for the file");
		return err_hint(e, "pass --bundle FILE");
	}
	if (b->bundles->count > 1 && (b->signature || b->stamp))
		return err_set(e, REASON_USAGE, "--signature and --rfc3161-timestamp belong to one bundle");
	return check_stdin(b, e) || check_shared(b, e) ? -1 : 0;
}

int
blobfiles_check_lines(const struct blobfiles *b, struct err *e)
{
	if (b->files->count != 1 || !blobfiles_is_stdin(b->files->items[0]))
		return err_set(e, REASON_USAGE, "--ndjson takes standard input alone: give - as the file");
	if (b->signature || b->stamp)
		return err_set(e, REASON_USAGE, "--ndjson excludes --signature and --rfc3161-timestamp");
	if (b->bundles->count < 2 && (!b->bundles->count || strstr(b->bundles->items[0], "{}")))
		return 0;
	err_set(e, REASON_USAGE, "--bundle is one file for all lines");
	return err_hint(e, "put {} into the name; it becomes each file's own");
}

bool
blobfiles_are_lines(const struct blobfiles *b)
{
	return b->files->count == 1 && blobfiles_is_stdin(b->files->items[0]) && !b->bundles->count && !b->signature &&
	    !b->stamp;
}

/* --- the sandbox --- */

struct reads {
	VEC(const char *) names;
	struct pool pool;
	bool url;
};

static void
will_read(struct reads *l, const char *path, const char *file)
{
	const char *name = path ? outname_of(&(struct outname){"", path}, file, &l->pool) : NULL;

	if (!name || blobfiles_is_stdin(name))
		return;
	if (textref_is_url(name))
		l->url = true;
	else
		*VEC_PUSH(&l->names) = name;
}

static void
will_read_evidence(struct reads *l, const struct blobfiles *b, const char *file)
{
	for (size_t i = 0; i < b->bundles->count; i++)
		will_read(l, b->bundles->items[i], file);
	will_read(l, b->signature, file);
	will_read(l, b->stamp, file);
}

static void
list_reads(struct reads *l, const struct blobfiles *b, struct blobfile_spool *s)
{
	for (size_t i = 0; i < b->files->count; i++) {
		const char *file = b->files->items[i];

		will_read(l, "{}", file);
		will_read_evidence(l, b, file);
		if (s->fd < 0 && blobfile_wants_spool(file))
			blobfile_spool_open(s);
	}
	if (!b->files->count)
		will_read_evidence(l, b, "");
}

int
blobfiles_enter(const struct blobfiles *b, struct blobfile_spool *s, unsigned keep, struct err *e)
{
	struct reads l = {.pool = POOL_INIT};
	int rc;

	list_reads(&l, b, s);
	rc = http_confine(l.url || b->how->log, keep, l.names.items, l.names.count, e);
	VEC_FREE(&l.names);
	pool_release(&l.pool);
	return rc;
}

/* --- what vouches --- */

static int
read_text(struct blobfiles_one *f, const struct outname *n, bool bare, struct span *out, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(BUNDLE_MAX);

	if (textref_read(outname_of(n, f->name ? f->name : "", &f->pool), bare, &text, e))
		return -1;
	*out = text.len ? pool_span(&f->pool, buf_span(&text)) : SPAN("");
	return 0;
}

static int
read_flag(struct blobfiles_one *f, const char *flag, const char *path, bool bare, struct span *out, struct err *e)
{
	return path && read_text(f, &(struct outname){flag, path}, bare, out, e) ? err_wrap(e, "--%s", flag) : 0;
}

static int
add_bundle(const struct blobfiles *b, struct blobfiles_one *f, const char *path, struct blob_evidence *ev, struct err *e)
{
	struct outname n = {"bundle", path};

	ev->name = outname_of(&n, f->name ? f->name : "", &f->pool);
	if (read_text(f, &n, false, &ev->bundle, e))
		return err_wrap(e, "bundle");
	return blob_add(&f->blob, b->how, ev, e);
}

static int
add_evidence(const struct blobfiles *b, struct blobfiles_one *f, struct err *e)
{
	struct blob_evidence ev = {0};

	if (read_flag(f, "signature", b->signature, b->bare_signature, &ev.signature, e) ||
	    read_flag(f, "rfc3161-timestamp", b->stamp, false, &ev.stamp, e))
		return -1;
	if (!b->bundles->count)
		return blob_add(&f->blob, b->how, &ev, e);
	for (size_t i = 0; i < b->bundles->count; i++)
		if (add_bundle(b, f, b->bundles->items[i], &ev, e))
			return -1;
	return 0;
}

/* --- what comes of it --- */

static int
judge(const struct blobfiles *b, struct blobfiles_one *f, struct err *e)
{
	if (add_evidence(b, f, e) || b->read(b->ctx, f, e))
		return -1;
	blob_look_up(&f->blob, b->how, &f->file.target);
	return blob_verify(&f->blob, b->how, &f->file.target, e);
}

static int
print_record(const struct blobfiles_one *f, const struct err *failure, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(BLOB_TEXT_MAX);
	char digest[DIGEST_TEXT_MAX];

	blob_emit_record(&f->blob, f->name, blobfile_digest(&f->file, digest), failure, (struct node){JSON_NULL, SPAN_NONE},
	    &out);
	return file_print_buf(&out, "the record", e);
}

static void
say_refused(const struct blob *b)
{
	char text[ERR_TEXT];

	for (size_t i = 0; i < b->count; i++)
		if (!b->items[i].v.ok)
			log_warn("%s: %s", b->items[i].name, err_text(&b->items[i].v.why, text, sizeof(text)));
}

void
blobfiles_say_good(const struct blobfiles *b, const struct blobfiles_one *f)
{
	if (b->files->count > 1)
		log_say("%s: Verified OK", f->name);
	else
		log_say("Verified OK");
}

static int
verify_one(const struct blobfiles *b, const char *name, struct err *e)
{
	AUTO(one) struct blobfiles_one f = {.name = name, .pool = POOL_INIT, .blob = BLOB_INIT, .file = BLOBFILE_INIT};
	struct err none = ERR_INIT;

	if (judge(b, &f, e)) {
		if (command_globals.json)
			(void)print_record(&f, e, &none);
		return -1;
	}
	say_refused(&f.blob);
	if (command_globals.json && print_record(&f, NULL, e))
		return -1;
	return b->use(b->ctx, &f, e);
}

int
blobfiles_verify(const struct blobfiles *b, struct err *e)
{
	const struct opt_list *files = b->files;
	struct err first = ERR_INIT;
	char text[ERR_TEXT];
	size_t failed = 0;

	if (files->count < 2)
		return verify_one(b, files->count ? files->items[0] : NULL, e);
	for (size_t i = 0; i < files->count; i++) {
		struct err why = ERR_INIT;

		if (verify_one(b, files->items[i], &why) == 0)
			continue;
		log_say("%s: %s", files->items[i], err_text(&why, text, sizeof(text)));
		err_wrap(&why, "%s", files->items[i]);
		if (!failed++)
			first = why;
	}
	if (!failed)
		return 0;
	*e = first;
	return err_wrap(e, "%zu of %zu files failed, the first", failed, files->count);
}
