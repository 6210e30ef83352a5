/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCI_REF_H
#define OCI_REF_H
/*
 * Image references: [HOST[:PORT]/]REPO[:TAG][@sha256:HEX] in a registry, or
 * oci:DIR[:TAG] and oci:DIR@sha256:HEX for an image layout on disk.
 */
#include "base/err.h"
#include "base/pool.h"

enum { REF_TEXT_MAX = 8192, REF_TAG_MAX = 128, REF_REPOSITORY_MAX = 255, REF_DIGEST_LEN = 7 + 64 };

enum ref_place { REF_REGISTRY, REF_LAYOUT };

struct ref {
	enum ref_place place;
	const char *registry;	/* "index.docker.io", "127.0.0.1:5000"; NULL for a layout */
	const char *repository;	/* "library/alpine"; NULL for a layout */
	const char *dir;	/* layout only */
	const char *tag;	/* NULL when there is a digest, or (layout) none was named */
	const char *digest;	/* "sha256:…" or NULL */
	bool tag_given;		/* the tag was in the text, not the default */
};

/* Docker's defaults and ggcr's grammar: a tag beside a digest is dropped,
 * host/../x and an empty tag are refused. In a layout the last :NAME or @DIGEST
 * counts only if DIR exists without it; NAME may be any ref.name, also a full
 * reference ("oci:DIR:example.com/app:v1"). A DIR that exists with and without
 * the :NAME is REASON_AMBIGUOUS; everything else wrong is REASON_BAD_REFERENCE.
 * Strings live in the pool. */
int	ref_parse(struct ref *r, struct span text, struct pool *pool, struct err *e) MUST_CHECK;
/* A repository alone, as COSIGN_REPOSITORY has it. */
int	ref_parse_repository(struct ref *r, struct span text, struct pool *pool, struct err *e) MUST_CHECK;

/* "index.docker.io/library/alpine"; "oci:DIR" for a layout. */
const char	*ref_context(const struct ref *r, struct pool *pool);
/* Fully expanded, with :tag or @digest. */
const char	*ref_name(const struct ref *r, struct pool *pool);
/* Plain http may be tried without any flag: loopback, *.localhost, "localhost:"
 * with a port, and private (RFC 1918) addresses. */
bool	ref_registry_is_local(const char *registry);

/* Exactly "sha256:" and 64 lower-case digits. */
bool	ref_is_digest(struct span text);
/* 1 to 128 of A-Z a-z 0-9 _ . -, the first neither . nor - */
bool	ref_is_tag(struct span text);
/* What may stand in a layout's org.opencontainers.image.ref.name. */
bool	ref_is_layout_name(struct span text);
/* A reference that names its registry: nothing in it is a default but perhaps
 * the tag. */
bool	ref_is_full(struct span text);
/* "sha256-HEX" + suffix: the tag of legacy signatures (".sig") and of the
 * referrers fallback (""), with the prefix of --attachment-tag-prefix. */
const char	*ref_digest_tag(const char *prefix, const char *digest, const char *suffix, struct pool *pool);
/* Whether a tag is such a one: [PREFIX]sha256-HEX(.sig|.att|.sbom), or
 * sha256-HEX alone. */
bool	ref_is_digest_tag(struct span tag);
#endif
