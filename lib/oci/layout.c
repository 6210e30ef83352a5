/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/spill.h"
#include "crypto/digest.h"
#include "oci/layout_cache.h"
#include "oci/layout_names.h"
#include "oci/ref.h"

enum { VERSION_FILE_MAX = 4096 };

static const char version_file[] = "{\"imageLayoutVersion\":\"1.0.0\"}";

int
layout_check_version(struct span json, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct node root, version;
	struct span text;
	uint64_t minor;

	if (scan_document(json, &root, e))
		return err_wrap(e, "oci-layout");
	if (!node_member(root, "imageLayoutVersion", &version) || !node_string(version, &pool, &text))
		return err_set(e, REASON_BAD_LAYOUT, "oci-layout: no imageLayoutVersion");
	if (span_starts(text, "1.0.") && span_decimal(span_from(text, 4), 1000000, &minor))
		return 0;
	err_set(e, REASON_BAD_LAYOUT, "an image layout of another version");
	err_expected(e, "1.0.x");
	return err_found(e, "%.*s", SPAN_FMT(span_first(text, 40)));
}

/* Opens a regular file that is no symbolic link. */
static int
open_regular(const struct layout *l, int dir, const char *name, int *fd, struct stat *st, struct err *e)
{
	AUTO(fd) int file = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (file < 0 && errno == ENOENT)
		return err_set(e, REASON_NOT_FOUND, "there is no %s in %s", name, l->dir);
	if (file < 0 && errno == ELOOP)
		return err_set(e, REASON_BAD_LAYOUT, "%s in %s is a symbolic link", name, l->dir);
	if (file < 0)
		return err_errno(e, REASON_IO, "cannot open %s in %s", name, l->dir);
	if (fstat(file, st) || !S_ISREG(st->st_mode))
		return err_set(e, REASON_BAD_LAYOUT, "%s in %s is no regular file", name, l->dir);
	*fd = file;
	file = -1;
	return 0;
}

static struct layout_stamp
stamp_of(const struct stat *st)
{
	return (struct layout_stamp){(int64_t)st->st_dev, (int64_t)st->st_ino, st->st_size,
	    {st->st_mtim.tv_sec, st->st_mtim.tv_nsec}, {st->st_ctim.tv_sec, st->st_ctim.tv_nsec}};
}

static int
read_file(struct layout *l, int dir, const char *name, struct buf *out, struct err *e)
{
	AUTO(fd) int fd = -1;
	struct stat st;

	if (open_regular(l, dir, name, &fd, &st, e))
		return -1;
	l->mode = st.st_mode & 0777;
	l->stamp = stamp_of(&st);
	return file_read_fd(fd, name, out, e);
}

static int
open_dir(const struct layout *l, int at, const char *name, int *fd, struct err *e)
{
	*fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd >= 0 || errno == ENOENT)
		return 0;
	return err_errno(e, REASON_BAD_LAYOUT, "%s in %s is no directory of its own", name, l->dir);
}

/* blobs/sha256, which may be missing as long as there is nothing in it. */
static int
open_blobs(struct layout *l, int dir, struct err *e)
{
	AUTO(fd) int blobs = -1;
	struct stat st;

	if (open_dir(l, dir, "blobs", &blobs, e))
		return -1;
	if (blobs < 0)
		return err_set(e, REASON_BAD_LAYOUT, "there is no directory blobs in %s", l->dir);
	if (open_dir(l, blobs, "sha256", &l->blobs, e))
		return -1;
	if (l->blobs >= 0 && fstat(l->blobs, &st))
		return err_errno(e, REASON_IO, "cannot look at %s/blobs/sha256", l->dir);
	l->blobs_dev = l->blobs >= 0 ? (int64_t)st.st_dev : 0;
	l->blobs_ino = l->blobs >= 0 ? (int64_t)st.st_ino : 0;
	return 0;
}

static int
check_layout(struct layout *l, int dir, struct err *e)
{
	AUTO(buf) struct buf version = BUF_INIT(VERSION_FILE_MAX);

	if (read_file(l, dir, "oci-layout", &version, e)) {
		if (e && err_is(e, REASON_NOT_FOUND)) {
			err_set(e, REASON_BAD_LAYOUT, "%s is no OCI image layout: it has no file oci-layout", l->dir);
			err_hint(e, "skopeo copy ... oci:%s:TAG makes one", l->dir);
		}
		return -1;
	}
	if (layout_check_version(buf_span(&version), e))
		return err_wrap(e, "%s", l->dir);
	return open_blobs(l, dir, e);
}

static int
open_top(const struct layout *l, int *dir, struct err *e)
{
	*dir = open(l->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*dir >= 0)
		return 0;
	if (errno == ENOENT || errno == ENOTDIR)
		return err_errno(e, REASON_NO_IMAGE, "no image layout %s", l->dir);
	return err_errno(e, REASON_IO, "cannot open %s", l->dir);
}

