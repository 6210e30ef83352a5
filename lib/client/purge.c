/* SPDX-License-Identifier: Apache-2.0 */
#include "client/purge.h"

#include "base/mem.h"
#include "client/evidence.h"
#include "client/store_layout.h"
#include "client/taglist.h"
#include "client/untag.h"
#include "sig/bundle.h"
#include "sig/statement.h"

/* What goes. */
struct victim {
	const char *tag;	/* NULL: by digest */
	struct desc desc;
	const char *kind;
	bool failed;
};

struct job {
	const struct store *store;
	const struct ref *where;
	struct span digest;	/* of the image */
	unsigned kinds;
	purge_tell *tell;
	void *ctx;
	VEC(struct victim) victims;
	struct pool pool;
	struct err *e;
	bool failed;
};

/* --- what there is ------------------------------------------------------ */

static const struct registry_options *
options(const struct job *j)
{
	return j->store->options;
}

static int
read_layer(const struct job *j, const struct desc *layer, struct buf *out)
{
	struct layout *l;

	if (j->where->place == REF_REGISTRY)
		return registry_get_blob(j->where, layer, options(j), out->max, out, NULL);
	l = store_layout_open(j->where->dir, NULL);
	return l ? layout_read(l, layer->digest, layer->size, out, NULL) : -1;
}

/* For manifests of other writers that say nothing of what is in the bundle. */
static unsigned
look_inside(const struct job *j, const struct manifest *m)
{
	AUTO(buf) struct buf bytes = BUF_INIT(ATTACHMENT_SIZE_MAX);
	AUTO(bundle) struct bundle b = BUNDLE_INIT;
	AUTO(statement) struct statement s = STATEMENT_INIT;

	if (read_layer(j, &m->layers[0], &bytes) || bundle_parse(&b, buf_span(&bytes), NULL))
		return 0;
	if (b.content == BUNDLE_MESSAGE)
		return PURGE_SIGNATURES;
	if (statement_parse(&s, b.payload, NULL))
		return 0;
	return span_is(s.predicate_type, PREDICATE_SIGN) ? PURGE_SIGNATURES : PURGE_ATTESTATIONS;
}

static unsigned
kinds_of_bundle(const struct job *j, const struct relative *r)
{
	const struct shape_map *said = r->manifest ? &r->manifest->annotations : &r->desc.annotations;
	struct span type = shape_map_get(said, ANNOTATION_BUNDLE_PREDICATE);

	if (type.len)
		return PURGE_BUNDLES | (span_is(type, PREDICATE_SIGN) ? PURGE_SIGNATURES : PURGE_ATTESTATIONS);
	if (span_is(shape_map_get(said, ANNOTATION_BUNDLE_CONTENT), "message-signature"))
		return PURGE_BUNDLES | PURGE_SIGNATURES;
	return PURGE_BUNDLES | (r->manifest ? look_inside(j, r->manifest) : 0);
}

static unsigned
kinds_of_referrer(const struct job *j, const struct relative *r)
{
	struct span type = r->manifest ? manifest_artifact_type(r->manifest) : r->desc.artifact_type;

	if (r->manifest ? evidence_bundle_layer(r->manifest) != NULL : span_starts(type, MEDIA_BUNDLE_PREFIX))
		return kinds_of_bundle(j, r);
	if (span_is(type, EVIDENCE_OCI11_TYPE))
		return PURGE_SIGNATURES;
	if (span_is(type, RELATIVES_SBOM_TYPE))
		return PURGE_SBOMS;
	/* Attestations of the old form, as the original attaches them to referrers. */
	return span_is(type, INTOTO_PAYLOAD_TYPE) ? PURGE_ATTESTATIONS : 0;
}

static unsigned
kinds_of(const struct job *j, const struct relative *r)
{
	switch (r->kind) {
	case RELATIVES_SIGNATURES:
		return PURGE_SIGNATURES;
	case RELATIVES_ATTESTATIONS:
		return PURGE_ATTESTATIONS;
	case RELATIVES_SBOM:
		return PURGE_SBOMS;
	default:
		return kinds_of_referrer(j, r);
	}
}

