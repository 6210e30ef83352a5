/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_ENTRY_H
#define SIG_ENTRY_H
/*
 * A transparency log entry as a bundle carries it (bundle.md 4.2): read and
 * written here, judged elsewhere.
 */
#include "json/emit.h"
#include "json/shape.h"

enum {
	ENTRY_BODY_MAX = 16 << 20,
	ENTRY_HASHES_MAX = 256,		/* a tree of 2^63 leaves has proofs of 63 */
	ENTRY_CHECKPOINT_MAX = 64 << 10,
};

/* Decoded but not judged; named for the bundle it lives in. */
struct bundle_entry {
	int64_t log_index, integrated_time;
	struct span log_id, kind, version;	/* log_id: bytes */
	struct span set;			/* signed entry timestamp, ptr NULL when absent */
	bool has_proof;
	int64_t proof_index, tree_size;
	struct span root_hash;
	struct shape_strs hashes;		/* decoded */
	struct span checkpoint;
	struct span body;			/* canonicalizedBody, decoded */
	struct span body_kind, body_version;	/* what the body itself says: these decide */
};

/* One member of tlogEntries, all strings in the pool. REASON_BAD_BUNDLE, or
 * what the shape says. */
int	entry_decode(struct bundle_entry *out, struct node object, struct pool *pool,
    struct err *e) MUST_CHECK;

/* For showing alone, never to be judged: whatever is there. What is not has ptr
 * NULL: log_id, kind, set, checkpoint, and body_kind of a body that is of no
 * known kind. */
int	entry_decode_loose(struct bundle_entry *out, struct node object, struct pool *pool,
    struct err *e) MUST_CHECK;

/* protobuf's order; zero values are left out. */
void	entry_emit(const struct bundle_entry *entry, struct emit *j);
/* A member in base64 as protobuf JSON has it: left out when empty. */
void	entry_emit_bytes(struct emit *j, const char *name, struct span bytes);
#endif
