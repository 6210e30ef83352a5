/* SPDX-License-Identifier: Apache-2.0 */
#include "client/publish_sbom.h"

#include "client/artifact.h"
#include "client/relatives.h"
#include "client/store_layout.h"

/* The config of an image without layers of its own, as upstream has it for
 * SBOMs that are referrers. */
#define EMPTY_CONFIG "{\"architecture\":\"\",\"created\":\"0001-01-01T00:00:00Z\",\"os\":\"\"," \
	"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null},\"config\":{}}"

static struct desc
make_layer(const struct publish_sbom *p)
{
	return (struct desc){.media_type = span_str(p->sbom->media_type), .digest = p->sbom->digest,
	    .size = p->sbom->file->size};
}

/* --- under its tag --- */

struct tagged {
	const struct publish_sbom *what;
	const char *tag;
	struct desc layer, config, manifest;
	struct span config_bytes, bytes;
};

static int
compose(struct tagged *t, struct pool *pool, struct err *e)
{
	AUTO(buf) struct buf config = BUF_INIT(BUF_TEXT_MAX);
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);

	t->layer = make_layer(t->what);
	manifest_emit_legacy_config(&config, &t->layer, 1, NULL);
	t->config_bytes = pool_span(pool, buf_span(&config));
	t->config = desc_of(MEDIA_OCI_CONFIG, t->config_bytes, pool);
	manifest_emit_legacy(&out, &t->config, &t->layer, 1, false);
	if (buf_check(&config, "the config", e) || buf_check(&out, "the manifest", e))
		return -1;
	t->bytes = pool_span(pool, buf_span(&out));
	t->manifest = desc_of(MEDIA_OCI_MANIFEST, t->bytes, pool);
	return 0;
}

static int
push(const struct store *s, const struct tagged *t, struct pool *pool, struct err *e)
{
	const struct ref *where = t->what->where;

	if (registry_put_file(where, pool_str(pool, t->layer.digest), t->what->sbom->file, s->options, e) ||
	    registry_put_blob(where, pool_str(pool, t->config.digest), t->config_bytes, s->options, e))
		return -1;
	return registry_put_manifest(where, t->tag, t->bytes, MEDIA_OCI_MANIFEST, s->options, NULL, e);
}

static int
place(void *ctx, struct layout_edit *edit, struct err *e)
{
	const struct tagged *t = ctx;

	if (layout_write_file(edit->layout, t->layer.digest, t->layer.size, t->what->sbom->file->fd, e) ||
	    layout_write(edit->layout, t->config_bytes, e) || layout_write(edit->layout, t->bytes, e))
		return -1;
	layout_edit_name(edit, t->tag, &t->manifest);
	return 0;
}

static int
put_tagged(const struct store *s, const struct publish_sbom *p, struct pool *pool, struct store_location *out,
    struct err *e)
{
	const char *prefix = s->options->tag_prefix;
	struct tagged t = {.what = p};
	struct layout *l;

	t.tag = ref_digest_tag(prefix ? prefix : "", pool_str(pool, p->subject->digest), ".sbom", pool);
	if (compose(&t, pool, e))
		return -1;
	if (p->where->place == REF_REGISTRY) {
		if (push(s, &t, pool, e))
			return -1;
	} else {
		l = store_layout_open(p->where->dir, e);
		if (!l || layout_update(l, place, &t, e))
			return -1;
	}
	artifact_locate(out, p->where, t.manifest.digest, t.tag, FORM_LEGACY, pool);
	return 0;
}

/* --- as a referrer --- */

static void
emit_referrer(const struct publish_sbom *p, const struct artifact *a, struct buf *out)
{
	const struct desc *s = p->subject;
	struct desc subject = {.media_type = s->media_type, .size = s->size, .digest = s->digest};
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	emit_kint(&j, "schemaVersion", 2);
	emit_kstr(&j, "mediaType", MEDIA_OCI_MANIFEST);
	emit_key(&j, "config");
	desc_emit(&a->blobs[0].desc, &j);
	emit_key(&j, "layers");
	emit_array(&j);
	desc_emit(&a->blobs[1].desc, &j);
	emit_array_end(&j);
	emit_key(&j, "subject");
	desc_emit(&subject, &j);
	emit_object_end(&j);
}

static int
put_referrer(const struct store *s, const struct publish_sbom *p, struct pool *pool, struct store_location *out,
    struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	struct artifact a = {.pool = pool};
	struct artifact_replacing none = {.store = s};

	a.blobs[0].bytes = SPAN(EMPTY_CONFIG);
	a.blobs[0].desc = desc_of(RELATIVES_SBOM_TYPE, a.blobs[0].bytes, pool);
	a.blobs[1].file = p->sbom->file;
	a.blobs[1].desc = make_layer(p);
	emit_referrer(p, &a, &text);
	if (buf_check(&text, "the manifest", e))
		return -1;
	a.bytes = pool_span(pool, buf_span(&text));
	if (artifact_describe(&a, e) || artifact_store(s, p->where, p->subject->digest, &a, &none, e))
		return -1;
	artifact_locate(out, p->where, a.desc.digest, NULL, FORM_LEGACY, pool);
	return 0;
}

int
publish_sbom(const struct store *s, const struct publish_sbom *p, struct pool *pool, struct store_location *out,
    struct err *e)
{
	return p->oci11 ? put_referrer(s, p, pool, out, e) : put_tagged(s, p, pool, out, e);
}