static int
note(void *ctx, const struct relative *r, struct err *e)
{
	struct job *j = ctx;
	unsigned kinds = kinds_of(j, r);
	struct victim *v;

	(void)e;
	if (!(kinds & j->kinds))
		return 0;
	v = VEC_PUSH(&j->victims);
	*v = (struct victim){.desc = desc_copy(&r->desc, &j->pool)};
	v->tag = r->tag ? pool_str(&j->pool, span_str(r->tag)) : NULL;
	v->kind = kinds & PURGE_SIGNATURES ? "signature" : kinds & PURGE_ATTESTATIONS ? "attestation" :
	    kinds & PURGE_SBOMS ? "sbom" : "bundle";
	return 0;
}

static const char *
name_of(struct job *j, const struct victim *v)
{
	const char *place = ref_context(j->where, &j->pool);

	if (v->tag)
		return pool_printf(&j->pool, "%s:%s", place, v->tag);
	return pool_printf(&j->pool, "%s@%.*s", place, SPAN_FMT(v->desc.digest));
}

static void
report(struct job *j, struct victim *v, const struct err *why)
{
	struct purge_report r = {name_of(j, v), &v->desc, v->kind, why};

	v->failed = why != NULL;
	if (why && !j->failed) {
		*j->e = *why;
		j->failed = true;
	}
	j->tell(j->ctx, &r);
}

static struct victim *
find_victim(const struct job *j, struct span digest)
{
	for (size_t i = 0; i < j->victims.count; i++)
		if (!j->victims.items[i].tag && span_eq(j->victims.items[i].desc.digest, digest))
			return &j->victims.items[i];
	return NULL;
}

/* --- in a registry ------------------------------------------------------ */

static bool
is_victim(void *ctx, const struct desc *d)
{
	return find_victim(ctx, d->digest) != NULL;
}

/* The fallback index: 0 and m->is_index, or there is none. */
static int
read_list(const struct job *j, const char *tag, struct registry_doc *doc, struct manifest *m, struct err *e)
{
	struct err why = ERR_INIT;

	if (registry_get_manifest(j->where, tag, options(j), doc, &why)) {
		if (why.reason == REASON_NOT_FOUND)
			return 0;
		*e = why;
		return -1;
	}
	return manifest_parse(m, buf_span(&doc->bytes), span_str(doc->media_type), e);
}

/* By its digest: if somebody has put something on the list meanwhile, that stays. */
static int
delete_empty(const struct job *j, const char *tag, struct err *e)
{
	AUTO(registry_doc) struct registry_doc doc = REGISTRY_DOC_INIT;
	AUTO(manifest) struct manifest m = MANIFEST_INIT;

	if (read_list(j, tag, &doc, &m, e))
		return -1;
	return m.is_index && m.count == 0 ? registry_delete_manifest(j->where, doc.digest, options(j), e) : 0;
}

static int
edit_list(struct job *j, struct err *e)
{
	AUTO(registry_doc) struct registry_doc doc = REGISTRY_DOC_INIT;
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	const char *tag = ref_digest_tag("", pool_str(&j->pool, j->digest), "", &j->pool);
	struct taglist t = {.where = j->where, .options = options(j), .tag = tag, .index = true, .drop = is_victim,
	    .ctx = j};
	char digest[80];
	bool listed = false;

	if (read_list(j, tag, &doc, &m, e))
		return -1;
	for (size_t i = 0; m.is_index && i < m.count; i++)
		listed = listed || is_victim(j, &m.layers[i]);
	if (listed && taglist_append(&t, digest, e))
		return -1;
	return listed || (m.is_index && m.count == 0) ? delete_empty(j, tag, e) : 0;
}

/* Off the list first, so that nobody is led to what is gone. */
static int
purge_registry(struct job *j, struct err *e)
{
	bool referrers = false;

	for (size_t i = 0; i < j->victims.count; i++)
		referrers = referrers || !j->victims.items[i].tag;
	if (untag_check(j->where, options(j), e) || (referrers && edit_list(j, e)))
		return -1;
	for (size_t i = 0; i < j->victims.count; i++) {
		struct victim *v = &j->victims.items[i];
		struct err why = ERR_INIT;
		int rc;

		if (v->tag)
			rc = untag(j->where, v->tag, options(j), &why);
		else
			rc = registry_delete_manifest(j->where, pool_str(&j->pool, v->desc.digest), options(j), &why);
		report(j, v, rc ? &why : NULL);
	}
	/* Who writes at the same time may have put back what he saw. */
	return referrers ? edit_list(j, e) : 0;
}

