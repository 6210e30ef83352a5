/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "cli/command.h"
#include "client/textref.h"
#include "client/trustget.h"
#include "client/tuffetch.h"
#include "client/tufhome.h"
#include "client/tuflegacy.h"
#include "codec/hex.h"
#include "json/emit.h"
#include "net/http.h"
#include "sig/trust.h"

#define FRESH ".new."
enum { LEFT_BEHIND_S = 24 * 60 * 60 };

struct init {
	const char *mirror, *root, *checksum;
	bool staging;
};

static const struct opt opts[] = {
	OPT_STR(struct init, 0, "mirror", "URL", mirror, .help = "the TUF repository: https://…, http://… or file:///…",
	    .def = TUFHOME_PUBLIC),
	OPT_STR(struct init, 0, "root", "FILE", root,
	    .help = "its root.json to begin trust with: a file, URL or env://VARIABLE; that of the public instance comes "
	    "with this program", .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct init, 0, "root-checksum", "[sha256:|sha512:]HEX", checksum, .help = "what that root.json must hash to"),
	OPT_FLAG(struct init, 0, "staging", staging,
	    .help = "the public instance's staging; other flags count for nothing then"),
	OPT_END
};

/* --- where trust begins --- */

static int
check_sum(const char *text, struct span bytes, struct err *e)
{
	unsigned char want[HASH_SIZE_MAX], value[HASH_SIZE_MAX];
	struct span hex = span_str(text), name = span_cut(&hex, ':');
	enum hash h = hex.ptr ? hash_find(name) : HASH_SHA256;

	if (!hex.ptr)
		hex = name;
	if ((h != HASH_SHA256 && h != HASH_SHA512) || !hex_decode(want, hash_size(h), hex)) {
		err_set(e, REASON_USAGE, "--root-checksum");
		err_expected(e, "the SHA-256 in hexadecimal, or sha512: and that");
		return err_found(e, "%s", text);
	}
	digest_of(h, bytes, value);
	if (memcmp(want, value, hash_size(h)) == 0)
		return 0;
	err_set(e, REASON_DIGEST_MISMATCH, "the root is not the one of --root-checksum");
	return err_expected(e, "%s", text);
}

static int
read_root(const struct init *o, struct tufhome *h, struct err *e)
{
	struct span embedded = tufhome_embedded(h->mirror);

	if (o->staging || !o->root || !*o->root) {
		buf_add_span(&h->root, embedded.ptr ? embedded : tufhome_embedded(TUFHOME_PUBLIC));
		return 0;
	}
	if (textref_is_url(o->root) && (!o->checksum || !*o->checksum))
		log_warn("Fetching initial root from URL without providing its checksum is deprecated and will be "
		    "disallowed in a future Cosign release. Please provide the initial root checksum via the "
		    "--root-checksum argument.");
	if (textref_read(o->root, false, &h->root, e))
		return err_wrap(e, "--root %s", o->root);
	return o->checksum && *o->checksum ? check_sum(o->checksum, buf_span(&h->root), e) : 0;
}

/* --- a directory in the place of another --- */

static void
remove_files(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		AUTO(charp) char *path = xasprintf("%s/%s", dir, entry->d_name);

		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			(void)unlink(path);
	}
	if (d)
		closedir(d);
	(void)rmdir(dir);
}

/* Metadata and targets/, nothing deeper. */
static void
remove_cache(const char *dir)
{
	AUTO(charp) char *targets = xasprintf("%s/targets", dir);

	remove_files(targets);
	remove_files(dir);
}

/* What runs left behind that were killed. */
static void
sweep(const char *top)
{
	int64_t old = date_now() - LEFT_BEHIND_S;
	DIR *d = opendir(top);
	struct dirent *entry;
	struct stat st;

	while (d && (entry = readdir(d))) {
		AUTO(charp) char *path = xasprintf("%s/%s", top, entry->d_name);

		if (strncmp(entry->d_name, FRESH, strlen(FRESH)) == 0 && lstat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
		    st.st_mtime < old)
			remove_cache(path);
	}
	if (d)
		closedir(d);
}

