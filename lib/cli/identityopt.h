/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_IDENTITYOPT_H
#define CLI_IDENTITYOPT_H
/*
 * Whose signatures count: the identities that --certificate-* flags name, and
 * the identities and keys of identity files (cosign-policy(5)):
 *
 *	{"issuer":"https://…","subject":"…"}
 *	{"issuerRegExp":"…","subjectRegExp":"…","extensions":{"OID":"…"}}
 *	{"key":"-----BEGIN PUBLIC KEY-----\\n…"}
 */
#include "cli/services.h"
#include "crypto/pubkey.h"
#include "sig/identity.h"

enum { IDENTITYOPT_MAX = 1000, IDENTITYOPT_FILE_MAX = 16 << 20 };

struct identityopt {
	struct identity **identities;
	size_t identity_count;
	struct pubkey **keys;
	size_t key_count;
	struct pool pool;
};
#define IDENTITYOPT_INIT {.pool = POOL_INIT}
void	identityopt_release(struct identityopt *o);
static inline void identityopt_cleanup(struct identityopt *o) { identityopt_release(o); }

/* Whether any signer is named by a certificate flag. */
bool	identityopt_has_flags(const struct services_identity *s);
/* Adds what the flags and files name. Warns of patterns that may match a part.
 * REASON_USAGE, REASON_CONFIG for files. Patterns and texts live as long as *o. */
int	identityopt_make(struct identityopt *o, const struct services_identity *s, struct err *e) MUST_CHECK;
/* Adds what the text of an identity file names. REASON_CONFIG, REASON_TOO_LARGE. */
int	identityopt_add_lines(struct identityopt *o, struct span text, struct err *e) MUST_CHECK;
/* Takes the key over. */
void	identityopt_add_key(struct identityopt *o, struct pubkey *key);
#endif
