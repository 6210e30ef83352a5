/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCI_MANIFEST_H
#define OCI_MANIFEST_H
/*
 * Descriptors, image manifests and indexes (OCI image specification 1.1,
 * Docker schema 2). Documents that are both manifest and index are refused.
 */
#include "json/emit.h"
#include "json/shape.h"

#define MEDIA_OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define MEDIA_OCI_INDEX "application/vnd.oci.image.index.v1+json"
#define MEDIA_OCI_CONFIG "application/vnd.oci.image.config.v1+json"
#define MEDIA_OCI_EMPTY "application/vnd.oci.empty.v1+json"
#define MEDIA_DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define MEDIA_DOCKER_LIST "application/vnd.docker.distribution.manifest.list.v2+json"
#define MEDIA_DOCKER_CONFIG "application/vnd.docker.container.image.v1+json"
#define MEDIA_SIMPLE_SIGNING "application/vnd.dev.cosign.simplesigning.v1+json"
#define MEDIA_DSSE "application/vnd.dsse.envelope.v1+json"
#define MEDIA_BUNDLE "application/vnd.dev.sigstore.bundle.v0.3+json"
#define MEDIA_BUNDLE_PREFIX "application/vnd.dev.sigstore.bundle"

#define ANNOTATION_REF_NAME "org.opencontainers.image.ref.name"
#define ANNOTATION_CREATED "org.opencontainers.image.created"
#define ANNOTATION_SIGNATURE "dev.cosignproject.cosign/signature"
#define ANNOTATION_CERTIFICATE "dev.sigstore.cosign/certificate"
#define ANNOTATION_CHAIN "dev.sigstore.cosign/chain"
#define ANNOTATION_BUNDLE "dev.sigstore.cosign/bundle"
#define ANNOTATION_TIMESTAMP "dev.sigstore.cosign/rfc3161timestamp"
#define ANNOTATION_BUNDLE_CONTENT "dev.sigstore.bundle.content"
#define ANNOTATION_BUNDLE_PREDICATE "dev.sigstore.bundle.predicateType"

enum {
	MANIFEST_SIZE_MAX = 100 << 20,	/* what upstream reads */
	MANIFEST_LAYERS_MAX = 1000,
	INDEX_ENTRIES_MAX = 10000,
	ATTACHMENT_SIZE_MAX = 128 << 20,
};

struct desc {
	struct span media_type, digest, artifact_type;
	int64_t size;
	struct shape_map annotations;
	struct span platform_os, platform_arch, platform_variant;
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
};

/* The bytes stay the caller's and must outlive m. content_type is what the
 * server said, or ptr NULL; it decides when the document names no mediaType.
 * REASON_BAD_MANIFEST, REASON_TOO_LARGE, REASON_BAD_JSON. Digests are checked
 * for form, sizes for sign. */
int	manifest_parse(struct manifest *m, struct span json, struct span content_type, struct err *e) MUST_CHECK;
void	manifest_release(struct manifest *m);
static inline void manifest_cleanup(struct manifest *m) { manifest_release(m); }
#define MANIFEST_INIT {.pool = POOL_INIT}

/* Whether the media type is of an index or a list. */
bool	media_is_index(struct span media_type);
bool	media_is_manifest(struct span media_type);

/* One descriptor, members in the order mediaType size digest artifactType
 * annotations (absent ones left out); mediaType size digest is ggcr's order. */
void	desc_emit(const struct desc *d, struct emit *j);
/* A copy whose strings live in the pool. */
struct desc	desc_copy(const struct desc *d, struct pool *pool);
/* Decodes one descriptor from JSON. */
int	desc_parse(struct desc *d, struct node object, struct pool *pool, struct err *e) MUST_CHECK;

/* REASON_DIGEST_MISMATCH unless bytes have the descriptor's digest and size. */
int	desc_check(const struct desc *d, struct span bytes, struct err *e) MUST_CHECK;
#endif
