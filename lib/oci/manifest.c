/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/manifest.h"

/* The members of a document by which it is judged; raw.ptr NULL when absent. */
struct parts {
	struct node schema, media_type, artifact_type, config, layers, manifests, subject, annotations;
	struct node fs_layers, history, signatures;
};

static const struct { const char *name; size_t offset; } members[] = {
	{"schemaVersion", offsetof(struct parts, schema)},
	{"mediaType", offsetof(struct parts, media_type)},
	{"artifactType", offsetof(struct parts, artifact_type)},
	{"config", offsetof(struct parts, config)},
	{"layers", offsetof(struct parts, layers)},
	{"manifests", offsetof(struct parts, manifests)},
	{"subject", offsetof(struct parts, subject)},
	{"annotations", offsetof(struct parts, annotations)},
	{"fsLayers", offsetof(struct parts, fs_layers)},
	{"history", offsetof(struct parts, history)},
	{"signatures", offsetof(struct parts, signatures)},
};

struct small {
	struct span media_type, artifact_type;
	struct shape_map annotations;
};

static const struct field small_fields[] = {
	FIELD_STR(struct small, media_type, "mediaType", 0),
	FIELD_STR(struct small, artifact_type, "artifactType", 0),
	FIELD_MAP(struct small, annotations, "annotations", 0),
	FIELD_END
};

/* Go matches names in any case, so a document may look like an index to one
 * reader and like a manifest to another: such names are refused. */
static int
take_member(struct parts *p, struct span key, struct node value, struct err *e)
{
	for (size_t i = 0; i < countof(members); i++) {
		if (!span_is_nocase(key, members[i].name))
			continue;
		if (!span_is(key, members[i].name))
			return err_set(e, REASON_BAD_MANIFEST, "a member '%.*s' that may be taken for %s",
			    SPAN_FMT(key), members[i].name);
		memcpy((char *)p + members[i].offset, &value, sizeof(value));
	}
	return 0;
}

static int
take_parts(struct parts *p, struct node root, struct pool *pool, struct err *e)
{
	if (root.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_MANIFEST, "a manifest that is no object but %s",
		    json_kind_name(root.kind));
	for (struct node_iter it = node_iter(root); node_next(&it);)
		if (take_member(p, node_key(it.key, pool), it.value, e))
			return -1;
	return 0;
}

static bool
is_there(struct node n)
{
	return n.raw.ptr && n.kind != JSON_NULL;
}

static int
check_version(const struct parts *p, struct err *e)
{
	int64_t version = 0;

	if (is_there(p->schema) && p->schema.kind == JSON_NUMBER && node_int(p->schema, &version) && version == 2)
		return 0;
	if (version == 1) {
		err_set(e, REASON_BAD_MANIFEST, "a manifest of schema 1, which is obsolete and cannot be signed");
		return err_hint(e, "push the image again with a current tool");
	}
	err_set(e, REASON_BAD_MANIFEST, "no schemaVersion 2");
	return err_found(e, "%.*s", SPAN_FMT(p->schema.raw.ptr ? span_first(p->schema.raw, 40) : SPAN("none")));
}

/* Either an index or a manifest, never something of both. */
static int
check_kind(struct manifest *m, const struct parts *p, struct err *e)
{
	bool image = p->config.raw.ptr || p->layers.raw.ptr;

	if (p->fs_layers.raw.ptr || p->history.raw.ptr || p->signatures.raw.ptr)
		return err_set(e, REASON_BAD_MANIFEST, "members of schema 1 in a manifest of schema 2");
	if (image && p->manifests.raw.ptr)
		return err_set(e, REASON_BAD_MANIFEST, "a document that is both manifest and index");
	if (!image && !p->manifests.raw.ptr)
		return err_set(e, REASON_BAD_MANIFEST, "a document that is neither manifest nor index");
	if (image && (!is_there(p->config) || !p->layers.raw.ptr))
		return err_set(e, REASON_BAD_MANIFEST, "a manifest without %s",
		    is_there(p->config) ? "layers" : "config");
	m->is_index = !image;
	m->list_raw = image ? p->layers.raw : p->manifests.raw;
	m->config_raw = p->config.raw;
	return 0;
}

static bool
is_known(struct span type)
{
	return media_is_index(type) || media_is_manifest(type);
}

/* Without parameters; ptr NULL for what says nothing ("application/json"). */
static struct span
clean_type(struct span content_type)
{
	struct span type = span_trim(span_cut(&content_type, ';'));

	return is_known(type) ? type : SPAN_NONE;
}

static int
lies(struct span type, const char *who, const struct manifest *m, struct err *e)
{
	err_set(e, REASON_BAD_MANIFEST, "%s is wrong", who);
	err_expected(e, "the type of %s", m->is_index ? "an index" : "an image manifest");
	return err_found(e, "%.*s", SPAN_FMT(span_first(type, 300)));
}

