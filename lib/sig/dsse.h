/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_DSSE_H
#define SIG_DSSE_H
/*
 * Dead Simple Signing Envelope v1: the bytes that are signed, and the name by
 * which its signers may call a key.
 */
#include "base/buf.h"
#include "crypto/pubkey.h"

/* More than this PAE adds to type and payload never is. */
enum { DSSE_PAE_EXTRA = 64 };

/* Appends PAE(type, payload). */
void	dsse_pae(struct buf *out, struct span type, struct span payload);
/* What stands before the payload in it, when there are len bytes of that. */
void	dsse_pae_head(struct buf *out, struct span type, uint64_t len);
/* Its digest, into hash_size bytes, without putting it together. */
void	dsse_pae_digest(enum hash h, struct span type, struct span payload, unsigned char *out);

/* The key's own id, "SHA256:" and the base64 text without padding that
 * ssh-keygen -l shows: what a signature's keyid is compared with when it has
 * one (keys.md 1.8). False when the key is of no type that has such an id. */
bool	dsse_keyid(const struct pubkey *k, struct buf *out);
#endif
