/* SPDX-License-Identifier: Apache-2.0 */
#include "client/store_layout.h"

#include "client/evidence.h"

/* Layouts stay open, with what was read of them, the one used last in front. */
enum { OPEN_MAX = 32 };

static struct opened {
	struct layout layout;
	struct opened *next;
} *opened;

/* Takes it out of the list; NULL when it is not there. When the list is full
 * and none of it is the one, the last goes. */
static struct opened *
take_out(const char *dir)
{
	struct opened **at = &opened, *o;
	size_t n = 0;

	while (*at && strcmp((*at)->layout.dir, dir) != 0 && ++n < OPEN_MAX)
		at = &(*at)->next;
	o = *at;
	if (!o)
		return NULL;
	*at = o->next;
	if (strcmp(o->layout.dir, dir) == 0 && layout_is_current(&o->layout))
		return o;
	layout_release(&o->layout);
	free(o);
	return NULL;
}

struct layout *
store_layout_open(const char *dir, struct err *e)
{
	struct opened *o = take_out(dir);

	if (!o) {
		o = xcalloc(1, sizeof(*o));
		if (layout_open(&o->layout, dir, e)) {
			free(o);
			return NULL;
		}
	}
	o->next = opened;
	opened = o;
	return &o->layout;
}

static int
find_image(struct layout *l, const struct ref *ref, struct layout_image *out, struct err *e)
{
	if (ref->digest)
		return layout_find_digest(l, span_str(ref->digest), out, e);
	return ref->tag ? layout_find_tag(l, span_str(ref->tag), out, e) : layout_find_only(l, out, e);
}

int
store_layout_resolve(const struct ref *ref, bool need_desc, struct pool *pool, struct subject *out,
    struct err *e)
{
	struct layout *l = store_layout_open(ref->dir, e);
	struct layout_image image = {0};
	struct err why = ERR_INIT;

	if (!l)
		return -1;
	if (find_image(l, ref, &image, &why)) {
		bool unknown = why.reason == REASON_NOT_FOUND;

		/* As in a registry, a digest that is nowhere can be asked about. */
		if (unknown && ref->digest && !need_desc) {
			out->desc.digest = pool_span(pool, span_str(ref->digest));
			return 0;
		}
		*e = why;
		if (unknown)
			e->reason = REASON_NO_IMAGE;
		return -1;
	}
	out->desc = desc_copy(&image.desc, pool);
	if (image.name.ptr && ref_is_full(image.name))
		out->reference = pool_span(pool, image.name);
	return 0;
}

struct reading {
	struct layout *layout;
	size_t max;
	store_each *each;
	void *ctx;
};

/* Gives a candidate that could not be read, unless the reason ends it all. */
static int
hand_over(const struct reading *r, struct candidate *c, bool failed, struct err *why, struct err *e)
{
	if (failed && evidence_is_fatal(why->reason)) {
		*e = *why;
		return -1;
	}
	c->error = failed ? why : NULL;
	if (failed)
		c->bytes = SPAN_NONE;
	return r->each(r->ctx, c, e);
}

static int
read_manifest(const struct reading *r, const struct desc *d, struct buf *bytes, struct manifest *m, struct err *e)
{
	if (layout_read(r->layout, d->digest, d->size, bytes, e))
		return -1;
	return manifest_parse(m, buf_span(bytes), d->media_type, e);
}

static int
read_layer(const struct reading *r, const struct desc *layer, struct buf *bytes, struct err *e)
{
	if (layer->size < 0 || (uint64_t)layer->size > r->max)
		return err_set(e, REASON_TOO_LARGE, "blob %.*s has %lld bytes, more than %zu", SPAN_FMT(layer->digest),
		    (long long)layer->size, r->max);
	return layout_read(r->layout, layer->digest, layer->size, bytes, e);
}

