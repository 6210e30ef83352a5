/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_TRUST_H
#define SIG_TRUST_H
/*
 * The trusted root (trusted-root.md 10.1): whose logs, certificate authorities
 * and timestamp authorities count, and when. Read whole or not at all: a member
 * that nobody knows, a key of an unknown kind or a log without a beginning
 * refuses the file. Certificates are kept as DER and not looked into.
 */
#include "crypto/pubkey.h"
#include "sig/trust_window.h"

enum {
	TRUST_MAX = 16 << 20,
	TRUST_LOGS_MAX = 1024,		/* of each kind */
	TRUST_CAS_MAX = 1024,		/* of each kind */
	TRUST_CERTS_MAX = 32,		/* in one chain */
	TRUST_ID_MAX = 64,
	TRUST_TEXT_MAX = 4096,
};

struct trust_log {
	struct span base_url, host;	/* host: of base_url, without port; empty when it has none */
	struct span id;			/* logId.keyId */
	struct span checkpoint_id;	/* version 0.2; ptr NULL when absent */
	struct span operator;
	struct pubkey key;
	struct span details;		/* "PKIX_ECDSA_P256_SHA_256" */
	struct trust_window window;
};

/* A certificate or timestamp authority. */
struct trust_ca {
	struct span organization, common_name, uri, operator;
	struct shape_strs certs;	/* DER; leaf's side first, the anchor last */
	struct trust_window window;
};

struct trust_logs { struct trust_log *items; size_t count; };
struct trust_cas { struct trust_ca *items; size_t count; };

struct trust {
	struct pool pool;
	struct trust_logs tlogs, ctlogs;
	struct trust_cas cas, tsas;
};
#define TRUST_INIT {.pool = POOL_INIT}

/* Copies what it keeps. REASON_BAD_TRUST naming the member, REASON_TOO_LARGE. */
int	trust_parse(struct trust *t, struct span json, struct err *e) MUST_CHECK;
void	trust_release(struct trust *t);
static inline void trust_cleanup(struct trust *t) { trust_release(t); }

/* keyDetails of a log with this key; NULL for a kind or size that no log has. */
const char	*trust_key_details(const struct pubkey *k);

/* The log of this id; of several the last whose window has the time, else the
 * last. when: seconds, NULL for none. NULL if there is none. */
struct trust_log	*trust_find(const struct trust_logs *logs, struct span id, const int64_t *when);
#endif
