/* SPDX-License-Identifier: Apache-2.0 */
#include "client/publish_legacy.h"

#include "base/date.h"
#include "client/artifact.h"
#include "client/evidence.h"
#include "client/store_layout.h"
#include "client/taglist.h"
#include "sig/envelope.h"
#include "sig/statement.h"

/* A legacy signature on its way. */
struct legacy {
	const struct store *store;
	const struct publish_legacy *what;
	struct pool *pool;
	struct desc layer;
	struct layout_edit *edit;	/* in a layout */
};

static bool
annotations_equal(const struct desc *a, const struct desc *b)
{
	size_t rest = 0;

	for (size_t i = 0; i < a->annotations.count; i++) {
		const struct shape_pair *p = &a->annotations.pairs[i];
		struct span other;

		if (span_is(p->key, ANNOTATION_SIGNATURE))
			continue;
		rest++;
		for (size_t k = 0; k < b->annotations.count; k++)
			if (span_eq(b->annotations.pairs[k].key, p->key)) {
				other = b->annotations.pairs[k].value;
				if (!span_eq(other, p->value))
					return false;
				rest--;
			}
	}
	return rest == 0 && a->annotations.count == b->annotations.count;
}

/* Equal but for the signature, and that one verifies: signed already. An envelope
 * says all itself; what stands beside it tells writers apart. */
static bool
have_legacy(void *ctx, const struct desc *d)
{
	const struct legacy *l = ctx;
	const struct store_legacy *how = l->what->how;

	if (!span_eq(d->digest, l->layer.digest) || !span_eq(d->media_type, l->layer.media_type))
		return false;
	return how->attestation || (how->same && annotations_equal(d, &l->layer) &&
	    how->same(how->ctx, l->what->layer->payload, desc_annotation(d, ANNOTATION_SIGNATURE)));
}

/* Which attestation a layer is, where nothing beside it says so. */
static bool
read_predicate(const struct legacy *l, const struct desc *d, struct span *type, struct pool *pool)
{
	AUTO(buf) struct buf bytes = BUF_INIT(ATTACHMENT_SIZE_MAX);
	AUTO(statement) struct statement s = STATEMENT_INIT;
	struct envelope v;
	int rc;

	if (l->edit)
		rc = layout_read(l->edit->layout, d->digest, d->size, &bytes, NULL);
	else
		rc = registry_get_blob(l->what->where, d, l->store->options, ATTACHMENT_SIZE_MAX, &bytes, NULL);
	if (rc || envelope_parse(&v, buf_span(&bytes), pool, NULL) || statement_parse(&s, v.payload, NULL))
		return false;
	*type = pool_span(pool, s.predicate_type);
	return true;
}

/* --replace: every signature; of attestations those of the same type, which
 * `attach attestation` does not note. What cannot be read stays. */
static bool
is_replaced(void *ctx, const struct desc *d)
{
	const struct legacy *l = ctx;
	struct span type = desc_annotation(d, ANNOTATION_PREDICATE);
	AUTO(pool) struct pool pool = POOL_INIT;

	if (!l->what->how->attestation)
		return true;
	if (!type.ptr && !read_predicate(l, d, &type, &pool))
		return false;
	return span_eq(type, desc_annotation(&l->layer, ANNOTATION_PREDICATE));
}

static const char *
tag_suffix(const struct legacy *l)
{
	return l->what->how->attestation ? ".att" : ".sig";
}

static struct desc
make_layer(const struct store_layer *layer, struct pool *pool)
{
	struct desc d = desc_of(layer->media_type, layer->payload, pool);

	d.annotations.pairs = pool_array(pool, layer->annotation_count, sizeof(*d.annotations.pairs));
	d.annotations.count = layer->annotation_count;
	if (layer->annotation_count)
		memcpy(d.annotations.pairs, layer->annotations, layer->annotation_count * sizeof(*layer->annotations));
	return desc_copy(&d, pool);
}

