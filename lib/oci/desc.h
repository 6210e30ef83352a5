/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCI_DESC_H
#define OCI_DESC_H
/*
 * Descriptors (OCI image specification 1.1): what a blob or manifest is, how
 * long, and its digest. Embedded `data` is checked and then ignored: content is
 * always fetched.
 */
#include "json/emit.h"
#include "json/shape.h"
#include "oci/media.h"

struct desc {
	struct span media_type, digest, artifact_type;
	int64_t size;
	struct shape_map annotations;
	struct span platform_os, platform_arch, platform_variant, platform_os_version;
	struct span raw;	/* the JSON it was read from; ptr NULL if composed here */
};

/* Decodes one descriptor. raw borrows the text; the rest lives in the pool.
 * REASON_BAD_MANIFEST, REASON_BAD_DIGEST (sha256 and sha512 are known),
 * REASON_TOO_LARGE. */
int	desc_parse(struct desc *d, struct node object, struct pool *pool, struct err *e) MUST_CHECK;

/* Members in the order mediaType size digest artifactType annotations platform
 * (absent ones left out). raw is not looked at. */
void	desc_emit(const struct desc *d, struct emit *j);
/* raw, byte for byte, where there is one; desc_emit otherwise. For lists in
 * which other people's entries stand. */
void	desc_emit_raw(const struct desc *d, struct emit *j);
/* A copy whose strings, raw too, live in the pool. */
struct desc	desc_copy(const struct desc *d, struct pool *pool);
/* A descriptor of bytes: size and SHA-256. Strings live in the pool. */
struct desc	desc_of(const char *media_type, struct span bytes, struct pool *pool);

/* REASON_DIGEST_MISMATCH unless bytes have the descriptor's digest and size. */
int	desc_check(const struct desc *d, struct span bytes, struct err *e) MUST_CHECK;
/* "sha256:" and 64, or "sha512:" and 128 lower-case digits. */
bool	desc_is_digest(struct span digest);
/* An annotation's value, ptr NULL if there is none. */
static inline struct span
desc_annotation(const struct desc *d, const char *key)
{
	return shape_map_get(&d->annotations, key);
}
#endif
