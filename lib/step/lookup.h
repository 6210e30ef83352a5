/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_LOOKUP_H
#define STEP_LOOKUP_H
/*
 * What bundles of today have and signatures of before lack: log entries and their
 * proofs, looked up in Rekor v1. What is found must be about the signature, and
 * its proof must lead to the root of its checkpoint; whether the log that signed
 * may be believed is for verifiers to say.
 */
#include "sig/verify.h"

/* Fills in the proofs that entries lack, by their indexes. url is the log's.
 * REASON_BAD_LOG_ENTRY when the log has another entry there,
 * REASON_BAD_LOG_PROOF, REASON_NOT_FOUND, and what the service's errors are. */
int	lookup_proofs(struct bundle *b, const char *url, struct err *e) MUST_CHECK;

/* Finds the entry of a bundle that has none. key is for bundles without a
 * certificate; envelope is the JSON of a DSSE envelope as it was kept. Of several
 * entries the earliest is taken. REASON_NOT_LOGGED. */
int	lookup_entry(struct bundle *b, struct pubkey *key, struct span envelope, const char *url,
	    struct err *e) MUST_CHECK;

/* Whether a signature is legacy and without an entry that the policy asks for. */
bool	lookup_lacks_entry(const struct material *m, const struct policy *p);
/* Whether it would be acceptable with one: no log is asked about what counts for
 * nothing anyway, of which there may be any number. */
bool	lookup_would_help(struct material *m, const struct target *t, const struct policy *p);
/* Finds the entry of such a signature or envelope, by its certificate or else one of these
 * keys: its log evidence becomes what the log says. digest is the SHA-256 of what
 * was signed, where the material has it not. */
int	lookup_legacy(struct material *m, struct pubkey *const *keys, size_t key_count, struct span digest,
	    const char *url, struct err *e) MUST_CHECK;
#endif