/* What was there serves until the new one does. */
static int
swap_in(const char *fresh, const char *dir, struct err *e)
{
	for (int tries = 0; tries < 10; tries++) {
		if (renameat2(AT_FDCWD, fresh, AT_FDCWD, dir, RENAME_EXCHANGE) == 0) {
			remove_cache(fresh);
			return 0;
		}
		/* There was nothing, or the file system cannot exchange. */
		if (errno != ENOENT)
			remove_cache(dir);
		if (rename(fresh, dir) == 0)
			return 0;
		/* Somebody else was faster. */
		if (errno != ENOTEMPTY && errno != EEXIST)
			break;
	}
	return err_errno(e, REASON_IO, "cannot put %s in place", dir);
}

/* --- what the repository says --- */

static void
fetch_config(struct tuf *t)
{
	AUTO(buf) struct buf bytes = BUF_INIT(TUF_TARGET_MAX);
	struct err e = ERR_INIT;
	char text[ERR_TEXT];

	if (tuf_get(t, SPAN(TRUSTGET_CONFIG), &bytes, &e))
		log_warn("Could not fetch signing_config.json from the TUF mirror (encountered error: %s). It is recommended "
		    "to use a signing config file rather than provide service URLs when signing.",
		    err_text(&e, text, sizeof(text)));
}

/* 1: there is no trusted root, but single keys. */
static int
fetch_root(struct tuf *t, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(TUF_TARGET_MAX), old = BUF_INIT(TUF_TARGET_MAX);
	AUTO(trust) struct trust trust = TRUST_INIT;
	char text[ERR_TEXT];

	if (tuf_get(t, SPAN(TRUSTGET_ROOT), &bytes, e) == 0)
		return trust_parse(&trust, buf_span(&bytes), e);
	if (!err_is(e, REASON_NOT_FOUND))
		return -1;
	log_warn("Could not fetch trusted_root.json from the TUF mirror (encountered error: %s), falling back to individual "
	    "targets. It is recommended to update your TUF metadata repository to include trusted_root.json.",
	    err_text(e, text, sizeof(text)));
	err_clear(e);
	return tuflegacy_root(t, &old, e) ? -1 : 1;
}

/* "20 Nov 26 13:58 UTC", as Go's RFC822. */
static void
emit_time(struct emit *j, int64_t when)
{
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	AUTO(buf) struct buf text = BUF_INIT(64);
	time_t seconds = (time_t)when;
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		buf_printf(&text, "%02d %s %02d %02d:%02d UTC", tm.tm_mday, months[tm.tm_mon], tm.tm_year % 100, tm.tm_hour,
		    tm.tm_min);
	emit_kspan(j, "expiration", buf_span(&text));
}

static void
emit_status(struct emit *j, const char *name, const struct tufmeta *m)
{
	emit_key(j, name);
	emit_object(j);
	emit_kint(j, "version", m->version);
	emit_kint(j, "len", (int64_t)m->bytes.len);
	emit_time(j, m->expires);
	emit_kstr(j, "error", "");
	emit_object_end(j);
}

/* What the original prints of repositories without a trusted root. */
static int
print_status(const struct tufhome *h, const struct tuf *t, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	AUTO(pool) struct pool pool = POOL_INIT;
	struct emit j;

	emit_init(&j, &text);
	j.indent = 1;
	emit_object(&j);
	emit_kstr(&j, "local", h->frozen ? "in-memory" : h->top);
	emit_kstr(&j, "remote", h->mirror);
	emit_key(&j, "metadata");
	emit_object(&j);
	emit_status(&j, "root.json", t->set.root);
	emit_status(&j, "snapshot.json", t->set.snapshot);
	emit_status(&j, "targets.json", t->targets);
	emit_status(&j, "timestamp.json", t->set.timestamp);
	emit_object_end(&j);
	emit_key(&j, "targets");
	emit_array(&j);
	for (struct node_iter it = node_iter(t->targets->targets); node_next(&it);)
		emit_span(&j, node_key(it.key, &pool));
	emit_array_end(&j);
	emit_object_end(&j);
	if (buf_check(&text, "the status", e))
		return -1;
	/* A tab a level. */
	printf("Root status: \n ");
	for (size_t i = 0; i < text.len; i++) {
		putchar(text.ptr[i]);
		if (text.ptr[i] != '\n')
			continue;
		for (; text.ptr[i + 1] == ' '; i++)
			putchar('\t');
	}
	putchar('\n');
	return 0;
}