/* The types that the document and whoever gave it name must agree, and fit its
 * shape (CVE-2021-41190). */
static int
check_type(struct manifest *m, struct span named, struct span content_type, struct err *e)
{
	struct span outer = clean_type(content_type);

	if (named.ptr && (!is_known(named) || media_is_index(named) != m->is_index))
		return lies(named, "mediaType", m, e);
	if (outer.ptr && media_is_index(outer) != m->is_index)
		return lies(outer, "the content type", m, e);
	if (named.ptr && outer.ptr && !span_eq(named, outer)) {
		err_set(e, REASON_BAD_MANIFEST, "mediaType and content type differ");
		err_expected(e, "%.*s", SPAN_FMT(outer));
		return err_found(e, "%.*s", SPAN_FMT(named));
	}
	m->media_type = named.ptr ? named : outer.ptr ? pool_span(&m->pool, outer)
	    : m->is_index ? SPAN(MEDIA_OCI_INDEX) : SPAN(MEDIA_OCI_MANIFEST);
	return 0;
}

static int
take_small(struct manifest *m, struct node root, struct span content_type, struct err *e)
{
	struct small s = {0};

	if (shape_decode(&s, small_fields, root, SHAPE_LENIENT, &m->pool, e)) {
		if (e && err_is(e, REASON_BAD_SHAPE))
			e->reason = REASON_BAD_MANIFEST;
		return -1;
	}
	if (s.artifact_type.len && !media_is_type(s.artifact_type))
		return err_set(e, REASON_BAD_MANIFEST, "artifactType '%.*s' is no media type",
		    SPAN_FMT(span_first(s.artifact_type, 300)));
	m->artifact_type = s.artifact_type;
	m->annotations = s.annotations;
	return check_type(m, s.media_type, content_type, e);
}

static int
take_list(struct manifest *m, struct node list, struct err *e)
{
	const char *what = m->is_index ? "manifests" : "layers";
	size_t max = m->is_index ? INDEX_ENTRIES_MAX : MANIFEST_LAYERS_MAX, count;

	if (list.kind == JSON_NULL)
		return 0;
	if (list.kind != JSON_ARRAY)
		return err_set(e, REASON_BAD_MANIFEST, "%s is %s", what, json_kind_name(list.kind));
	count = node_count(list);
	if (count > max) {
		err_set(e, REASON_TOO_LARGE, "too many %s", what);
		err_expected(e, "at most %zu", max);
		return err_found(e, "%zu", count);
	}
	m->layers = pool_array(&m->pool, count, sizeof(*m->layers));
	for (struct node_iter it = node_iter(list); node_next(&it); m->count++)
		if (desc_parse(&m->layers[m->count], it.value, &m->pool, e))
			return err_wrap(e, "%s[%zu]", what, m->count);
	return 0;
}

static int
take_descriptors(struct manifest *m, const struct parts *p, struct err *e)
{
	if (!m->is_index && desc_parse(&m->config, p->config, &m->pool, e))
		return err_wrap(e, "config");
	if (is_there(p->subject)) {
		if (desc_parse(&m->subject, p->subject, &m->pool, e))
			return err_wrap(e, "subject");
		m->has_subject = true;
	}
	return take_list(m, m->is_index ? p->manifests : p->layers, e);
}

static int
parse(struct manifest *m, struct span json, struct span content_type, struct err *e)
{
	struct parts p = {0};
	struct node root;

	if (json.len > MANIFEST_SIZE_MAX) {
		err_set(e, REASON_TOO_LARGE, "the manifest is too large");
		return err_expected(e, "at most %d bytes", MANIFEST_SIZE_MAX);
	}
	if (scan_document(json, &root, e) || take_parts(&p, root, &m->pool, e))
		return -1;
	if (check_version(&p, e) || check_kind(m, &p, e) || take_small(m, root, content_type, e))
		return -1;
	return take_descriptors(m, &p, e);
}

int
manifest_parse(struct manifest *m, struct span json, struct span content_type, struct err *e)
{
	*m = (struct manifest)MANIFEST_INIT;
	m->json = json;
	if (parse(m, json, content_type, e) == 0)
		return 0;
	manifest_release(m);
	return -1;
}

void
manifest_release(struct manifest *m)
{
	pool_release(&m->pool);
	*m = (struct manifest)MANIFEST_INIT;
}

const struct desc *
manifest_find(const struct manifest *m, struct span digest)
{
	for (size_t i = 0; i < m->count; i++)
		if (span_eq(m->layers[i].digest, digest))
			return &m->layers[i];
	return NULL;
}

struct span
manifest_artifact_type(const struct manifest *m)
{
	return m->artifact_type.len ? m->artifact_type : m->config.media_type;
}

static void
emit_list(struct emit *j, const struct desc *list, size_t count)
{
	emit_array(j);
	for (size_t i = 0; i < count; i++)
		desc_emit_raw(&list[i], j);
	emit_array_end(j);
}

