/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/layout_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "codec/hex.h"
#include "oci/ref.h"

enum { DIGEST_ROOM = REF_DIGEST_LEN + 1 };

/* A manifest that was opened, or tried. */
struct item {
	char digest[DIGEST_ROOM], subject[DIGEST_ROOM];
	enum layout_state state;
	struct desc desc;	/* composed from the manifest, if it has a subject */
	struct span bytes;	/* SPAN_NONE: not kept */
};

/* desc refers to subject; order is where it was found. */
struct link {
	const char *subject;
	size_t order;
	struct desc desc;
};

struct layout_cache {
	struct pool pool;		/* of the items */
	VEC(struct item *) items;	/* the first `sorted` in the order of digests */
	size_t sorted;
	uint64_t total;			/* bytes read for them */
	size_t kept;			/* of these */
	bool built;
	struct pool drawn;		/* of the links */
	VEC(struct link) links;		/* by subject, then order */
	struct desc *descs;		/* the same, for handing out */
};

static int
by_digest(const void *a, const void *b)
{
	const struct item *const *x = a, *const *y = b;

	return strcmp((*x)->digest, (*y)->digest);
}

static struct item *
find_item(const struct layout_cache *c, struct span digest)
{
	size_t low = 0, high = c->sorted;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = span_cmp(digest, span_str(c->items.items[mid]->digest));

		if (order == 0)
			return c->items.items[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

static void
sort_items(struct layout_cache *c)
{
	if (c->sorted < c->items.count)
		qsort(c->items.items, c->items.count, sizeof(*c->items.items), by_digest);
	c->sorted = c->items.count;
}

static void
note_manifest(struct layout_cache *c, struct item *item, const struct manifest *m, size_t size)
{
	struct desc d = {
		.media_type = m->media_type, .digest = span_str(item->digest), .size = (int64_t)size,
		.artifact_type = manifest_artifact_type(m), .annotations = m->annotations,
	};

	item->state = LAYOUT_NO_SUBJECT;
	if (!m->has_subject || !ref_is_digest(m->subject.digest))
		return;
	item->state = LAYOUT_HAS_SUBJECT;
	memcpy(item->subject, m->subject.digest.ptr, REF_DIGEST_LEN);
	item->desc = desc_copy(&d, &c->pool);
}

static void
keep_bytes(struct layout_cache *c, struct item *item, struct span bytes)
{
	if (bytes.len > LAYOUT_KEPT_MAX - c->kept)
		return;
	item->bytes = pool_span(&c->pool, bytes);
	c->kept += bytes.len;
}

static int
read_manifest(struct layout *l, struct span digest, int64_t size, struct item *item, struct err *why)
{
	AUTO(buf) struct buf bytes = BUF_INIT(LAYOUT_MANIFEST_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;

	if (layout_read(l, digest, size, &bytes, why))
		return -1;
	l->cache->total += bytes.len;
	if (manifest_parse(&m, buf_span(&bytes), SPAN_NONE, why))
		return -1;
	note_manifest(l->cache, item, &m, bytes.len);
	keep_bytes(l->cache, item, buf_span(&bytes));
	return 0;
}

/* Opens a manifest that was not yet; if that fails the item stays unreadable,
 * and *why (may be NULL) says why. */
static int
open_item(struct layout *l, struct span digest, int64_t size, struct item **out, struct err *why, struct err *e)
{
	struct layout_cache *c = l->cache;
	struct item *item = find_item(c, digest);

	if (item && item->state != LAYOUT_UNREADABLE) {
		*out = item;
		return 0;
	}
	if (c->total > LAYOUT_SCAN_TOTAL)
		return err_set(e, REASON_TOO_LARGE, "the manifests in %s are too large together", l->dir);
	if (!item) {
		item = POOL_NEW(&c->pool, struct item);
		memcpy(item->digest, digest.ptr, REF_DIGEST_LEN);
		*VEC_PUSH(&c->items) = item;
	}
	if (read_manifest(l, digest, size, item, why))
		err_wrap(why, "%s", item->digest);
	*out = item;
	return 0;
}

static void
draw(struct layout_cache *c, const struct item *item, const struct desc *d)
{
	size_t order = c->links.count;

	*VEC_PUSH(&c->links) = (struct link){item->subject, order, *d};
}

static int
draw_entry(struct layout *l, const struct desc *d, struct err *e)
{
	struct item *item;

	if (!ref_is_digest(d->digest) || !(media_is_manifest(d->media_type) || media_is_index(d->media_type)))
		return 0;
	if (open_item(l, d->digest, d->size, &item, l->unreadable ? NULL : &l->first_unreadable, e))
		return -1;
	if (item->state == LAYOUT_HAS_SUBJECT)
		draw(l->cache, item, d);
	else if (item->state == LAYOUT_UNREADABLE)
		l->unreadable++;
	return 0;
}

/* The entries of a fallback index (named sha256-HEX) that do refer to it. */
static int
draw_fallback(struct layout *l, const struct desc *d, struct err *e)
{
	struct span name = desc_annotation(d, ANNOTATION_REF_NAME);
	AUTO(buf) struct buf bytes = BUF_INIT(LAYOUT_MANIFEST_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct desc child;
	struct item *item;

	if (!media_is_index(d->media_type) || name.len != REF_DIGEST_LEN || !ref_is_digest_tag(name) ||
	    layout_read(l, d->digest, d->size, &bytes, NULL) ||
	    manifest_parse(&m, buf_span(&bytes), d->media_type, NULL))
		return 0;
	l->cache->total += bytes.len;
	for (size_t i = 0; i < m.count; i++) {
		if (!ref_is_digest(m.layers[i].digest))
			continue;
		if (open_item(l, m.layers[i].digest, m.layers[i].size, &item, NULL, e))
			return -1;
		if (item->state != LAYOUT_HAS_SUBJECT ||
		    !span_eq(span_from(span_str(item->subject), 7), span_from(name, 7)))
			continue;
		child = desc_copy(&m.layers[i], &l->cache->drawn);
		draw(l->cache, item, &child);
	}
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* The names in blobs/sha256 that are digests, in their order. */
struct names { struct pool pool; VEC(char *) list; };

static void
names_cleanup(struct names *n)
{
	pool_release(&n->pool);
	VEC_FREE(&n->list);
}

static int
list_blobs(struct layout *l, struct names *n, struct err *e)
{
	int fd = openat(l->blobs, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return err_errno(e, REASON_IO, "cannot list %s/blobs/sha256", l->dir);
	}
	while ((entry = readdir(dir)) && n->list.count <= LAYOUT_SCAN_FILES)
		if (hex_is_lower(span_str(entry->d_name), 64))
			*VEC_PUSH(&n->list) = pool_str(&n->pool, span_str(entry->d_name));
	closedir(dir);
	if (n->list.count > LAYOUT_SCAN_FILES)
		return err_set(e, REASON_TOO_LARGE, "more than %d blobs in %s", LAYOUT_SCAN_FILES, l->dir);
	if (n->list.count)
		qsort(n->list.items, n->list.count, sizeof(*n->list.items), by_name);
	return 0;
}

/* Whether a blob is small, and a JSON object as far as its first byte tells. */
static bool
may_be_manifest(const struct layout *l, const char *name)
{
	AUTO(fd) int fd = openat(l->blobs, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	char first;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= LAYOUT_MANIFEST_MAX &&
	    read(fd, &first, 1) == 1 && (first == '{' || first == ' ' || first == '\n');
}

/* `cosign save` leaves referrers out of index.json: look at every small blob. */
static int
draw_unlisted(struct layout *l, struct err *e)
{
	AUTO(names) struct names n = {.pool = POOL_INIT};

	if (l->blobs < 0)
		return 0;
	if (list_blobs(l, &n, e))
		return -1;
	for (size_t i = 0; i < n.list.count; i++) {
		char digest[DIGEST_ROOM];
		struct item *item;

		if (!may_be_manifest(l, n.list.items[i]))
			continue;
		snprintf(digest, sizeof(digest), "sha256:%s", n.list.items[i]);
		if (open_item(l, span_str(digest), -1, &item, NULL, e))
			return -1;
		if (item->state == LAYOUT_HAS_SUBJECT)
			draw(l->cache, item, &item->desc);
	}
	return 0;
}

static int
by_subject_and_digest(const void *a, const void *b)
{
	const struct link *x = a, *y = b;
	int order = strcmp(x->subject, y->subject);

	if (order == 0)
		order = span_cmp(x->desc.digest, y->desc.digest);
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

static int
by_subject(const void *a, const void *b)
{
	const struct link *x = a, *y = b;
	int order = strcmp(x->subject, y->subject);

	return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* Each referrer once, where it was found first. */
static void
sort_links(struct layout_cache *c)
{
	size_t kept = 0;

	if (c->links.count == 0)
		return;
	qsort(c->links.items, c->links.count, sizeof(*c->links.items), by_subject_and_digest);
	for (size_t i = 0; i < c->links.count; i++) {
		const struct link *before = kept ? &c->links.items[kept - 1] : NULL;

		if (!before || strcmp(before->subject, c->links.items[i].subject) != 0 ||
		    !span_eq(before->desc.digest, c->links.items[i].desc.digest))
			c->links.items[kept++] = c->links.items[i];
	}
	c->links.count = kept;
	qsort(c->links.items, kept, sizeof(*c->links.items), by_subject);
	c->descs = pool_array(&c->drawn, kept, sizeof(*c->descs));
	for (size_t i = 0; i < kept; i++)
		c->descs[i] = c->links.items[i].desc;
}

static int
draw_all(struct layout *l, struct err *e)
{
	for (size_t i = 0; i < l->index.count; i++)
		if (draw_entry(l, &l->index.layers[i], e))
			return -1;
	sort_items(l->cache);
	for (size_t i = 0; i < l->index.count; i++)
		if (draw_fallback(l, &l->index.layers[i], e))
			return -1;
	sort_items(l->cache);
	if (layout_is_saved(l) && draw_unlisted(l, e))
		return -1;
	return 0;
}

int
layout_cache_build(struct layout *l, struct err *e)
{
	int rc;

	if (!l->cache)
		l->cache = xcalloc(1, sizeof(*l->cache));
	if (l->cache->built)
		return 0;
	l->unreadable = 0;
	rc = draw_all(l, e);
	sort_items(l->cache);
	if (rc) {
		layout_cache_expire(l);
		return -1;
	}
	sort_links(l->cache);
	l->cache->built = true;
	return 0;
}

void
layout_cache_expire(struct layout *l)
{
	struct layout_cache *c = l->cache;

	if (!c)
		return;
	c->built = false;
	c->links.count = 0;
	c->descs = NULL;
	pool_release(&c->drawn);
}

void
layout_cache_free(struct layout_cache *c)
{
	if (!c)
		return;
	pool_release(&c->pool);
	pool_release(&c->drawn);
	VEC_FREE(&c->items);
	VEC_FREE(&c->links);
	free(c);
}

enum layout_state
layout_cache_state(const struct layout *l, struct span digest)
{
	const struct item *item = l->cache ? find_item(l->cache, digest) : NULL;

	return item ? item->state : LAYOUT_UNREADABLE;
}

struct span
layout_cache_bytes(const struct layout *l, struct span digest)
{
	const struct item *item = l->cache ? find_item(l->cache, digest) : NULL;

	return item ? item->bytes : SPAN_NONE;
}

struct layout_list
layout_cache_referrers(const struct layout *l, struct span digest)
{
	const struct layout_cache *c = l->cache;
	size_t low = 0, high = c->links.count, end;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (span_cmp(span_str(c->links.items[mid].subject), digest) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (end = low; end < c->links.count && span_is(digest, c->links.items[end].subject); end++)
		;
	return (struct layout_list){c->descs ? c->descs + low : NULL, end - low};
}
