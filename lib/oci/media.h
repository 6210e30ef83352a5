/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCI_MEDIA_H
#define OCI_MEDIA_H
/*
 * Media types and annotation keys of OCI, Docker and Sigstore.
 */
#include "base/span.h"

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
#define ANNOTATION_PREDICATE "predicateType"	/* of a legacy attestation's layer */
#define ANNOTATION_BUNDLE_CONTENT "dev.sigstore.bundle.content"
#define ANNOTATION_BUNDLE_PREDICATE "dev.sigstore.bundle.predicateType"
/* In index.json of a layout that `cosign save` wrote, under the key "kind". */
#define ANNOTATION_KIND "kind"
#define KIND_PREFIX "dev.cosignproject.cosign/"

enum { MEDIA_TYPE_MAX = 255 };

/* Whether the media type is of an index or a list. */
bool	media_is_index(struct span media_type);
bool	media_is_manifest(struct span media_type);
/* TYPE/SUBTYPE with nothing in it that a header or a terminal would mind. */
bool	media_is_type(struct span media_type);
#endif