/* The config has an entry a layer, so it changes with them. */
static void
make_config(const struct legacy *l, const struct manifest *current, const struct desc *list, size_t count,
    struct buf *bytes, struct desc *config)
{
	const char *type = l->what->how->docker_types ? MEDIA_DOCKER_CONFIG : MEDIA_OCI_CONFIG;
	char created[DATE_TEXT];

	if (l->what->oci11)
		type = EVIDENCE_OCI11_TYPE;
	else if (current)
		type = pool_str(l->pool, current->config.media_type);
	manifest_emit_legacy_config(bytes, list, count,
	    l->what->how->record_created ? date_format(date_created(), created) : NULL);
	*config = desc_of(type, buf_span(bytes), l->pool);
}

static int
put_config(const struct legacy *l, struct span bytes, const struct desc *config, struct err *e)
{
	if (l->edit)
		return layout_write(l->edit->layout, bytes, e);
	return registry_put_blob(l->what->where, pool_str(l->pool, config->digest), bytes, l->store->options, e);
}

static int
compose_image(void *ctx, const struct manifest *current, const struct desc *list, size_t count, struct buf *bytes,
    struct err *e)
{
	const struct legacy *l = ctx;
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX);
	struct desc config;

	if (count > MANIFEST_LAYERS_MAX)
		return err_set(e, REASON_TOO_LARGE, "the image has %d signatures already, and no more are read",
		    MANIFEST_LAYERS_MAX);
	if (evidence_check_layers(list, count, e))
		return err_wrap(e, "with this one there would be more than is read");
	make_config(l, current, list, count, &text, &config);
	if (buf_check(&text, "the config", e) || put_config(l, buf_span(&text), &config, e))
		return -1;
	if (current)
		manifest_emit_edited(bytes, current, &config, list, count);
	else
		manifest_emit_legacy(bytes, &config, list, count, l->what->how->docker_types);
	return 0;
}

static int
push_legacy(struct legacy *l, const char *tag, char digest[80], struct err *e)
{
	struct taglist t = {.where = l->what->where, .options = l->store->options, .tag = tag, .ours = l->layer,
	    .have = l->what->how->replace ? NULL : have_legacy, .drop = l->what->how->replace ? is_replaced : NULL,
	    .compose = compose_image, .ctx = l};
	AUTO(pool) struct pool pool = POOL_INIT;

	if (registry_put_blob(l->what->where, pool_str(&pool, l->layer.digest), l->what->layer->payload,
	    l->store->options, e))
		return -1;
	return taglist_append(&t, digest, e);
}

/* The same in a directory, under its lock: one reading is enough. */
struct legacy_place {
	struct legacy *legacy;
	const char *tag;
	struct span digest;	/* of the image; where it is in the end */
};

static int
read_current(struct layout *layout, const struct legacy *l, struct buf *doc, struct manifest *m, bool *present,
    struct span *digest, struct err *e)
{
	const char *prefix = l->store->options->tag_prefix;
	struct layout_list list = {0};

	if (layout_legacy(layout, l->what->subject->digest, prefix ? prefix : "", tag_suffix(l), &list, e))
		return -1;
	*present = list.count > 0;
	if (!*present)
		return 0;
	*digest = pool_span(l->pool, list.items[0].digest);
	if (layout_read(layout, list.items[0].digest, list.items[0].size, doc, e) ||
	    manifest_parse(m, buf_span(doc), list.items[0].media_type, e))
		return err_wrap(e, "the signatures that are there");
	return m->is_index ? err_set(e, REASON_BAD_MANIFEST, "the signatures that are there are an index") : 0;
}