/* --- the whole --- */

static int
load(const struct tufhome *h, const char *dir, struct err *e)
{
	AUTO(charp) char *targets = dir ? xasprintf("%s/targets", dir) : NULL;
	AUTO(tuf) struct tuf t = {0};
	struct tuf_options o = {.metadata_url = h->mirror, .targets_url = h->targets_url, .dir = dir, .target_dir = targets};
	int rc;

	if (tuf_start(&t, &o, buf_span(&h->root), date_now(), e) || tuf_refresh(&t, e))
		return err_wrap(e, "%s", h->mirror);
	fetch_config(&t);
	rc = fetch_root(&t, e);
	if (rc < 0)
		return err_wrap(e, "%s", h->mirror);
	if (t.store.told || t.files.told)
		return err_set(e, REASON_IO, "%s cannot be written to", h->top);
	return rc ? print_status(h, &t, e) : 0;
}

static int
write_notes(const struct tufhome *h, struct err *e)
{
	AUTO(charp) char *remote = xasprintf("%s/remote.json", h->top), *last = xasprintf("%s.json", h->dir);
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);

	tufhome_last(&text, date_now());
	if (file_write(last, buf_span(&text), 0644, FILE_REPLACE, e))
		return -1;
	buf_reset(&text);
	tufhome_remote(&text, h->mirror);
	return file_write(remote, buf_span(&text), 0600, FILE_REPLACE, e);
}

static int
renew(const struct tufhome *h, struct err *e)
{
	AUTO(charp) char *fresh = xasprintf("%s/" FRESH "XXXXXX", h->top);

	if (file_mkdirs(h->top, 0700, e))
		return -1;
	sweep(h->top);
	if (!mkdtemp(fresh))
		return err_errno(e, REASON_IO, "cannot create a directory in %s", h->top);
	if (load(h, fresh, e) || swap_in(fresh, h->dir, e)) {
		remove_cache(fresh);
		return -1;
	}
	return write_notes(h, e);
}

static int
no_place(struct err *e)
{
	err_set(e, REASON_CONFIG, "there is no place to keep what the TUF repository says");
	return err_hint(e, "set TUF_ROOT to a directory, or HOME");
}

static int
run(void *args, struct err *e)
{
	const struct init *o = args;
	AUTO(tufhome) struct tufhome h = TUFHOME_INIT;
	AUTO(buf) struct buf base = BUF_INIT(BUF_TEXT_MAX);

	if (tufhome_find(&h, o->staging ? TUFHOME_STAGING : o->mirror && *o->mirror ? o->mirror : TUFHOME_PUBLIC, e) ||
	    tuffetch_base(&base, h.mirror, e) || read_root(o, &h, e))
		return -1;
	if (!h.top && !h.frozen)
		return no_place(e);
	if (http_confine(tuffetch_is_remote(buf_str(&base)), SANDBOX_READ | SANDBOX_WRITE, NULL, 0, e))
		return -1;
	if ((h.frozen ? load(&h, NULL, e) : renew(&h, e)) == 0)
		return 0;
	if ((!o->root || !*o->root) && !tufhome_embedded(h.mirror).ptr && !err_get_hint(e))
		err_hint(e, "trust began with the root of the public instance; --root FILE names this repository's");
	return -1;
}

static const char examples[] =
	"# trust the public instance\n"
	"$ cosign initialize\n"
	"# trust a private one, whose root.json is known to be right\n"
	"$ cosign initialize --mirror https://tuf.example.com --root root.json\n"
	"# the same in a place without a network, from a copy of the repository\n"
	"$ cosign initialize --mirror file:///mnt/tuf --root root.json\n";

static const struct command initialize = {
	.name = "initialize",
	.brief = "Choose the TUF repository that says whom to trust",
	.about = "Fetches all of a TUF repository that signing and verifying need, and keeps it below TUF_ROOT or "
	    "~/.sigstore/root for them; from then on they ask this repository. Trust begins with --root, or with the root of "
	    "the public instance. What was there before stays until the new one is whole. Once in a while, and without this "
	    "command, the other commands bring it up to date by themselves.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct init),
	.run = run,
};
COMMAND_MAIN(initialize)
