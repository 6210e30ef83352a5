/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_STORE_H
#define FAKE_STORE_H
/*
 * What the registry of the tests holds, in memory: blobs, manifests, tags and
 * unfinished uploads, each under its kind, repository and name. Entries live
 * until the process ends. Not thread-safe: the caller holds a lock.
 */
#include "base/buf.h"

enum store_kind { STORE_BLOB = 'b', STORE_MANIFEST = 'm', STORE_TAG = 't', STORE_UPLOAD = 'u' };

struct store_entry {
	char *key;
	const char *name;	/* digest, tag or upload id: the end of key */
	struct buf bytes;	/* a tag's are the digest it stands for */
	char *type;		/* manifests: Content-Type of the push, */
	char *subject;		/* and from the document, or NULL */
	char *artifact, *annotations;
	bool gone;
};

/* NULL when it is not there. */
struct store_entry	*store_get(enum store_kind kind, const char *repo, const char *name);
/* Gives the entry, made when it is not there yet. */
struct store_entry	*store_put(enum store_kind kind, const char *repo, const char *name);
void	store_delete(struct store_entry *e);
/* The i-th in the order of names (tags, or manifests by digest), or NULL. */
struct store_entry	*store_nth(enum store_kind kind, const char *repo, size_t i);
/* Whether anything was ever put there. */
bool	store_has_repo(const char *repo);

/* Reads what a manifest names. False when the bytes are no JSON object. */
bool	store_read_manifest(struct store_entry *e);
/* Calls fn for each digest the manifest needs to have in its repository first. */
void	store_needs(const struct store_entry *e,
	    void (*fn)(enum store_kind kind, const char *digest, void *arg), void *arg);

/* "sha256:HEX" into text[72]; returns text. */
const char	*store_digest(struct span bytes, char *text);
#endif