/* --- in a layout -------------------------------------------------------- */

/* A list that stands in the directory as it would in a registry. */
static int
edit_listed_index(struct job *j, struct layout_edit *edit, size_t at, struct err *e)
{
	AUTO(buf) struct buf doc = BUF_INIT(LAYOUT_MANIFEST_MAX);
	AUTO(buf) struct buf out = BUF_INIT(LAYOUT_MANIFEST_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct desc old = edit->list.items[at], fresh;
	struct desc *list;
	size_t kept = 0;

	if (layout_read(edit->layout, old.digest, old.size, &doc, NULL) || manifest_parse(&m, buf_span(&doc), old.media_type, NULL) ||
	    !m.is_index)
		return 0;
	list = pool_array(&j->pool, m.count + 1, sizeof(*list));
	for (size_t i = 0; i < m.count; i++)
		if (!find_victim(j, m.layers[i].digest))
			list[kept++] = m.layers[i];
	if (kept == m.count)
		return 0;
	if (kept == 0) {
		layout_edit_drop(edit, old.digest);
		return 0;
	}
	manifest_emit_edited(&out, &m, NULL, list, kept);
	if (buf_check(&out, "the list of referrers", e) || layout_write(edit->layout, buf_span(&out), e))
		return -1;
	fresh = desc_of(pool_str(&j->pool, m.media_type), buf_span(&out), &j->pool);
	layout_edit_name(edit, pool_str(&j->pool, layout_find_name(&old)), &fresh);
	return 0;
}

static bool
goes(const struct job *j, const struct desc *d)
{
	struct span name = layout_find_name(d);

	if (find_victim(j, d->digest))
		return true;
	for (size_t i = 0; i < j->victims.count; i++)
		if (j->victims.items[i].tag && name.ptr && span_is(name, j->victims.items[i].tag))
			return true;
	return false;
}

static int
drop_entries(void *ctx, struct layout_edit *edit, struct err *e)
{
	struct job *j = ctx;
	const char *list = ref_digest_tag("", pool_str(&j->pool, j->digest), "", &j->pool);
	size_t kept = 0;

	for (size_t i = 0; i < edit->list.count; i++)
		if (!goes(j, &edit->list.items[i]))
			edit->list.items[kept++] = edit->list.items[i];
	edit->changed = edit->changed || kept < edit->list.count;
	edit->list.count = kept;
	for (size_t i = 0; i < edit->list.count; i++) {
		struct span name = layout_find_name(&edit->list.items[i]);

		if (name.ptr && span_is(name, list))
			return edit_listed_index(j, edit, i, e);
	}
	return 0;
}

static bool
is_listed(const struct layout *l, struct span digest)
{
	return manifest_find(&l->index, digest) != NULL;
}

/* Readers of what `save` wrote find manifests that are not listed. */
static int
purge_layout(struct job *j, struct err *e)
{
	struct layout *l = store_layout_open(j->where->dir, e);

	if (!l || layout_update(l, drop_entries, j, e))
		return -1;
	for (size_t i = 0; i < j->victims.count; i++) {
		struct victim *v = &j->victims.items[i];
		struct err why = ERR_INIT;
		int rc = is_listed(l, v->desc.digest) ? 0 : layout_remove(l, v->desc.digest, &why);

		report(j, v, rc ? &why : NULL);
	}
	return 0;
}

int
purge(const struct store *s, const struct subject *sub, unsigned kinds, purge_tell *tell, void *ctx, struct err *e)
{
	struct job j = {.store = s, .where = store_place(s, sub), .digest = sub->desc.digest, .kinds = kinds, .tell = tell,
	    .ctx = ctx, .e = e, .pool = POOL_INIT};
	int rc = relatives_list(s, sub, RELATIVES_ALL, NULL, note, &j, e);

	if (rc == 0 && j.victims.count)
		rc = j.where->place == REF_REGISTRY ? purge_registry(&j, e) : purge_layout(&j, e);
	VEC_FREE(&j.victims);
	pool_release(&j.pool);
	return rc || j.failed ? -1 : 0;
}
