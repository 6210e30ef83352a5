/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "crypto/digest.h"
#include "oci/layout_cache.h"
#include "oci/ref.h"

enum { VERSION_FILE_MAX = 4096, NAMES_SHOWN = 700 };

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

static int
read_file(struct layout *l, int dir, const char *name, struct buf *out, struct err *e)
{
	AUTO(fd) int fd = -1;
	struct stat st;

	if (open_regular(l, dir, name, &fd, &st, e))
		return -1;
	l->mode = st.st_mode & 0777;
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

	if (open_dir(l, dir, "blobs", &blobs, e))
		return -1;
	if (blobs < 0)
		return err_set(e, REASON_BAD_LAYOUT, "there is no directory blobs in %s", l->dir);
	return open_dir(l, blobs, "sha256", &l->blobs, e);
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
stream_fd(struct layout *l, int fd, struct span digest, struct sink *to, struct err *e)
{
	AUTO(digest) struct digest hash;
	unsigned char value[HASH_SIZE_MAX];
	char text[DIGEST_TEXT_MAX];

	digest_init(&hash, HASH_SHA256);
	if (pump(l, fd, &hash, to, e))
		return -1;
	digest_final(&hash, value);
	digest_text(HASH_SHA256, value, text);
	if (span_is(digest, text))
		return 0;
	err_set(e, REASON_DIGEST_MISMATCH, "a blob of %s does not have the digest it is named by", l->dir);
	err_expected(e, "%.*s", SPAN_FMT(digest));
	return err_found(e, "%s", text);
}

int
layout_stream(struct layout *l, struct span digest, int64_t size, struct sink *to, struct err *e)
{
	AUTO(fd) int fd = -1;
	struct stat st;

	if (open_blob(l, digest, size, &fd, &st, e))
		return -1;
	return stream_fd(l, fd, digest, to, e);
}

int
layout_read(struct layout *l, struct span digest, int64_t size, struct buf *out, struct err *e)
{
	size_t before = out->len, room = out->max - out->len;
	AUTO(fd) int fd = -1;
	struct sink_buf to;
	struct stat st;

	if (open_blob(l, digest, size, &fd, &st, e))
		return -1;
	if ((uint64_t)st.st_size > room) {
		err_set(e, REASON_TOO_LARGE, "%.*s in %s is too large", SPAN_FMT(digest), l->dir);
		err_expected(e, "at most %zu bytes", room);
		return err_found(e, "%lld bytes", (long long)st.st_size);
	}
	sink_buf_init(&to, out, "a blob");
	if (stream_fd(l, fd, digest, &to.sink, e)) {
		out->len = before;
		out->over = false;
		if (out->ptr)
			out->ptr[before] = '\0';
		return -1;
	}
	return 0;
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

int
layout_write(struct layout *l, struct span bytes, struct err *e)
{
	AUTO(charp) char *path = NULL;
	char text[DIGEST_TEXT_MAX];
	struct stat st;

	digest_text_of(bytes, text);
	if (make_blobs(l, e))
		return -1;
	if (layout_stream(l, span_str(text), (int64_t)bytes.len, NULL, NULL) == 0)
		return 0;
	if (fstatat(l->blobs, text + 7, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode))
		return err_set(e, REASON_BAD_LAYOUT, "%s in %s is no regular file", text + 7, l->dir);
	path = xasprintf("%s/blobs/sha256/%s", l->dir, text + 7);
	return file_write(path, bytes, 0644, FILE_REPLACE, e);
}

/* ---- finding ---- */

static struct span
name_of(const struct desc *d)
{
	return desc_annotation(d, ANNOTATION_REF_NAME);
}

static bool
is_kind(const struct desc *d, const char *kind)
{
	struct span value = desc_annotation(d, ANNOTATION_KIND);

	return span_starts(value, KIND_PREFIX) && (!kind || span_is(span_from(value, sizeof(KIND_PREFIX) - 1), kind));
}

bool
layout_is_saved(const struct layout *l)
{
	for (size_t i = 0; i < l->index.count; i++)
		if (is_kind(&l->index.layers[i], NULL))
			return true;
	return false;
}

/* Whether an entry may be the image that somebody means without naming it. */
static bool
is_image(const struct layout *l, const struct desc *d)
{
	enum layout_state state;

	if (!media_is_manifest(d->media_type) && !media_is_index(d->media_type))
		return false;
	if (is_kind(d, NULL) && !is_kind(d, "image") && !is_kind(d, "imageIndex"))
		return false;
	if (ref_is_digest_tag(name_of(d)))
		return false;
	state = layout_cache_state(l, d->digest);
	if (state == LAYOUT_UNREADABLE)
		return !span_starts(d->artifact_type, MEDIA_BUNDLE_PREFIX);
	return state == LAYOUT_NO_SUBJECT;
}

/* The first full reference that a digest is listed under, else its first name. */
static struct span
best_name(const struct layout *l, struct span digest)
{
	struct span first = SPAN_NONE;

	for (size_t i = 0; i < l->index.count; i++) {
		struct span name = name_of(&l->index.layers[i]);

		if (!name.len || !span_eq(l->index.layers[i].digest, digest))
			continue;
		if (ref_is_full(name))
			return name;
		if (!first.ptr)
			first = name;
	}
	return first;
}

/* That the image is there, is whole, and is what its entry says. */
static int
check_image(struct layout *l, const struct desc *d, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(MANIFEST_SIZE_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;

	if (!media_is_manifest(d->media_type) && !media_is_index(d->media_type)) {
		err_set(e, REASON_BAD_MANIFEST, "%.*s is no image", SPAN_FMT(d->digest));
		return err_found(e, "%.*s", SPAN_FMT(d->media_type));
	}
	if (layout_read(l, d->digest, d->size, &bytes, e))
		return -1;
	if (manifest_parse(&m, buf_span(&bytes), d->media_type, e))
		return err_wrap(e, "%.*s", SPAN_FMT(d->digest));
	return 0;
}

static int
found_image(struct layout *l, const struct desc *d, struct span name, struct layout_image *out, struct err *e)
{
	if (check_image(l, d, e))
		return -1;
	*out = (struct layout_image){*d, name.ptr ? name : best_name(l, d->digest)};
	return 0;
}

static void
show_name(struct buf *names, const struct desc *d)
{
	struct span name = name_of(d).len ? name_of(d) : d->digest;

	if (names->len + name.len > NAMES_SHOWN) {
		if (!span_ends(buf_span(names), "..."))
			buf_add_str(names, " ...");
		return;
	}
	buf_printf(names, "%s%.*s", names->len ? ", " : "", SPAN_FMT(name));
}

/* What there is to choose from. */
static void
show_images(const struct layout *l, struct buf *names)
{
	for (size_t i = 0; i < l->index.count; i++)
		if (is_image(l, &l->index.layers[i]))
			show_name(names, &l->index.layers[i]);
}

int
layout_find_tag(struct layout *l, struct span tag, struct layout_image *out, struct err *e)
{
	AUTO(buf) struct buf names = BUF_INIT(2 * NAMES_SHOWN);
	const struct desc *found = NULL;

	for (size_t i = 0; i < l->index.count; i++) {
		const struct desc *d = &l->index.layers[i];

		if (!name_of(d).ptr || !span_eq(name_of(d), tag))
			continue;
		if (found && !span_eq(found->digest, d->digest)) {
			err_set(e, REASON_AMBIGUOUS, "two images of %s bear the name %.*s", l->dir,
			    SPAN_FMT(span_first(tag, 200)));
			return err_found(e, "%.*s, %.*s", SPAN_FMT(found->digest), SPAN_FMT(d->digest));
		}
		found = d;
	}
	if (found)
		return found_image(l, found, tag, out, e);
	if (layout_cache_build(l, NULL) == 0)
		show_images(l, &names);
	err_set(e, REASON_NO_IMAGE, "no image in %s has the name %.*s", l->dir, SPAN_FMT(span_first(tag, 200)));
	return err_found(e, "%s", names.len ? buf_str(&names) : "none");
}

static int
find_unlisted(struct layout *l, struct span digest, struct layout_image *out, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(MANIFEST_SIZE_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct desc d = {.digest = digest};

	if (layout_read(l, digest, -1, &bytes, e))
		return -1;
	if (manifest_parse(&m, buf_span(&bytes), SPAN_NONE, e))
		return err_wrap(e, "%.*s", SPAN_FMT(digest));
	d.media_type = m.media_type;
	d.size = (int64_t)bytes.len;
	*out = (struct layout_image){desc_copy(&d, &l->index.pool), SPAN_NONE};
	return 0;
}

int
layout_find_digest(struct layout *l, struct span digest, struct layout_image *out, struct err *e)
{
	const struct desc *d = manifest_find(&l->index, digest);

	return d ? found_image(l, d, SPAN_NONE, out, e) : find_unlisted(l, digest, out, e);
}

static int
several_images(struct layout *l, struct err *e)
{
	AUTO(buf) struct buf names = BUF_INIT(2 * NAMES_SHOWN);

	show_images(l, &names);
	err_set(e, REASON_AMBIGUOUS, "there are several images in %s", l->dir);
	err_found(e, "%s", buf_str(&names));
	return err_hint(e, "name one: oci:%s:NAME or oci:%s@sha256:HEX", l->dir, l->dir);
}

int
layout_find_only(struct layout *l, struct layout_image *out, struct err *e)
{
	const struct desc *found = NULL;

	if (layout_cache_build(l, e))
		return -1;
	for (size_t i = 0; i < l->index.count; i++) {
		const struct desc *d = &l->index.layers[i];

		if (!is_image(l, d))
			continue;
		if (found && !span_eq(found->digest, d->digest))
			return several_images(l, e);
		if (!found)
			found = d;
	}
	if (!found)
		return err_set(e, REASON_NO_IMAGE, "there is no image in %s", l->dir);
	return found_image(l, found, SPAN_NONE, out, e);
}

int
layout_referrers(struct layout *l, struct span digest, struct layout_list *out, struct err *e)
{
	if (layout_cache_build(l, e))
		return -1;
	*out = layout_cache_referrers(l, digest);
	return 0;
}

/* All entries of that name, or of that kind where name.ptr is NULL. */
static struct layout_list
select_entries(struct layout *l, struct span name, const char *kind)
{
	struct desc *items = NULL;
	size_t count = 0;

	for (int pass = 0; pass < 2; pass++) {
		if (pass == 1)
			items = pool_array(&l->index.pool, count, sizeof(*items));
		count = 0;
		for (size_t i = 0; i < l->index.count; i++) {
			const struct desc *d = &l->index.layers[i];

			if (!(name.ptr ? span_eq(name_of(d), name) : is_kind(d, kind)))
				continue;
			if (items)
				items[count] = *d;
			count++;
		}
	}
	return (struct layout_list){items, count};
}

int
layout_legacy(struct layout *l, struct span digest, const char *prefix, const char *suffix, struct layout_list *out,
    struct err *e)
{
	static const struct { const char *suffix, *kind; } kinds[] = {{".sig", "sigs"}, {".att", "atts"}};
	AUTO(pool) struct pool pool = POOL_INIT;

	if (!ref_is_digest(digest))
		return err_set(e, REASON_BAD_DIGEST, "'%.*s' is no digest", SPAN_FMT(span_first(digest, 200)));
	*out = select_entries(l, span_str(ref_digest_tag(prefix, pool_str(&pool, digest), suffix, &pool)), NULL);
	for (size_t i = 0; i < countof(kinds) && out->count == 0; i++)
		if (strcmp(kinds[i].suffix, suffix) == 0)
			*out = select_entries(l, SPAN_NONE, kinds[i].kind);
	return 0;
}

/* ---- changing index.json ---- */

static int
write_index(struct layout *l, const struct layout_edit *edit, struct err *e)
{
	AUTO(charp) char *path = xasprintf("%s/index.json", l->dir);
	AUTO(buf) struct buf bytes = BUF_INIT(LAYOUT_INDEX_MAX);

	if (edit->list.count > INDEX_ENTRIES_MAX) {
		err_set(e, REASON_TOO_LARGE, "%s would list too many manifests", path);
		return err_expected(e, "at most %d", INDEX_ENTRIES_MAX);
	}
	manifest_emit_edited(&bytes, &l->index, NULL, edit->list.items, edit->list.count);
	if (buf_check(&bytes, path, e) || file_write(path, buf_span(&bytes), l->mode, FILE_REPLACE, e))
		return -1;
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

void
layout_edit_add(struct layout_edit *edit, const struct desc *d)
{
	for (size_t i = 0; i < edit->list.count; i++)
		if (span_eq(edit->list.items[i].digest, d->digest) &&
		    span_eq(name_of(&edit->list.items[i]), name_of(d)))
			return;
	*VEC_PUSH(&edit->list) = desc_copy(d, &edit->pool);
	edit->changed = true;
}

static struct desc
with_name(const struct desc *d, const char *name, struct pool *pool)
{
	struct desc c = desc_copy(d, pool);
	struct shape_pair *pairs = pool_array(pool, c.annotations.count + 1, sizeof(*pairs));
	size_t n = 0;

	for (size_t i = 0; i < c.annotations.count; i++)
		if (!span_is(c.annotations.pairs[i].key, ANNOTATION_REF_NAME))
			pairs[n++] = c.annotations.pairs[i];
	pairs[n++] = (struct shape_pair){SPAN(ANNOTATION_REF_NAME), pool_span(pool, span_str(name))};
	c.annotations = (struct shape_map){pairs, n};
	c.raw = SPAN_NONE;
	return c;
}

/* The old entry's JSON with the new type, size and digest. */
static struct span
exchange(const struct desc *old, const struct desc *d, struct pool *pool)
{
	AUTO(buf) struct buf out = BUF_INIT(LAYOUT_INDEX_MAX);
	struct node object = {JSON_OBJECT, old->raw};
	const char *at = old->raw.ptr;
	struct emit j;

	for (struct node_iter it = node_iter(object); node_next(&it);) {
		bool type = node_key_is(it.key, "mediaType"), size = node_key_is(it.key, "size");
		bool digest = node_key_is(it.key, "digest"), artifact = node_key_is(it.key, "artifactType");

		if (!(type || size || digest || (artifact && d->artifact_type.len)))
			continue;
		buf_add(&out, at, (size_t)(it.value.raw.ptr - at));
		at = it.value.raw.ptr + it.value.raw.len;
		emit_init(&j, &out);
		if (size)
			emit_int(&j, d->size);
		else
			emit_span(&j, type ? d->media_type : digest ? d->digest : d->artifact_type);
	}
	buf_add(&out, at, (size_t)(old->raw.ptr + old->raw.len - at));
	return pool_span(pool, buf_span(&out));
}

static void
replace_entry(struct layout_edit *edit, struct desc *old, const struct desc *d)
{
	struct span raw = old->raw.ptr ? exchange(old, d, &edit->pool) : SPAN_NONE;
	struct desc c = desc_copy(d, &edit->pool);

	c.annotations = old->annotations;
	c.raw = raw;
	*old = c;
	edit->changed = true;
}

void
layout_edit_name(struct layout_edit *edit, const char *name, const struct desc *d)
{
	size_t kept = 0;
	bool named = false;

	for (size_t i = 0; i < edit->list.count; i++) {
		struct desc *entry = &edit->list.items[i];
		bool same = name_of(entry).ptr && span_is(name_of(entry), name);

		if (same && named) {
			edit->changed = true;
			continue;
		}
		if (same && !span_eq(entry->digest, d->digest))
			replace_entry(edit, entry, d);
		named = named || same;
		edit->list.items[kept++] = edit->list.items[i];
	}
	edit->list.count = kept;
	if (named)
		return;
	*VEC_PUSH(&edit->list) = with_name(d, name, &edit->pool);
	edit->changed = true;
}

size_t
layout_edit_drop(struct layout_edit *edit, struct span digest)
{
	size_t kept = 0, before = edit->list.count;

	for (size_t i = 0; i < before; i++)
		if (!span_eq(edit->list.items[i].digest, digest))
			edit->list.items[kept++] = edit->list.items[i];
	edit->list.count = kept;
	edit->changed = edit->changed || kept < before;
	return before - kept;
}