static void
start(struct emit *j, struct buf *out, const char *media_type)
{
	emit_init(j, out);
	emit_object(j);
	emit_kint(j, "schemaVersion", 2);
	emit_kstr(j, "mediaType", media_type);
}

void
manifest_emit_legacy_config(struct buf *out, const struct desc *layers, size_t count, const char *created)
{
	static const char zero[] = "0001-01-01T00:00:00Z";
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	emit_kstr(&j, "architecture", "");
	emit_kstr(&j, "created", created ? created : zero);
	emit_key(&j, "history");
	emit_array(&j);
	for (size_t i = 0; i < count; i++) {
		emit_object(&j);
		emit_kstr(&j, "created", zero);
		emit_object_end(&j);
	}
	emit_array_end(&j);
	emit_kstr(&j, "os", "");
	emit_key(&j, "rootfs");
	emit_object(&j);
	emit_kstr(&j, "type", "layers");
	emit_key(&j, "diff_ids");
	emit_array(&j);
	for (size_t i = 0; i < count; i++)
		emit_span(&j, layers[i].digest);
	emit_array_end(&j);
	emit_object_end(&j);
	emit_key(&j, "config");
	emit_object(&j);
	emit_object_end(&j);
	emit_object_end(&j);
}

void
manifest_emit_legacy(struct buf *out, const struct desc *config, const struct desc *layers, size_t count,
    bool docker_types)
{
	struct emit j;

	start(&j, out, docker_types ? MEDIA_DOCKER_MANIFEST : MEDIA_OCI_MANIFEST);
	emit_key(&j, "config");
	desc_emit(config, &j);
	emit_key(&j, "layers");
	emit_list(&j, layers, count);
	emit_object_end(&j);
}

static void
emit_plain(struct emit *j, const char *key, const struct desc *d, const char *artifact_type)
{
	struct desc plain = {
		.media_type = d->media_type, .size = d->size, .digest = d->digest,
		.artifact_type = span_str(artifact_type),
	};

	emit_key(j, key);
	desc_emit(&plain, j);
}

void
manifest_emit_bundle(struct buf *out, const struct desc *layer, const struct desc *subject, const char *content,
    const char *predicate_type, const char *created)
{
	static const struct desc config = {
		.media_type = {MEDIA_OCI_EMPTY, sizeof(MEDIA_OCI_EMPTY) - 1},
		.digest = {MANIFEST_EMPTY_DIGEST, sizeof(MANIFEST_EMPTY_DIGEST) - 1},
		.size = sizeof(MANIFEST_EMPTY_CONFIG) - 1,
	};
	struct emit j;

	start(&j, out, MEDIA_OCI_MANIFEST);
	emit_plain(&j, "config", &config, MEDIA_BUNDLE);
	emit_key(&j, "layers");
	emit_list(&j, layer, 1);
	emit_key(&j, "annotations");
	emit_object(&j);
	emit_kstr(&j, ANNOTATION_BUNDLE_CONTENT, content);
	if (predicate_type)
		emit_kstr(&j, ANNOTATION_BUNDLE_PREDICATE, predicate_type);
	if (created)
		emit_kstr(&j, ANNOTATION_CREATED, created);
	emit_object_end(&j);
	emit_plain(&j, "subject", subject, NULL);
	emit_kstr(&j, "artifactType", MEDIA_BUNDLE);
	emit_object_end(&j);
}

void
manifest_emit_index(struct buf *out, const struct desc *entries, size_t count)
{
	struct emit j;

	start(&j, out, MEDIA_OCI_INDEX);
	emit_key(&j, "manifests");
	emit_list(&j, entries, count);
	emit_object_end(&j);
}

static void
add_until(struct buf *out, const char **at, const char *to)
{
	buf_add(out, *at, (size_t)(to - *at));
	*at = to;
}

static void
add_list(struct buf *out, const struct desc *list, size_t count)
{
	struct emit j;

	emit_init(&j, out);
	emit_list(&j, list, count);
}

static void
add_config(struct buf *out, const struct desc *config)
{
	struct emit j;

	emit_init(&j, out);
	desc_emit(config, &j);
}

void
manifest_emit_edited(struct buf *out, const struct manifest *m, const struct desc *config, const struct desc *list,
    size_t count)
{
	const char *at = m->json.ptr;
	bool swap = config && m->config_raw.ptr;
	bool config_first = swap && m->config_raw.ptr < m->list_raw.ptr;

	if (config_first) {
		add_until(out, &at, m->config_raw.ptr);
		add_config(out, config);
		at += m->config_raw.len;
	}
	add_until(out, &at, m->list_raw.ptr);
	add_list(out, list, count);
	at += m->list_raw.len;
	if (swap && !config_first) {
		add_until(out, &at, m->config_raw.ptr);
		add_config(out, config);
		at += m->config_raw.len;
	}
	add_until(out, &at, m->json.ptr + m->json.len);
}