/* Takes the bytes of an index.json that is good; *bytes gets the old ones. */
static int
adopt_index(struct layout *l, struct buf *bytes, struct err *e)
{
	struct manifest fresh = MANIFEST_INIT;
	struct buf old = l->bytes;

	if (manifest_parse(&fresh, buf_span(bytes), SPAN(MEDIA_OCI_INDEX), e))
		return err_wrap(e, "%s/index.json", l->dir);
	manifest_release(&l->index);
	l->index = fresh;
	l->bytes = *bytes;
	*bytes = old;
	layout_cache_expire(l);
	layout_names_expire(l);
	return 0;
}

int
layout_reload(struct layout *l, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(LAYOUT_INDEX_MAX);
	AUTO(fd) int dir = -1;

	if (open_top(l, &dir, e))
		return -1;
	if (read_file(l, dir, "index.json", &bytes, e)) {
		if (e && err_is(e, REASON_NOT_FOUND))
			e->reason = REASON_BAD_LAYOUT;
		return -1;
	}
	if (l->index.json.ptr && span_eq(buf_span(&bytes), buf_span(&l->bytes)))
		return 0;
	return adopt_index(l, &bytes, e);
}

static bool
stat_in(const struct layout *l, const char *name, struct stat *st)
{
	AUTO(charp) char *path = xasprintf("%s/%s", l->dir, name);

	return stat(path, st) == 0;
}

bool
layout_is_current(const struct layout *l)
{
	struct stat index, blobs;
	struct layout_stamp now;

	if (!stat_in(l, "index.json", &index) || l->blobs < 0)
		return false;
	now = stamp_of(&index);
	return memcmp(&now, &l->stamp, sizeof(now)) == 0 && stat_in(l, "blobs/sha256", &blobs) &&
	    (int64_t)blobs.st_ino == l->blobs_ino && (int64_t)blobs.st_dev == l->blobs_dev;
}

int
layout_open(struct layout *l, const char *dir, struct err *e)
{
	AUTO(fd) int top = -1;

	*l = (struct layout)LAYOUT_INIT;
	l->dir = xstrdup(dir);
	if (open_top(l, &top, e) || check_layout(l, top, e) || layout_reload(l, e)) {
		layout_release(l);
		return -1;
	}
	return 0;
}

void
layout_release(struct layout *l)
{
	free(l->dir);
	if (l->blobs >= 0)
		close(l->blobs);
	manifest_release(&l->index);
	buf_release(&l->bytes);
	layout_cache_free(l->cache);
	layout_names_expire(l);
	*l = (struct layout)LAYOUT_INIT;
}

static int
write_new(const char *dir, const char *name, struct span bytes, struct err *e)
{
	AUTO(charp) char *path = xasprintf("%s/%s", dir, name);

	if (file_exists(path))
		return 0;
	return file_write(path, bytes, 0644, FILE_REPLACE, e);
}

int
layout_init(const char *dir, struct err *e)
{
	AUTO(charp) char *blobs = xasprintf("%s/blobs/sha256", dir);
	AUTO(buf) struct buf index = BUF_INIT(BUF_TEXT_MAX);

	manifest_emit_index(&index, NULL, 0);
	if (file_mkdirs(blobs, 0755, e) || write_new(dir, "index.json", buf_span(&index), e))
		return -1;
	return write_new(dir, "oci-layout", SPAN(version_file), e);
}

/* ---- blobs ---- */

static int
open_blob(struct layout *l, struct span digest, int64_t size, int *fd, struct stat *st, struct err *e)
{
	char name[65];

	if (!ref_is_digest(digest)) {
		err_set(e, REASON_BAD_DIGEST, "'%.*s' names no blob of a layout", SPAN_FMT(span_first(digest, 200)));
		return err_expected(e, "sha256: and 64 lower-case hexadecimal digits");
	}
	memcpy(name, digest.ptr + 7, 64);
	name[64] = '\0';
	if (l->blobs < 0)
		return err_set(e, REASON_NOT_FOUND, "there is no %s in %s", name, l->dir);
	if (open_regular(l, l->blobs, name, fd, st, e))
		return -1;
	if (size < 0 || st->st_size == size)
		return 0;
	close(*fd);
	*fd = -1;
	err_set(e, REASON_DIGEST_MISMATCH, "%.*s in %s has another size", SPAN_FMT(digest), l->dir);
	err_expected(e, "%lld bytes", (long long)size);
	return err_found(e, "%lld bytes", (long long)st->st_size);
}

