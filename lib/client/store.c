/* SPDX-License-Identifier: Apache-2.0 */
#include "client/store.h"

#include "base/env.h"
#include "base/mem.h"
#include "client/evidence.h"
#include "client/publish.h"
#include "client/publish_legacy.h"
#include "client/publish_sbom.h"
#include "client/store_layout.h"
#include "client/store_registry.h"
#include "oci/platform.h"

enum { WALK_DEPTH_MAX = 8 };

int
store_init(struct store *s, const struct registry_options *o, struct pool *pool, struct err *e)
{
	const char *name = env_get_nonempty("COSIGN_REPOSITORY");
	struct ref *target;

	*s = (struct store){.options = o};
	http_will_read(o->cacert);
	http_will_read(o->client_cert);
	http_will_read(o->client_key);
	if (!name)
		return 0;
	target = POOL_NEW(pool, struct ref);
	if (ref_parse_repository(target, span_str(name), pool, e))
		return err_wrap(e, "COSIGN_REPOSITORY");
	s->target = target;
	return 0;
}

int
store_ref(const char *text, bool local_image, struct ref *out, struct pool *pool, struct err *e)
{
	if (!local_image || strncmp(text, "oci:", 4) == 0)
		return ref_parse(out, span_str(text), pool, e);
	*out = (struct ref){.place = REF_LAYOUT, .dir = pool_str(pool, span_str(text))};
	return 0;
}

/* No image there, as opposed to a part of one that is missing. */
static int
no_image(struct err *e)
{
	if (e && e->reason == REASON_NOT_FOUND)
		e->reason = REASON_NO_IMAGE;
	return -1;
}

static void
fill_desc(struct desc *d, const struct registry_doc *doc, int64_t size, struct pool *pool)
{
	d->media_type = pool_span(pool, span_str(doc->media_type));
	d->digest = pool_span(pool, span_str(doc->digest));
	d->size = size;
}

/* The document's own mediaType counts where the server names none. */
static int
fill_from_bytes(struct desc *d, const struct registry_doc *doc, struct pool *pool, struct err *e)
{
	AUTO(manifest) struct manifest m = MANIFEST_INIT;

	if (manifest_parse(&m, buf_span(&doc->bytes), span_str(doc->media_type), e))
		return -1;
	fill_desc(d, doc, (int64_t)doc->bytes.len, pool);
	d->media_type = pool_span(pool, m.media_type);
	return 0;
}

static int
resolve_in_registry(const struct store *s, const struct ref *ref, bool need_desc, struct pool *pool,
    struct subject *out, struct err *e)
{
	AUTO(registry_doc) struct registry_doc doc = REGISTRY_DOC_INIT;
	int64_t size;

	if (!ref->digest) {
		if (registry_get_manifest(ref, ref->tag, s->options, &doc, e))
			return no_image(e);
		return fill_from_bytes(&out->desc, &doc, pool, e);
	}
	out->desc.digest = pool_span(pool, span_str(ref->digest));
	if (!need_desc)
		return 0;
	if (registry_head_manifest(ref, ref->digest, s->options, &doc, &size, e))
		return no_image(e);
	fill_desc(&out->desc, &doc, size, pool);
	return 0;
}

int
store_resolve(const struct store *s, const struct ref *ref, bool need_desc, struct pool *pool, struct subject *out,
    struct err *e)
{
	memset(out, 0, sizeof(*out));
	out->ref = *ref;
	if (ref->place == REF_LAYOUT)
		return store_layout_resolve(ref, need_desc, pool, out, e);
	return resolve_in_registry(s, ref, need_desc, pool, out, e);
}

/* A manifest of the subject's own place, by digest. */
static int
get_manifest(const struct store *s, const struct ref *ref, const struct desc *d, struct pool *pool, struct buf *out,
    struct manifest *m, struct err *e)
{
	if (ref->place == REF_LAYOUT) {
		struct layout *l = store_layout_open(ref->dir, e);

		buf_init(out, MANIFEST_SIZE_MAX);
		if (!l || layout_read(l, d->digest, d->size > 0 ? d->size : -1, out, e))
			return -1;
	} else {
		AUTO(registry_doc) struct registry_doc doc = REGISTRY_DOC_INIT;

		if (registry_get_manifest(ref, pool_str(pool, d->digest), s->options, &doc, e))
			return -1;
		*out = doc.bytes;
		buf_init(&doc.bytes, 0);
	}
	return manifest_parse(m, buf_span(out), d->media_type, e);
}

