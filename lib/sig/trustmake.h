/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_TRUSTMAKE_H
#define SIG_TRUSTMAKE_H
/*
 * Parts of a trusted root made of key and certificate files (trusted-root.md
 * 10.1, `trusted-root create`). Stricter than the original in what it takes: a
 * chain that can never verify anything is refused.
 */
#include "sig/trust.h"

/* *log from a PEM public key: key, details and id. The id is the SHA-256 of the
 * key, or with an origin (ptr not NULL) the hash that checkpoints name the key
 * by. *log must hold no key; it holds none after a failure. REASON_BAD_KEY. */
int	trustmake_log(struct trust_log *log, struct span pem, struct span origin,
	    struct pool *pool, struct err *e) MUST_CHECK;

enum trustmake_kind {
	TRUSTMAKE_CA,	/* every certificate an authority's */
	TRUSTMAKE_TSA,	/* its first certificate is the leaf */
};

/* *ca from a PEM chain: subject and certificates, and a window from the
 * beginning of the root (CA) or leaf (TSA) on; *root_start, unless NULL, that of
 * the root. Copies to the pool. REASON_BAD_CERTIFICATE. */
int	trustmake_authority(struct trust_ca *ca, enum trustmake_kind kind, struct span pem,
	    int64_t *root_start, struct pool *pool, struct err *e) MUST_CHECK;

/* Moves *log to the list, where there is room; one of the same id makes way
 * for it, which is what is returned. */
bool	trustmake_add(struct trust_logs *logs, struct trust_log *log);

/* Each list by its windows' starts, the oldest first; ties stay as they are. */
void	trustmake_sort(struct trust *t);
#endif
