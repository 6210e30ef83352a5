/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_TUFMETA_H
#define SIG_TUFMETA_H
/*
 * One file of TUF metadata (TUF specification 4), read and not yet believed:
 * what it says, and whether a role's keys signed it. The order of things, and
 * what is compared with what, is in sig/tufset.h. The bytes are kept as they
 * came, for they are what is hashed and stored; members that nobody knows stay
 * in what was signed.
 */
#include "crypto/digest.h"
#include "sig/tufkey.h"

enum {
	TUFMETA_ROOT_MAX = 512000,
	TUFMETA_TIMESTAMP_MAX = 16384,
	TUFMETA_SNAPSHOT_MAX = 2000000,
	TUFMETA_TARGETS_MAX = 5000000,
	TUFMETA_LENGTH_MAX = 64 << 20,	/* of metadata, whatever length is announced */
	TUFMETA_SIGS_MAX = 1024,
	TUFMETA_FILES_MAX = 100000,
	TUFMETA_DELEGATIONS_MAX = 10000,
	TUFMETA_PATHS_MAX = 10000,	/* of one delegation */
	TUFMETA_NAME_MAX = 1024,
};

enum tufmeta_kind { TUFMETA_ROOT, TUFMETA_TIMESTAMP, TUFMETA_SNAPSHOT, TUFMETA_TARGETS, TUFMETA_KINDS };
/* "root", "timestamp", "snapshot", "targets". */
const char	*tufmeta_kind_name(enum tufmeta_kind kind);
/* The most bytes of one, where nothing else was announced. */
size_t	tufmeta_kind_max(enum tufmeta_kind kind);

struct tufmeta_sig { struct span id, hex; };

/* What timestamp and snapshot say of another file. */
struct tufmeta_file {
	struct span name;	/* "snapshot.json" */
	int64_t version;
	int64_t length;		/* -1: not said */
	struct node hashes;	/* an object; raw.ptr NULL: not said */
};

struct tufmeta_delegation {
	struct span name;
	struct tufkey_role role;
	bool terminating, by_hash;
	struct shape_strs paths;	/* patterns, or by_hash prefixes */
};

struct tufmeta {
	enum tufmeta_kind kind;
	struct pool pool;
	struct buf bytes;
	struct node content;			/* "signed" */
	struct tufmeta_sig *sigs;
	size_t sig_count;
	int64_t version, expires;
	bool consistent;			/* root: names carry versions and hashes */
	struct tufkeys keys;			/* of root or of delegations */
	struct tufkey_role roles[TUFMETA_KINDS];	/* root's */
	struct tufmeta_file *files;		/* of timestamp and snapshot, sorted by name */
	size_t file_count;
	struct node targets;
	struct tufmeta_delegation *delegations;	/* in their order */
	size_t delegation_count;
	unsigned bin_bits;			/* TAP 15: 0 without; then delegations[0] has their keys */
	struct span bin_prefix;
};

/* Reads a copy of the text; *out is the caller's to free. REASON_BAD_JSON,
 * REASON_BAD_METADATA, REASON_TOO_LARGE. */
int	tufmeta_parse(struct tufmeta **out, enum tufmeta_kind kind, struct span text, struct err *e) MUST_CHECK;
void	tufmeta_free(struct tufmeta *m);
static inline void tufmeta_cleanup(struct tufmeta **p) { tufmeta_free(*p); }

/* Whether enough distinct keys of the role signed it. REASON_UNSIGNED_METADATA. */
int	tufmeta_verify(const struct tufmeta *m, const struct tufkey_role *role, const struct tufkeys *keys,
	    struct err *e) MUST_CHECK;

/* REASON_EXPIRED_METADATA when its time is over at now. */
int	tufmeta_check_time(const struct tufmeta *m, const char *name, int64_t now, struct err *e) MUST_CHECK;

/* The entry of timestamp or snapshot for a file; NULL without. */
const struct tufmeta_file	*tufmeta_file(const struct tufmeta *m, struct span name);
/* Length and every hash that is said of bytes. REASON_DIGEST_MISMATCH;
 * REASON_BAD_METADATA for a hash nobody knows. */
int	tufmeta_check_bytes(const struct tufmeta_file *f, struct span bytes, struct err *e) MUST_CHECK;

/* What targets metadata says of a target: name, length and at least one hash
 * in *f; custom is its member of that name (raw.ptr NULL without). 1 there, 0
 * not there, -1 REASON_BAD_METADATA. */
int	tufmeta_target(const struct tufmeta *m, struct span path, struct tufmeta_file *f, struct node *custom,
	    struct pool *pool, struct err *e) MUST_CHECK;
/* The hexadecimal text of one hash, sha256's if there: what names of targets
 * begin with. */
struct span	tufmeta_hash_text(const struct tufmeta_file *f, struct pool *pool);

/* The next delegation, from *at on, that is about the path; NULL at the end. Of
 * bins *name is the bin's, else the delegation's. */
const struct tufmeta_delegation	*tufmeta_next_delegation(const struct tufmeta *m, struct span path, size_t *at,
	    struct span *name, struct pool *pool);
/* The delegation of that name. */
const struct tufmeta_delegation	*tufmeta_delegation(const struct tufmeta *m, struct span name);
#endif