struct walk {
	const struct store *store;
	const struct subject *root;
	struct pool *pool;
	VEC(struct subject) found;
};

static bool
is_new(const struct walk *w, struct span digest)
{
	for (size_t i = 0; i < w->found.count; i++)
		if (span_eq(w->found.items[i].desc.digest, digest))
			return false;
	return true;
}

static int
visit(struct walk *w, const struct desc *d, unsigned depth, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(0);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct subject *sub;

	if (!is_new(w, d->digest))
		return 0;
	if (w->found.count == INDEX_ENTRIES_MAX || depth == WALK_DEPTH_MAX)
		return err_set(e, REASON_TOO_LARGE, depth == WALK_DEPTH_MAX ? "indexes nested deeper than %d" :
		    "more than %d images in the index", depth == WALK_DEPTH_MAX ? WALK_DEPTH_MAX : INDEX_ENTRIES_MAX);
	sub = VEC_PUSH(&w->found);
	*sub = *w->root;
	sub->desc = desc_copy(d, w->pool);
	sub->ref.digest = pool_str(w->pool, d->digest);
	sub->ref.tag = NULL;
	if (d->media_type.len && !media_is_index(d->media_type))
		return 0;
	if (get_manifest(w->store, &w->root->ref, d, w->pool, &bytes, &m, e))
		return -1;
	for (size_t i = 0; m.is_index && i < m.count; i++)
		if (visit(w, &m.layers[i], depth + 1, e))
			return -1;
	return 0;
}

int
store_walk(const struct store *s, const struct subject *root, struct pool *pool, struct store_walk *out,
    struct err *e)
{
	struct walk w = {.store = s, .root = root, .pool = pool};
	int rc = visit(&w, &root->desc, 0, e);

	if (rc == 0) {
		/* The root keeps the name that was asked for. */
		w.found.items[0] = *root;
		out->count = w.found.count;
		out->items = pool_array(pool, w.found.count, sizeof(*out->items));
		memcpy(out->items, w.found.items, w.found.count * sizeof(*out->items));
	}
	VEC_FREE(&w.found);
	return rc;
}

int
store_platform(const struct store *s, const struct subject *root, const char *platform, struct pool *pool,
    struct subject *out, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(0);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	const struct desc *found;
	struct platform p;

	if (platform_parse(&p, span_str(platform), e) ||
	    get_manifest(s, &root->ref, &root->desc, pool, &bytes, &m, e))
		return -1;
	if (!m.is_index)
		return err_set(e, REASON_NOT_FOUND, "a platform was asked for, and this is no multi-platform image");
	if (platform_find(&p, &m, &found, e))
		return -1;
	*out = *root;
	out->desc = desc_copy(found, pool);
	out->ref.digest = pool_str(pool, found->digest);
	out->ref.tag = NULL;
	return 0;
}

void
store_platforms(const struct store *s, const struct subject *root, struct buf *out)
{
	AUTO(buf) struct buf bytes = BUF_INIT(0);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	AUTO(pool) struct pool pool = POOL_INIT;

	if ((root->desc.media_type.len && !media_is_index(root->desc.media_type)) ||
	    get_manifest(s, &root->ref, &root->desc, &pool, &bytes, &m, NULL) || !m.is_index)
		return;
	platform_list(&m, out);
}

const struct ref *
store_place(const struct store *s, const struct subject *sub)
{
	return s->target && sub->ref.place == REF_REGISTRY ? s->target : &sub->ref;
}

int
store_candidates(const struct store *s, const struct subject *sub, unsigned forms, store_each *each, void *ctx,
    struct err *e)
{
	const struct ref *where = store_place(s, sub);

	if (where->place == REF_LAYOUT)
		return store_layout_candidates(s, where->dir, sub->desc.digest, forms, each, ctx, e);
	return store_registry_candidates(s, where, sub->desc.digest, forms, each, ctx, e);
}

