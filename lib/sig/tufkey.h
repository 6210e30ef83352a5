/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_TUFKEY_H
#define SIG_TUFKEY_H
/*
 * Public keys of TUF metadata, and who of them must have signed a role (TUF
 * specification 4.3). A key's id is only its name here: what counts is its
 * content, so that one key under two names signs once.
 */
#include "crypto/pubkey.h"
#include "json/shape.h"

enum { TUFKEY_KEYS_MAX = 1024, TUFKEY_IDS_MAX = 1024, TUFKEY_ID_MAX = 1024 };

/* Keys of a kind or scheme that nobody here knows stay, and sign nothing. */
struct tufkey {
	struct span id;
	struct pubkey key;		/* KEY_NONE: not usable */
	enum hash hash;			/* HASH_NONE: pure Ed25519 */
};
struct tufkeys { struct tufkey *items; size_t count; };

/* One key object. False when it is of no use. *k has its id already. */
bool	tufkey_parse(struct tufkey *k, struct node v, struct pool *pool);
/* The object "keys": id to key. REASON_BAD_METADATA, REASON_TOO_LARGE. */
int	tufkey_list_parse(struct tufkeys *keys, struct node v, struct pool *pool, struct err *e) MUST_CHECK;
void	tufkey_list_release(struct tufkeys *keys);
/* NULL if there is none. */
struct tufkey	*tufkey_list_find(const struct tufkeys *keys, struct span id);

/* Whether sig (binary) is k's over message. */
bool	tufkey_verify(struct tufkey *k, struct span message, struct span sig);

/* Members "keyids" and "threshold" of an object. */
struct tufkey_role {
	struct span *ids;
	size_t count;
	int64_t threshold;	/* 1 and more */
};
int	tufkey_role_parse(struct tufkey_role *r, struct node v, struct pool *pool, struct err *e) MUST_CHECK;
bool	tufkey_role_has(const struct tufkey_role *r, struct span id);
#endif
