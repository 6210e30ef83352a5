/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCI_MANIFEST_H
#define OCI_MANIFEST_H
/*
 * Image manifests and indexes (OCI image specification 1.1, Docker schema 2):
 * read strictly, written in upstream's byte order. Documents that could be
 * taken for both manifest and index are refused, as is schema 1.
 */
#include "oci/desc.h"

enum {
	MANIFEST_SIZE_MAX = 100 << 20,	/* what upstream reads */
	MANIFEST_LAYERS_MAX = 1000,
	INDEX_ENTRIES_MAX = 10000,
	ATTACHMENT_SIZE_MAX = 224 << 20,	/* room for a predicate of 128 MiB */
};

struct manifest {
	struct pool pool;
	struct span media_type, artifact_type;
	bool is_index;
	struct desc config, subject;	/* digest.ptr NULL when absent */
	bool has_subject;
	struct desc *layers;		/* or the index's entries */
	size_t count;
	struct shape_map annotations;
	struct span json;		/* the whole document, borrowed */
	struct span config_raw, list_raw; /* within it: the values of config, and of layers or manifests */
};

/* The bytes stay the caller's and must outlive m. content_type is what the
 * server or a descriptor said, or ptr NULL; it may not contradict the document,
 * and decides when that names no mediaType (OCI by shape if neither does).
 * REASON_BAD_MANIFEST, REASON_BAD_DIGEST, REASON_TOO_LARGE, REASON_BAD_JSON.
 * Digests are checked for form, sizes for sign. */
int	manifest_parse(struct manifest *m, struct span json, struct span content_type, struct err *e) MUST_CHECK;
void	manifest_release(struct manifest *m);
static inline void manifest_cleanup(struct manifest *m) { manifest_release(m); }
#define MANIFEST_INIT {.pool = POOL_INIT}

/* The entry or layer of that digest, or NULL. */
const struct desc	*manifest_find(const struct manifest *m, struct span digest);
/* What an index lists it as: artifactType, else (of a manifest) config's type. */
struct span	manifest_artifact_type(const struct manifest *m);

/* The config of every bundle: {} */
#define MANIFEST_EMPTY_CONFIG "{}"
#define MANIFEST_EMPTY_DIGEST "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

/* The config of a legacy signature image: a history entry and a diff_id a
 * layer. created NULL is the zero time. */
void	manifest_emit_legacy_config(struct buf *out, const struct desc *layers, size_t count, const char *created);
/* A new legacy signature image. docker_types: COSIGN_DOCKER_MEDIA_TYPES, which
 * *config's media type must match. */
void	manifest_emit_legacy(struct buf *out, const struct desc *config, const struct desc *layers, size_t count,
	    bool docker_types);
/* A bundle as a referrer of subject (media type, size and digest of it are
 * written). created is RFC 3339. */
void	manifest_emit_bundle(struct buf *out, const struct desc *layer, const struct desc *subject,
	    const char *content, const char *predicate_type, const char *created);
/* A new index. */
void	manifest_emit_index(struct buf *out, const struct desc *entries, size_t count);
/*
 * The same document with another list of layers or entries, and another config
 * (NULL keeps it). Every other byte stays, unknown members too; list items that
 * have raw are copied from it. For what others have a part in: legacy images,
 * fallback indexes, index.json.
 */
void	manifest_emit_edited(struct buf *out, const struct manifest *m, const struct desc *config,
	    const struct desc *list, size_t count);
#endif