static int
read_bundle(const struct reading *r, const struct desc *d, struct err *e)
{
	AUTO(buf) struct buf doc = BUF_INIT(LAYOUT_MANIFEST_MAX);
	AUTO(buf) struct buf bytes = BUF_INIT(r->max);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct candidate c = {.form = FORM_BUNDLE, .manifest = *d};
	const struct desc *layer = NULL;
	struct err why = ERR_INIT;
	bool failed = read_manifest(r, d, &doc, &m, &why) != 0;

	if (!failed) {
		layer = evidence_bundle_layer(&m);
		if (!layer)
			return 0;
		c.layer = *layer;
		c.annotations = m.annotations;
		failed = read_layer(r, layer, &bytes, &why) != 0;
		c.bytes = buf_span(&bytes);
	}
	return hand_over(r, &c, failed, &why, e);
}

static int
read_bundles(const struct reading *r, struct span digest, struct err *e)
{
	struct layout_list list = {0};

	if (layout_referrers(r->layout, digest, &list, e))
		return -1;
	for (size_t i = 0; i < list.count; i++)
		if (read_bundle(r, &list.items[i], e))
			return -1;
	return 0;
}

static int
read_legacy_layers(const struct reading *r, const struct desc *d, const struct manifest *m, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(r->max);
	struct span read = SPAN_NONE;	/* digest of what bytes holds */

	for (size_t i = 0; i < m->count; i++) {
		struct candidate c = {.form = FORM_LEGACY, .manifest = *d, .layer = m->layers[i],
		    .annotations = m->layers[i].annotations, .index = i};
		struct err why = ERR_INIT;
		bool failed = false;

		if (!span_eq(read, m->layers[i].digest)) {
			buf_reset(&bytes);
			failed = read_layer(r, &m->layers[i], &bytes, &why) != 0;
			read = failed ? SPAN_NONE : m->layers[i].digest;
		}
		c.bytes = buf_span(&bytes);
		if (hand_over(r, &c, failed, &why, e))
			return -1;
	}
	return 0;
}

static int
read_legacy_image(const struct reading *r, const struct desc *d, struct err *e)
{
	AUTO(buf) struct buf doc = BUF_INIT(MANIFEST_SIZE_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct candidate c = {.form = FORM_LEGACY, .manifest = *d};
	struct err why = ERR_INIT;

	if (read_manifest(r, d, &doc, &m, &why) || evidence_check_legacy(&m, &why))
		return hand_over(r, &c, true, &why, e);
	return read_legacy_layers(r, d, &m, e);
}

/* Legacy images kept as referrers, as --registry-referrers-mode=oci-1-1 does. */
static int
read_legacy_referrer(const struct reading *r, struct span digest, struct err *e)
{
	struct layout_list list = {0};
	const struct desc *last = NULL;

	if (layout_referrers(r->layout, digest, &list, e))
		return -1;
	for (size_t i = 0; i < list.count; i++)
		if (span_is(list.items[i].artifact_type, EVIDENCE_OCI11_TYPE))
			last = &list.items[i];
	return last ? read_legacy_image(r, last, e) : 0;
}

static int
read_legacy(const struct reading *r, struct span digest, const char *prefix, const char *suffix, struct err *e)
{
	struct layout_list list = {0};

	if (layout_legacy(r->layout, digest, prefix ? prefix : "", suffix, &list, e))
		return -1;
	for (size_t i = 0; i < list.count; i++)
		if (read_legacy_image(r, &list.items[i], e))
			return -1;
	return 0;
}

int
store_layout_candidates(const struct store *s, const char *dir, struct span digest, unsigned forms,
    store_each *each, void *ctx, struct err *e)
{
	struct reading r = {.layout = store_layout_open(dir, e), .each = each, .ctx = ctx};
	bool oci11;

	if (!r.layout || evidence_mode(s->options, &oci11, e) || evidence_max_size(&r.max, e))
		return -1;
	if ((forms & FORM_BUNDLE) && read_bundles(&r, digest, e))
		return -1;
	if (!(forms & FORM_LEGACY))
		return 0;
	if (forms & STORE_ATTESTATIONS)
		return read_legacy(&r, digest, s->options->tag_prefix, ".att", e);
	if (oci11 && read_legacy_referrer(&r, digest, e))
		return -1;
	return read_legacy(&r, digest, s->options->tag_prefix, ".sig", e);
}