static int
place_legacy(void *ctx, struct layout_edit *edit, struct err *e)
{
	struct legacy_place *p = ctx;
	struct legacy *l = p->legacy;
	AUTO(buf) struct buf doc = BUF_INIT(MANIFEST_SIZE_MAX);
	AUTO(buf) struct buf out = BUF_INIT(MANIFEST_SIZE_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	bool present = false, replace = l->what->how->replace;
	size_t kept = 0;
	struct desc *list, named;

	l->edit = edit;
	if (read_current(edit->layout, l, &doc, &m, &present, &p->digest, e))
		return -1;
	for (size_t i = 0; i < m.count && !replace; i++)
		if (have_legacy(l, &m.layers[i]))
			return 0;
	list = pool_array(l->pool, m.count + 1, sizeof(*list));
	for (size_t i = 0; i < m.count; i++)
		if (!replace || !is_replaced(l, &m.layers[i]))
			list[kept++] = m.layers[i];
	list[kept] = l->layer;
	if (compose_image(l, present ? &m : NULL, list, kept + 1, &out, e) || buf_check(&out, "the manifest", e) ||
	    layout_write(edit->layout, l->what->layer->payload, e) || layout_write(edit->layout, buf_span(&out), e))
		return -1;
	named = desc_of(present ? pool_str(l->pool, m.media_type) :
	    l->what->how->docker_types ? MEDIA_DOCKER_MANIFEST : MEDIA_OCI_MANIFEST, buf_span(&out), l->pool);
	p->digest = named.digest;
	layout_edit_name(edit, p->tag, &named);
	return 0;
}

/* --registry-referrers-mode=oci-1-1: the image refers to its subject and has no
 * tag. The signatures of the last one go along, because readers take only that. */
struct last_image {
	struct registry_doc doc;
	struct manifest m;
	bool present;
};

static int
find_last_in_layout(const struct legacy *l, struct last_image *last, struct err *e)
{
	struct layout *layout = store_layout_open(l->what->where->dir, e);
	struct layout_list list = {0};
	const struct desc *found = NULL;

	if (!layout || layout_referrers(layout, l->what->subject->digest, &list, e))
		return -1;
	for (size_t i = 0; i < list.count; i++)
		if (span_is(list.items[i].artifact_type, EVIDENCE_OCI11_TYPE))
			found = &list.items[i];
	if (!found)
		return 0;
	last->present = true;
	buf_init(&last->doc.bytes, MANIFEST_SIZE_MAX);
	snprintf(last->doc.digest, sizeof(last->doc.digest), "%s", pool_str(l->pool, found->digest));
	return layout_read(layout, found->digest, found->size, &last->doc.bytes, e) ||
	    manifest_parse(&last->m, buf_span(&last->doc.bytes), found->media_type, e) ? -1 : 0;
}

static int
find_last_in_registry(const struct legacy *l, struct last_image *last, struct err *e)
{
	const struct ref *where = l->what->where;
	AUTO(buf) struct buf index = BUF_INIT(MANIFEST_SIZE_MAX + 1024);
	AUTO(registry_doc) struct registry_doc tagged = REGISTRY_DOC_INIT;
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	const char *digest = pool_str(l->pool, l->what->subject->digest), *found = NULL;
	struct err why = ERR_INIT;
	struct span text;
	bool supported;

	if (registry_referrers(where, digest, l->store->options, &index, &supported, e))
		return -1;
	if (!supported && registry_get_manifest(where, ref_digest_tag("", digest, "", l->pool), l->store->options,
	    &tagged, &why)) {
		if (why.reason == REASON_NOT_FOUND)
			return 0;
		*e = why;
		return -1;
	}
	text = supported ? buf_span(&index) : buf_span(&tagged.bytes);
	if (manifest_parse(&m, text, SPAN_NONE, e))
		return -1;
	for (size_t i = 0; m.is_index && i < m.count; i++)
		if (span_is(m.layers[i].artifact_type, EVIDENCE_OCI11_TYPE))
			found = pool_str(l->pool, m.layers[i].digest);
	if (!found)
		return 0;
	last->present = true;
	return registry_get_manifest(where, found, l->store->options, &last->doc, e) ||
	    manifest_parse(&last->m, buf_span(&last->doc.bytes), span_str(last->doc.media_type), e) ? -1 : 0;
}

static void
emit_oci11(struct buf *out, const struct desc *config, const struct desc *list, size_t count,
    const struct desc *subject)
{
	struct desc bare = {.media_type = subject->media_type, .digest = subject->digest, .size = subject->size};
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	emit_kint(&j, "schemaVersion", 2);
	emit_kstr(&j, "mediaType", MEDIA_OCI_MANIFEST);
	emit_key(&j, "config");
	desc_emit(config, &j);
	emit_key(&j, "layers");
	emit_array(&j);
	for (size_t i = 0; i < count; i++)
		desc_emit_raw(&list[i], &j);
	emit_array_end(&j);
	emit_key(&j, "subject");
	desc_emit(&bare, &j);
	emit_kstr(&j, "artifactType", EVIDENCE_OCI11_TYPE);
	emit_object_end(&j);
}

static int
make_oci11(struct legacy *l, const struct last_image *last, struct artifact *a, struct err *e)
{
	AUTO(buf) struct buf config = BUF_INIT(BUF_BIG_MAX);
	AUTO(buf) struct buf out = BUF_INIT(MANIFEST_SIZE_MAX);
	size_t kept = l->what->how->replace ? 0 : last->m.count;
	struct desc *list = pool_array(l->pool, kept + 1, sizeof(*list));

	if (kept)
		memcpy(list, last->m.layers, kept * sizeof(*list));
	list[kept] = l->layer;
	make_config(l, NULL, list, kept + 1, &config, &a->blobs[0].desc);
	a->blobs[0].bytes = pool_span(l->pool, buf_span(&config));
	a->blobs[1].desc = l->layer;
	a->blobs[1].bytes = l->what->layer->payload;
	emit_oci11(&out, &a->blobs[0].desc, list, kept + 1, l->what->subject);
	if (buf_check(&out, "the manifest", e))
		return -1;
	a->bytes = pool_span(l->pool, buf_span(&out));
	return artifact_describe(a, e);
}

static int
publish_oci11(struct legacy *l, struct store_location *out, struct err *e)
{
	struct last_image last = {.doc = REGISTRY_DOC_INIT, .m = MANIFEST_INIT};
	struct artifact a = {.pool = l->pool};
	struct artifact_replacing r = {.store = l->store};
	int rc;

	rc = l->what->where->place == REF_REGISTRY ? find_last_in_registry(l, &last, e) :
	    find_last_in_layout(l, &last, e);
	for (size_t i = 0; rc == 0 && i < last.m.count && !l->what->how->replace; i++)
		if (have_legacy(l, &last.m.layers[i])) {
			artifact_locate(out, l->what->where, span_str(last.doc.digest), NULL, FORM_LEGACY, l->pool);
			goto done;
		}
	if (rc == 0)
		rc = make_oci11(l, &last, &a, e);
	if (rc == 0)
		rc = artifact_store(l->store, l->what->where, l->what->subject->digest, &a, &r, e);
	if (rc == 0)
		artifact_locate(out, l->what->where, a.desc.digest, NULL, FORM_LEGACY, l->pool);
done:	manifest_release(&last.m);
	registry_doc_release(&last.doc);
	return rc;
}

int
publish_legacy(const struct store *s, const struct publish_legacy *what, struct pool *pool,
    struct store_location *out, struct err *e)
{
	struct legacy l = {s, what, pool, make_layer(what->layer, pool), NULL};
	const char *prefix = s->options->tag_prefix ? s->options->tag_prefix : "";
	const char *tag = ref_digest_tag(prefix, pool_str(pool, what->subject->digest), tag_suffix(&l), pool);
	struct legacy_place place = {&l, tag, SPAN_NONE};
	struct layout *layout;
	char digest[80];

	if (what->oci11 && !what->how->attestation)
		return publish_oci11(&l, out, e);
	if (what->where->place == REF_REGISTRY) {
		if (push_legacy(&l, tag, digest, e))
			return -1;
		place.digest = span_str(digest);
	} else {
		layout = store_layout_open(what->where->dir, e);
		if (!layout || layout_update(layout, place_legacy, &place, e))
			return -1;
	}
	artifact_locate(out, what->where, place.digest, tag, FORM_LEGACY, pool);
	return 0;
}
