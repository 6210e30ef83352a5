/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TUF_H
#define CLIENT_TUF_H
/*
 * A client of a TUF repository (TUF specification 5): brings what is trusted up
 * to date, finds targets through delegations, fetches and checks them. What was
 * accepted lies in a directory, root.json and so on, for the next run.
 */
#include "client/tufstore.h"
#include "sig/tufset.h"

enum {
	TUF_ROTATIONS_MAX = 256,	/* new roots in one run */
	TUF_ROLES_MAX = 32,		/* delegated roles in one search */
	TUF_PATIENCE_MS = 15000,	/* for one file, when what is stored serves */
};
#define TUF_TARGET_MAX BUF_BIG_MAX

struct tuf_options {
	const char *metadata_url, *targets_url;	/* http(s):// or file:// */
	const char *dir, *target_dir;	/* NULL: nothing is kept */
	bool frozen;		/* both are read only */
	bool stored_ok;		/* when the repository cannot be reached, what is stored and
				   has not expired serves */
	bool alone;		/* nobody is asked, and nothing but that serves */
};

struct tuf {
	char *metadata, *targets_base;
	bool stored_ok, alone;
	bool stored;		/* after a refresh: the repository was not reached */
	int64_t patience;	/* for one file, in ms; 0: as long as the process has */
	struct tufstore store, files;
	struct tufset set;
	struct tufmeta *targets;
	struct tuf_role *roles;	/* delegated ones that were needed */
	size_t role_count;
};

/* Trust begins with root, or with root.json of the directory where that is newer
 * and signed by the same keys. Nothing is asked yet. root may be empty: then the
 * directory must have one, REASON_NOT_FOUND. */
int	tuf_start(struct tuf *t, const struct tuf_options *o, struct span root, int64_t now, struct err *e) MUST_CHECK;
void	tuf_release(struct tuf *t);
static inline void tuf_cleanup(struct tuf *t) { tuf_release(t); }

/* Root, timestamp, snapshot and top-level targets. What was trusted before the
 * first that was not is stored, too; but not a part of what could not be fetched
 * whole while what is stored serves. */
int	tuf_refresh(struct tuf *t, struct err *e) MUST_CHECK;

/* Looks a target up, top level first, then through delegations, depth first in
 * their order. 1 found; 0 there is none; -1. custom may be NULL. Strings live in
 * the pool. */
int	tuf_find(struct tuf *t, struct span path, struct tufmeta_file *f, struct node *custom, struct pool *pool,
	    struct err *e) MUST_CHECK;
/* Appends the bytes of a target that was found, from the directory when they
 * are there. REASON_DIGEST_MISMATCH, REASON_NOT_FOUND, REASON_TOO_LARGE. */
int	tuf_fetch(struct tuf *t, const struct tufmeta_file *f, struct buf *out, struct err *e) MUST_CHECK;
/* Both. REASON_NOT_FOUND when no role has it. */
int	tuf_get(struct tuf *t, struct span path, struct buf *out, struct err *e) MUST_CHECK;
#endif
