/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SERVICEPLAN_H
#define CLI_SERVICEPLAN_H
/*
 * Which services a signer asks and whom it believes, from flags, environment and
 * signing config (trusted-root.md 10.3, 10.4): the plan of step/witness.h, the
 * trust for it, and an identity token where one is needed. Everything that starts
 * programs or reads files by name happens here, before the sandbox.
 *
 * A flag that names a service by its address, or --tlog-upload=false, means that
 * no signing config is used, unless one is asked for too: that is an error.
 */
#include "cli/services.h"
#include "client/tokenget.h"
#include "step/sealer.h"

enum serviceplan_part {
	SERVICEPLAN_ALL,
	SERVICEPLAN_CERTIFICATE,	/* who signs, but not who vouches: sign-payload */
	SERVICEPLAN_WITNESS,		/* who vouches for what somebody signed: witness */
};

struct serviceplan_args {
	enum serviceplan_part part;
	const struct services_config *config;
	const struct services_urls *urls;
	const struct services_tsa *tsa;
	const struct services_keyless *keyless;
	const char *key;	/* --key; NULL or "": an identity signs */
	bool legacy;		/* --new-bundle-format=false */
	bool envelope;		/* what is signed is an envelope: not for Rekor v1's message entries */
	bool stdin_is_taken;
	bool yes;
};

struct serviceplan {
	struct witness_plan plan;
	struct anchors anchors;
	bool trusted;		/* anchors are whole */
	bool certificate;	/* one is asked for */
	bool configured;	/* by a signing config */
	const char *issuer;	/* of identity tokens; NULL: the usual one */
	struct keyless keyless;
	struct span own_cert, own_chain;	/* of --certificate and --certificate-chain: DER, PEM */
	struct sealer sealer;
	struct pool pool;
};
#define SERVICEPLAN_INIT {.anchors = ANCHORS_INIT, .keyless = KEYLESS_INIT, .pool = POOL_INIT}

/* Reads the flags, loads the trust, says the privacy notice and asks for consent
 * where the original does, gets a token, and starts the co-process if anybody will
 * be asked. REASON_USAGE, REASON_CONFIG, REASON_DECLINED, and what trustget.h and
 * tokenget.h say. p may not be moved afterwards. */
int	serviceplan_make(struct serviceplan *p, const struct serviceplan_args *a, struct err *e) MUST_CHECK;
/* Whether the network is asked for anything: what the sandbox must allow. */
bool	serviceplan_asks(const struct serviceplan *p);
/* The sealer, once the key of --key is open (signer) or NULL for an identity.
 * Checks that a certificate of the user is that key's. REASON_BAD_KEY. */
int	serviceplan_sealer(struct serviceplan *p, struct signer *signer, struct err *e) MUST_CHECK;
void	serviceplan_release(struct serviceplan *p);
static inline void serviceplan_cleanup(struct serviceplan *p) { serviceplan_release(p); }
#endif
