/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_ARTIFACT_H
#define CLIENT_ARTIFACT_H
/*
 * A manifest that refers to an image, on its way into a registry or a layout:
 * its blobs first, then the manifest by digest, then whatever makes it be
 * listed.
 */
#include "client/publish.h"

enum { ARTIFACT_BLOBS = 2 };

/* A blob on its way into a repository. */
struct artifact_blob {
	const struct ref *where;
	const struct registry_options *options;
	struct desc desc;
	struct span bytes;
	const struct registry_file *file;	/* in place of bytes, unless NULL */
	struct err err;
	bool failed;
};

/* Its documents, and how a list names it. */
struct artifact {
	struct pool *pool;
	struct artifact_blob blobs[ARTIFACT_BLOBS];	/* config, then the layer */
	struct span bytes;		/* of the manifest */
	struct desc desc;		/* with artifactType and annotations */
};

/* The bundles that --replace takes out of a list. */
struct artifact_replacing {
	const struct store *store;
	const struct publish_bundle *bundle;	/* NULL: nothing is replaced */
	struct span keep;			/* digest of ours */
};

/* Fills in desc from bytes, as a list has to name it (distribution
 * specification, "Pushing manifests with subject"). */
int	artifact_describe(struct artifact *a, struct err *e) MUST_CHECK;

/* Stores it as a referrer of subject. */
int	artifact_store(const struct store *s, const struct ref *where, struct span subject, struct artifact *a,
	    struct artifact_replacing *r, struct err *e) MUST_CHECK;

/* Says where something went; tag may be NULL. Strings live in the pool. */
void	artifact_locate(struct store_location *out, const struct ref *where, struct span digest, const char *tag,
	    enum form form, struct pool *pool);
#endif
