/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_STORE_H
#define CLIENT_STORE_H
/*
 * Where images and their signatures live: a registry's repository or an OCI
 * image layout on disk, behind the same calls. Knows both storage forms:
 * bundles as referrers (referrers API, fallback tag, layout entries with a
 * subject), and legacy sha256-HEX.sig manifests, or .att for attestations.
 */
#include "client/registry.h"

enum form { FORM_BUNDLE = 1, FORM_LEGACY = 2 };
/* Beside them where candidates are asked for: attestations are meant, which have a
 * legacy manifest of their own; bundles do not tell before they are read. */
enum { STORE_ATTESTATIONS = 4 };

/* An image that was found. */
struct subject {
	struct ref ref;		/* as asked for */
	struct desc desc;	/* mediaType, digest, size (0 when not looked up) */
	struct span reference;	/* layout: the entry's ref.name when it is a full reference; else ptr NULL */
};

/* One stored signature, fetched but not judged. Bytes live as long as the call. */
struct candidate {
	enum form form;
	struct desc manifest;		/* of the referrer, or of the .sig manifest */
	struct desc layer;
	struct span bytes;		/* bundle JSON, or the legacy payload */
	struct shape_map annotations;	/* of the layer (legacy) */
	size_t index;			/* layer number within a legacy manifest */
	struct err *error;		/* could not be read: why; bytes are empty then */
};

/* Signatures may live elsewhere (COSIGN_REPOSITORY): target is that repository,
 * or NULL for the image's own. */
struct store {
	const struct registry_options *options;
	const struct ref *target;
	size_t workers;		/* requests in flight, --max-workers */
	bool local_image;	/* the layout was written by `save` and is named without oci: */
};

/* From the flags and COSIGN_REPOSITORY. Options are borrowed; the rest lives in
 * the pool. */
int	store_init(struct store *s, const struct registry_options *o, struct pool *pool, struct err *e) MUST_CHECK;
/* A reference of a command line; local_image: the directory that `save` wrote,
 * with oci: before it or not. */
int	store_ref(const char *text, bool local_image, struct ref *out, struct pool *pool, struct err *e) MUST_CHECK;

/* Resolves a reference. A digest reference into a registry costs no request
 * unless need_desc asks for media type and size. REASON_NO_IMAGE when there is
 * no such tag or repository; REASON_AMBIGUOUS for a layout of several images.
 * Strings live in the pool. */
int	store_resolve(const struct store *s, const struct ref *ref, bool need_desc, struct pool *pool,
	    struct subject *out, struct err *e) MUST_CHECK;

/* The image that is attached under the tag sha256-HEX and suffix (".sbom"), where
 * the signatures of the subject are kept; sub is not out. REASON_NO_IMAGE. */
int	store_attachment(const struct store *s, const struct subject *sub, const char *suffix, struct pool *pool,
	    struct subject *out, struct err *e) MUST_CHECK;

/* The digests of an index's images, depth first, the index itself first; just
 * the image for a plain manifest. Capped. For --recursive. */
struct store_walk { struct subject *items; size_t count; };
int	store_walk(const struct store *s, const struct subject *root, struct pool *pool,
	    struct store_walk *out, struct err *e) MUST_CHECK;
/* The image of an index that fits "os/arch[/variant]". */
int	store_platform(const struct store *s, const struct subject *root, const char *platform, struct pool *pool,
	    struct subject *out, struct err *e) MUST_CHECK;

/* Appends the platforms of an index's images, "linux/amd64, linux/arm64"; nothing
 * for what is no index, or cannot be read. */
void	store_platforms(const struct store *s, const struct subject *root, struct buf *out);

/*
 * Calls each() for every stored signature of the subject in the forms asked for
 * (FORM_BUNDLE | FORM_LEGACY; STORE_ATTESTATIONS), bundles first in the order listed, then legacy
 * layers in theirs. Every listed referrer is opened, whatever its artifactType;
 * one without exactly one layer of a bundle media type is passed over. Referrers API,
 * fallback tag and .sig tag are asked at once; N bundles by digest cost at most
 * 3 + 2N requests. each() returning -1 stops. None found is no error here.
 */
typedef int store_each(void *ctx, const struct candidate *c, struct err *e);
int	store_candidates(const struct store *s, const struct subject *sub, unsigned forms, store_each *each,
	    void *ctx, struct err *e) MUST_CHECK;

/* Where the subject's signatures are kept: those of a layout stay in it, so that a
 * variable set for registries never sends them over the network. */
const struct ref	*store_place(const struct store *s, const struct subject *sub);
/* A blob of that place in pieces, for what is too large to be held; what came
 * before a failure was not checked yet. REASON_TOO_LARGE past
 * COSIGN_MAX_ATTACHMENT_SIZE. */
int	store_stream(const struct store *s, const struct subject *sub, const struct desc *d, struct sink *to,
	    struct err *e) MUST_CHECK;

/* What is written, and where it went. */
struct store_location { struct span repository, digest, tag; enum form form; };

/* Stores a bundle as a referrer of the subject: config, layer, manifest, then
 * the fallback index or index.json where needed; re-read and merged until it is
 * listed. With replace, other bundles of the same predicate type leave the
 * list. */
int	store_put_bundle(const struct store *s, const struct subject *sub, struct span bundle, const char *predicate_type,
	    bool replace, struct pool *pool, struct store_location *out, struct err *e) MUST_CHECK;

/* A legacy layer to append. */
struct store_layer {
	struct span payload;
	const char *media_type;
	const struct shape_pair *annotations;
	size_t annotation_count;
};
struct store_legacy {
	bool docker_types;	/* COSIGN_DOCKER_MEDIA_TYPES, when the manifest is new */
	bool record_created;	/* --record-creation-timestamp */
	bool attestation;	/* of the image under .att, not of the one under .sig */
	bool replace;		/* drop the layers that are there; of attestations those of the
				   same predicate type */
	/* Same payload, same annotations but for the signature: is the old one as
	 * good (it verifies)? Then nothing is added. NULL: never. Of attestations
	 * it is not asked: an equal envelope needs no second place. */
	bool (*same)(void *ctx, struct span payload, struct span old_signature);
	void *ctx;
};
int	store_put_legacy(const struct store *s, const struct subject *sub, const struct store_layer *layer,
	    const struct store_legacy *how, struct pool *pool, struct store_location *out, struct err *e) MUST_CHECK;

/* Where the subject's signatures are kept: those of a layout stay in it, so that
 * a variable set for registries never sends them over the network. */
const struct ref	*store_place(const struct store *s, const struct subject *sub);

/* An SBOM as it is, in the one layer of an image: under the tag sha256-HEX.sbom,
 * in place of the one that is there, or with --registry-referrers-mode=oci-1-1
 * as a referrer. */
struct store_sbom {
	const struct registry_file *file;
	const char *media_type;
	struct span digest;
};
int	store_put_sbom(const struct store *s, const struct subject *sub, const struct store_sbom *sbom,
	    struct pool *pool, struct store_location *out, struct err *e) MUST_CHECK;
#endif