static int
pump(struct layout *l, int fd, struct digest *hash, struct sink *to, struct err *e)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, REASON_IO, "cannot read a blob of %s", l->dir);
		digest_update(hash, span_of(chunk, (size_t)n));
		if (to && to->feed(to, span_of(chunk, (size_t)n), e))
			return -1;
	}
	return 0;
}

static int
check_digest(const struct layout *l, struct span digest, const char *found, struct err *e)
{
	if (span_is(digest, found))
		return 0;
	err_set(e, REASON_DIGEST_MISMATCH, "a blob of %s does not have the digest it is named by", l->dir);
	err_expected(e, "%.*s", SPAN_FMT(digest));
	return err_found(e, "%s", found);
}

int
layout_stream(struct layout *l, struct span digest, int64_t size, struct sink *to, struct err *e)
{
	AUTO(digest) struct digest hash;
	AUTO(fd) int fd = -1;
	unsigned char value[HASH_SIZE_MAX];
	char text[DIGEST_TEXT_MAX];
	struct stat st;

	digest_init(&hash, HASH_SHA256);
	if (open_blob(l, digest, size, &fd, &st, e) || pump(l, fd, &hash, to, e))
		return -1;
	digest_final(&hash, value);
	digest_text(HASH_SHA256, value, text);
	return check_digest(l, digest, text, e);
}

/* The bytes that were there when it was opened: if there are more now, or less,
 * their digest tells. */
static int
read_blob(const struct layout *l, int fd, size_t size, struct buf *out, struct err *e)
{
	size_t got = 0;

	/* At once, so that it is not moved about while it grows. */
	(void)buf_room(out, size);
	while (got < size) {
		size_t want = size - got < SPILL_PIECE ? size - got : SPILL_PIECE;
		ssize_t n = read(fd, buf_room(out, want), want);

		if (n < 0 && errno != EINTR)
			return err_errno(e, REASON_IO, "cannot read a blob of %s", l->dir);
		if (n == 0)
			break;
		got += n > 0 ? (size_t)n : 0;
		out->len += n > 0 ? (size_t)n : 0;
	}
	out->ptr[out->len] = '\0';
	return 0;
}

static bool
read_kept(const struct layout *l, struct span digest, int64_t size, struct buf *out)
{
	struct span kept = layout_cache_bytes(l, digest);

	if (!kept.ptr || (size >= 0 && (uint64_t)size != kept.len) || kept.len > out->max - out->len)
		return false;
	buf_add_span(out, kept);
	return true;
}

int
layout_read(struct layout *l, struct span digest, int64_t size, struct buf *out, struct err *e)
{
	size_t before = out->len, room = out->max - out->len;
	char text[DIGEST_TEXT_MAX];
	AUTO(fd) int fd = -1;
	struct stat st;

	if (read_kept(l, digest, size, out))
		return 0;
	if (open_blob(l, digest, size, &fd, &st, e))
		return -1;
	if ((uint64_t)st.st_size > room) {
		err_set(e, REASON_TOO_LARGE, "%.*s in %s is too large", SPAN_FMT(digest), l->dir);
		err_expected(e, "at most %zu bytes", room);
		return err_found(e, "%lld bytes", (long long)st.st_size);
	}
	if (read_blob(l, fd, (size_t)st.st_size, out, e) == 0) {
		digest_text_of(span_from(buf_span(out), before), text);
		if (check_digest(l, digest, text, e) == 0)
			return 0;
	}
	out->len = before;
	if (out->ptr)
		out->ptr[before] = '\0';
	return -1;
}

bool
layout_has(struct layout *l, struct span digest, int64_t size)
{
	AUTO(fd) int fd = -1;
	struct stat st;

	return open_blob(l, digest, size, &fd, &st, NULL) == 0;
}

static int
make_blobs(struct layout *l, struct err *e)
{
	AUTO(charp) char *path = xasprintf("%s/blobs/sha256", l->dir);
	AUTO(fd) int top = -1;

	if (l->blobs >= 0)
		return 0;
	if (file_mkdirs(path, 0755, e) || open_top(l, &top, e))
		return -1;
	return open_blobs(l, top, e);
}

