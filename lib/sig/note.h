/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_NOTE_H
#define SIG_NOTE_H
/*
 * Signed notes (C2SP signed-note) and the checkpoints that logs sign in that
 * form (C2SP tlog-checkpoint; transparency.md 5.2). Read and checked with a key
 * that the caller names; whom to trust is decided elsewhere. All spans borrow
 * the note.
 */
#include "crypto/pubkey.h"
#include "sig/merkle.h"

enum {
	NOTE_MAX = 64 << 10,
	NOTE_SIGNATURES_MAX = 100,
	NOTE_SIGNATURE_MAX = 8 << 10,
	NOTE_ID = 4,
};

struct note_signature {
	struct span name;
	unsigned char id[NOTE_ID];
	struct span sig;		/* decoded, in the pool */
};

struct note {
	struct pool pool;
	struct span text;		/* what is signed, its last newline with it */
	struct note_signature *signatures;
	size_t count;
};
#define NOTE_INIT {.pool = POOL_INIT}

/* Borrows bytes. REASON_BAD_CHECKPOINT: not UTF-8, control characters, no blank
 * line before the signatures, no signature or too many, a line that is none. */
int	note_parse(struct note *n, struct span bytes, struct err *e) MUST_CHECK;
void	note_release(struct note *n);
static inline void note_cleanup(struct note *n) { note_release(n); }

/* SHA-256 that a key of this name goes by; its first NOTE_ID bytes stand before
 * its signatures. ECDSA keys have the hash of their SPKI, whatever the name. */
void	note_key_hash(const struct pubkey *k, struct span name, unsigned char out[MERKLE_HASH]);

enum note_hash {
	NOTE_HASH_KEY,		/* ECDSA by its curve: SHA-256, 384, 512 */
	NOTE_HASH_SHA256,	/* whatever the curve: Rekor v1 */
};

/* The note is signed by k: at least one line carries its id, and every such
 * line is good; lines of others are not looked at. name, unless ptr NULL, is
 * what those lines must say. REASON_BAD_CHECKPOINT. */
int	note_check(const struct note *n, struct pubkey *k, struct span name, enum note_hash hash,
	    struct err *e) MUST_CHECK;

struct checkpoint {
	struct note note;
	struct span origin;
	int64_t size;
	unsigned char root[MERKLE_HASH];
	struct span extension;		/* further lines, each with its newline */
};
#define CHECKPOINT_INIT {.note = NOTE_INIT}

/* REASON_BAD_CHECKPOINT. */
int	note_parse_checkpoint(struct checkpoint *c, struct span bytes, struct err *e) MUST_CHECK;
static inline void checkpoint_cleanup(struct checkpoint *c) { note_release(&c->note); }

/* NAME of an origin "NAME - DIGITS", the form of Rekor v1; ptr NULL for others. */
struct span	note_rekor1_name(const struct checkpoint *c);
#endif