/* A referrer names its subject by media type and size too: these are looked up
 * in the image's own place, which proves that it is there. */
static int
complete_subject(const struct store *s, const struct subject *sub, struct pool *pool, struct subject *out,
    struct err *e)
{
	struct ref ref = sub->ref;

	*out = *sub;
	if (sub->desc.size > 0 && sub->desc.media_type.len)
		return 0;
	ref.digest = pool_str(pool, sub->desc.digest);
	ref.tag = NULL;
	return store_resolve(s, &ref, true, pool, out, e);
}

int
store_put_bundle(const struct store *s, const struct subject *sub, struct span bundle, const char *predicate_type,
    bool replace, struct pool *pool, struct store_location *out, struct err *e)
{
	struct publish_bundle b = {.where = store_place(s, sub), .bundle = bundle, .predicate_type = predicate_type,
	    .replace = replace};
	struct subject whole;

	if (complete_subject(s, sub, pool, &whole, e))
		return -1;
	b.subject = &whole.desc;
	return publish_bundle(s, &b, pool, out, e);
}

int
store_put_legacy(const struct store *s, const struct subject *sub, const struct store_layer *layer,
    const struct store_legacy *how, struct pool *pool, struct store_location *out, struct err *e)
{
	struct publish_legacy l = {.where = store_place(s, sub), .layer = layer, .how = how};
	struct subject whole = *sub;

	if (evidence_mode(s->options, &l.oci11, e))
		return -1;
	if (l.oci11 && complete_subject(s, sub, pool, &whole, e))
		return -1;
	l.subject = &whole.desc;
	return publish_legacy(s, &l, pool, out, e);
}

int
store_put_sbom(const struct store *s, const struct subject *sub, const struct store_sbom *sbom, struct pool *pool,
    struct store_location *out, struct err *e)
{
	struct publish_sbom p = {.where = store_place(s, sub), .sbom = sbom};
	struct subject whole = *sub;

	if (evidence_mode(s->options, &p.oci11, e))
		return -1;
	if (p.oci11 && complete_subject(s, sub, pool, &whole, e))
		return -1;
	p.subject = &whole.desc;
	return publish_sbom(s, &p, pool, out, e);
}

static int
attachment_in_layout(const struct ref *ref, struct span reference, struct subject *out, struct pool *pool,
    struct err *e)
{
	struct layout *l = store_layout_open(ref->dir, e);
	struct layout_image image;

	if (!l)
		return -1;
	if (layout_find_tag(l, span_str(ref->tag), &image, e))
		return no_image(e);
	*out = (struct subject){.ref = *ref, .desc = desc_copy(&image.desc, pool), .reference = reference};
	return 0;
}

int
store_attachment(const struct store *s, const struct subject *sub, const char *suffix, struct pool *pool,
    struct subject *out, struct err *e)
{
	const char *prefix = s->options->tag_prefix, *digest = pool_str(pool, sub->desc.digest);
	struct ref ref = *store_place(s, sub);

	ref.tag = ref_digest_tag(prefix ? prefix : "", digest, suffix, pool);
	ref.digest = NULL;
	if (ref.place == REF_LAYOUT)
		return attachment_in_layout(&ref, sub->reference, out, pool, e);
	return store_resolve(s, &ref, false, pool, out, e);
}

int
store_stream(const struct store *s, const struct subject *sub, const struct desc *d, struct sink *to, struct err *e)
{
	const struct ref *where = store_place(s, sub);
	struct layout *l;
	size_t max;

	if (evidence_max_size(&max, e))
		return -1;
	if (d->size < 0 || (uint64_t)d->size > max)
		return err_set(e, REASON_TOO_LARGE, "blob %.*s has %lld bytes, more than %zu", SPAN_FMT(d->digest),
		    (long long)d->size, max);
	if (where->place == REF_REGISTRY)
		return registry_stream_blob(where, d, s->options, to, e);
	l = store_layout_open(where->dir, e);
	return l ? layout_stream(l, d->digest, d->size, to, e) : -1;
}