/* Where a blob goes; *path stays NULL when it is there and whole. */
static int
find_place(struct layout *l, struct span digest, int64_t size, char **path, struct err *e)
{
	struct stat st;

	if (make_blobs(l, e))
		return -1;
	if (layout_stream(l, digest, size, NULL, NULL) == 0)
		return 0;
	*path = xasprintf("%s/blobs/sha256/%.*s", l->dir, SPAN_FMT(span_from(digest, 7)));
	if (lstat(*path, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(e, REASON_BAD_LAYOUT, "%.*s in %s is no regular file", SPAN_FMT(span_from(digest, 7)), l->dir);
	return 0;
}

int
layout_write(struct layout *l, struct span bytes, struct err *e)
{
	AUTO(charp) char *path = NULL;
	char text[DIGEST_TEXT_MAX];

	digest_text_of(bytes, text);
	if (find_place(l, span_str(text), (int64_t)bytes.len, &path, e))
		return -1;
	return path ? file_write(path, bytes, 0644, FILE_REPLACE, e) : 0;
}

int
layout_write_file(struct layout *l, struct span digest, int64_t size, int fd, struct err *e)
{
	AUTO(charp) char *path = NULL;

	if (!ref_is_digest(digest))
		return err_set(e, REASON_BAD_DIGEST, "'%.*s' names no blob of a layout", SPAN_FMT(span_first(digest, 200)));
	if (find_place(l, digest, size, &path, e))
		return -1;
	if (!path)
		return 0;
	if (file_write_from(path, fd, 0644, FILE_REPLACE, e))
		return -1;
	if (layout_stream(l, digest, size, NULL, e) == 0)
		return 0;
	(void)unlink(path);
	return err_wrap(e, "what is stored changed while it was read");
}

int
layout_remove(struct layout *l, struct span digest, struct err *e)
{
	char name[65];

	if (!ref_is_digest(digest) || l->blobs < 0)
		return 0;
	memcpy(name, digest.ptr + 7, 64);
	name[64] = '\0';
	if (unlinkat(l->blobs, name, 0) == 0 || errno == ENOENT)
		return 0;
	return err_errno(e, REASON_IO, "cannot remove %s from %s", name, l->dir);
}

/* ---- what is listed ---- */

bool
layout_is_saved(const struct layout *l)
{
	for (size_t i = 0; i < l->index.count; i++)
		if (layout_find_is_kind(&l->index.layers[i], NULL))
			return true;
	return false;
}

int
layout_referrers(struct layout *l, struct span digest, struct layout_list *out, struct err *e)
{
	if (layout_cache_build(l, e))
		return -1;
	*out = layout_cache_referrers(l, digest);
	return 0;
}

int
layout_legacy(struct layout *l, struct span digest, const char *prefix, const char *suffix, struct layout_list *out,
    struct err *e)
{
	static const struct { const char *suffix, *kind; } kinds[] = {{".sig", "sigs"}, {".att", "atts"}};
	AUTO(pool) struct pool pool = POOL_INIT;

	if (!ref_is_digest(digest))
		return err_set(e, REASON_BAD_DIGEST, "'%.*s' is no digest", SPAN_FMT(span_first(digest, 200)));
	*out = layout_names_list(l, span_str(ref_digest_tag(prefix, pool_str(&pool, digest), suffix, &pool)));
	for (size_t i = 0; i < countof(kinds) && out->count == 0; i++)
		if (strcmp(kinds[i].suffix, suffix) == 0)
			*out = layout_names_kind(l, kinds[i].kind);
	return 0;
}

/* ---- changing index.json ---- */

static int
write_index(struct layout *l, const struct layout_edit *edit, struct err *e)
{
	AUTO(charp) char *path = xasprintf("%s/index.json", l->dir);
	AUTO(buf) struct buf bytes = BUF_INIT(LAYOUT_INDEX_MAX);
	struct stat st;

	if (edit->list.count > INDEX_ENTRIES_MAX) {
		err_set(e, REASON_TOO_LARGE, "%s would list too many manifests", path);
		return err_expected(e, "at most %d", INDEX_ENTRIES_MAX);
	}
	manifest_emit_edited(&bytes, &l->index, NULL, edit->list.items, edit->list.count);
	if (buf_check(&bytes, path, e) || file_write(path, buf_span(&bytes), l->mode, FILE_REPLACE, e))
		return -1;
	if (stat_in(l, "index.json", &st) && (uint64_t)st.st_size == bytes.len)
		l->stamp = stamp_of(&st);
	return adopt_index(l, &bytes, e);
}

static int
update_locked(struct layout *l, layout_change *change, void *ctx, struct err *e)
{
	struct layout_edit edit = {.layout = l, .pool = POOL_INIT};
	int rc;

	if (layout_reload(l, e))
		return -1;
	for (size_t i = 0; i < l->index.count; i++)
		*VEC_PUSH(&edit.list) = l->index.layers[i];
	rc = change(ctx, &edit, e);
	if (rc == 0 && edit.changed)
		rc = write_index(l, &edit, e);
	VEC_FREE(&edit.list);
	pool_release(&edit.pool);
	return rc;
}

int
layout_update(struct layout *l, layout_change *change, void *ctx, struct err *e)
{
	AUTO(charp) char *path = xasprintf("%s/index.json.lock", l->dir);
	AUTO(fd) int lock = -1;

	if (file_lock(path, LAYOUT_LOCK_MS, &lock, e))
		return -1;
	return update_locked(l, change, ctx, e);
}
