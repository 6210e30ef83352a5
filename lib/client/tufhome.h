/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TUFHOME_H
#define CLIENT_TUFHOME_H
/*
 * Which TUF repository a user trusts, and where what it said is kept: a
 * directory that is laid out as the original's, so that both can share it:
 *
 *	remote.json		{"mirror":URL}, written by `initialize`
 *	MIRROR/root.json …	the metadata; MIRROR is the URL as a name
 *	MIRROR/targets/NAME	targets
 *	MIRROR.json		{"lastTimestamp":TIME} of the last refresh
 */
#include "client/tuf.h"

#define TUFHOME_PUBLIC "https://tuf-repo-cdn.sigstore.dev"
#define TUFHOME_STAGING "https://tuf-repo-cdn.sigstage.dev"

struct tufhome {
	char *top;		/* NULL: nowhere */
	char *mirror;		/* its address */
	char *name;		/* the same as the name of a folder */
	char *dir, *target_dir;	/* NULL where top is */
	char *targets_url;
	struct buf root;	/* where trust begins; empty: in dir */
	bool frozen;		/* SIGSTORE_NO_CACHE: nothing is written */
};
#define TUFHOME_INIT {.root = BUF_INIT(TUFMETA_ROOT_MAX)}

/* The roots that come with this suite: of the public instance and of its
 * staging. SPAN_NONE for another mirror. */
struct span	tufhome_embedded(const char *mirror);

/* For this mirror; NULL: TUF_MIRROR, else what remote.json says, else the public
 * instance. TUF_ROOT, HOME, SIGSTORE_NO_CACHE count. root stays empty. */
int	tufhome_find(struct tufhome *h, const char *mirror, struct err *e) MUST_CHECK;
/* Where trust begins: in what came with us, or in TUF_ROOT_JSON, or in the
 * directory. REASON_NOT_FOUND when nowhere. */
int	tufhome_trust(struct tufhome *h, struct err *e) MUST_CHECK;
void	tufhome_release(struct tufhome *h);
static inline void tufhome_cleanup(struct tufhome *h) { tufhome_release(h); }

/* "https://a.example:8443/Tuf" is "a.example-8443-tuf"; to be freed. */
char	*tufhome_name(const char *mirror);
/* The text of MIRROR.json and remote.json. */
void	tufhome_last(struct buf *out, int64_t now);
void	tufhome_remote(struct buf *out, const char *mirror);
#endif
