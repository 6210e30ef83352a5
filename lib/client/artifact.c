/* SPDX-License-Identifier: Apache-2.0 */
#include "client/artifact.h"

#include "client/evidence.h"
#include "client/store_layout.h"
#include "client/taglist.h"
#include "net/task.h"

static void
send_blob(void *arg)
{
	struct artifact_blob *p = arg;
	AUTO(pool) struct pool pool = POOL_INIT;
	const char *digest = pool_str(&pool, p->desc.digest);

	p->err = (struct err)ERR_INIT;
	if (p->file)
		p->failed = registry_put_file(p->where, digest, p->file, p->options, &p->err) != 0;
	else
		p->failed = registry_put_blob(p->where, digest, p->bytes, p->options, &p->err) != 0;
}

static int
send_blobs(struct artifact_blob *p, size_t count, struct err *e)
{
	struct task_group group;

	task_group_init(&group, count);
	for (size_t i = 0; i < count; i++)
		task_start(&group, send_blob, &p[i]);
	task_wait(&group);
	for (size_t i = 0; i < count; i++)
		if (p[i].failed) {
			*e = p[i].err;
			return -1;
		}
	return 0;
}

int
artifact_describe(struct artifact *a, struct err *e)
{
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct desc d;

	if (manifest_parse(&m, a->bytes, SPAN_NONE, e))
		return -1;
	d = desc_of(pool_str(a->pool, m.media_type), a->bytes, a->pool);
	d.artifact_type = manifest_artifact_type(&m);
	d.annotations = m.annotations;
	a->desc = desc_copy(&d, a->pool);
	return 0;
}

static int
read_predicate(const struct artifact_replacing *r, const struct desc *d, struct pool *pool, struct span *type, struct err *e)
{
	AUTO(registry_doc) struct registry_doc doc = REGISTRY_DOC_INIT;
	AUTO(manifest) struct manifest m = MANIFEST_INIT;

	if (registry_get_manifest(r->bundle->where, pool_str(pool, d->digest), r->store->options, &doc, e) ||
	    manifest_parse(&m, buf_span(&doc.bytes), span_str(doc.media_type), e))
		return -1;
	if (evidence_bundle_layer(&m))
		*type = pool_span(pool, shape_map_get(&m.annotations, ANNOTATION_BUNDLE_PREDICATE));
	return 0;
}

/* Lists of older writers name no annotations: then the manifest is asked. What
 * cannot be read is not ours to remove. */
static bool
is_replaced(const struct artifact_replacing *r, const struct desc *d)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span type = desc_annotation(d, ANNOTATION_BUNDLE_PREDICATE);

	if (!r->bundle || !r->bundle->replace || span_eq(d->digest, r->keep))
		return false;
	if (!type.ptr && r->bundle->where->place == REF_REGISTRY && read_predicate(r, d, &pool, &type, NULL))
		return false;
	return type.ptr && span_is(type, r->bundle->predicate_type);
}

static bool
drop_replaced(void *ctx, const struct desc *d)
{
	return is_replaced(ctx, d);
}

static int
delete_replaced(struct artifact_replacing *r, struct span index, struct err *e)
{
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	AUTO(pool) struct pool pool = POOL_INIT;

	if (!r->bundle || !r->bundle->replace)
		return 0;
	if (manifest_parse(&m, index, SPAN_NONE, e))
		return -1;
	for (size_t i = 0; i < m.count; i++)
		if (is_replaced(r, &m.layers[i]) &&
		    registry_delete_manifest(r->bundle->where, pool_str(&pool, m.layers[i].digest), r->store->options, e))
			return err_wrap(e, "removing a signature that was to be replaced (the new one is stored)");
	return 0;
}

/* Makes a stored referrer be listed: by the registry itself, or in the index
 * under the fallback tag. */
static int
enlist(const struct store *s, const struct ref *where, struct span subject, struct artifact *a, struct artifact_replacing *r,
    bool listed, struct err *e)
{
	AUTO(buf) struct buf index = BUF_INIT(MANIFEST_SIZE_MAX + 1024);
	const char *digest = pool_str(a->pool, subject);
	struct taglist t = {.where = where, .options = s->options, .index = true, .ours = a->desc,
	    .drop = drop_replaced, .ctx = r};
	bool supported = false;
	char got[80];

	/* Some registries say that they list, and have no list: only the list
	 * itself is believed where something has to be done with it. */
	if (listed && !(r->bundle && r->bundle->replace))
		return 0;
	if (registry_referrers(where, digest, s->options, &index, &supported, e))
		return -1;
	if (supported)
		return delete_replaced(r, buf_span(&index), e);
	t.tag = ref_digest_tag("", digest, "", a->pool);
	return taglist_append(&t, got, e);
}

void
artifact_locate(struct store_location *out, const struct ref *where, struct span digest, const char *tag, enum form form,
    struct pool *pool)
{
	*out = (struct store_location){.repository = span_str(ref_context(where, pool)),
	    .digest = pool_span(pool, digest), .form = form};
	if (tag)
		out->tag = span_str(pool_str(pool, span_str(tag)));
}

static int
push_artifact(const struct store *s, const struct ref *where, struct span subject, struct artifact *a,
    struct artifact_replacing *r, struct err *e)
{
	bool listed = false;

	for (size_t i = 0; i < ARTIFACT_BLOBS; i++) {
		a->blobs[i].where = where;
		a->blobs[i].options = s->options;
	}
	r->keep = a->desc.digest;
	if (send_blobs(a->blobs, ARTIFACT_BLOBS, e) ||
	    registry_put_manifest(where, pool_str(a->pool, a->desc.digest), a->bytes,
	    pool_str(a->pool, a->desc.media_type), s->options, &listed, e))
		return -1;
	return enlist(s, where, subject, a, r, listed, e);
}

/* A referrer on its way into a layout. */
struct placing {
	struct artifact *artifact;
	struct artifact_replacing *replacing;
	struct span subject;
};

static int
drop_in_layout(struct layout_edit *edit, const struct placing *p, struct err *e)
{
	struct layout_list list = {0};

	if (!p->replacing->bundle || !p->replacing->bundle->replace)
		return 0;
	if (layout_referrers(edit->layout, p->subject, &list, e))
		return -1;
	for (size_t i = 0; i < list.count; i++)
		if (is_replaced(p->replacing, &list.items[i]))
			layout_edit_drop(edit, list.items[i].digest);
	return 0;
}

static int
write_blob(struct layout *l, const struct artifact_blob *b, struct err *e)
{
	return b->file ? layout_write_file(l, b->desc.digest, b->desc.size, b->file->fd, e) : layout_write(l, b->bytes, e);
}

static int
place_artifact(void *ctx, struct layout_edit *edit, struct err *e)
{
	const struct placing *p = ctx;

	for (size_t i = 0; i < ARTIFACT_BLOBS; i++)
		if (write_blob(edit->layout, &p->artifact->blobs[i], e))
			return -1;
	if (layout_write(edit->layout, p->artifact->bytes, e) || drop_in_layout(edit, p, e))
		return -1;
	layout_edit_add(edit, &p->artifact->desc);
	return 0;
}

int
artifact_store(const struct store *s, const struct ref *where, struct span subject, struct artifact *a,
    struct artifact_replacing *r, struct err *e)
{
	struct placing p = {a, r, subject};
	struct layout *l;

	r->keep = a->desc.digest;
	if (where->place == REF_REGISTRY)
		return push_artifact(s, where, subject, a, r, e);
	l = store_layout_open(where->dir, e);
	return l ? layout_update(l, place_artifact, &p, e) : -1;
}
