/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_CONTENTCHECK_H
#define SIG_CONTENTCHECK_H
/*
 * Whether the signature is one, by whose key, and about what: the steps of the
 * judgement that look at the signed content (bundle.md 4.5 steps 7 and 8).
 */
#include "sig/job.h"

/* Bits (1 << hash) that messageDigest and the keys in question may mean. */
unsigned	contentcheck_hashes(const struct material *m, struct pubkey *const *keys, size_t count, enum hash asked);

/* Whether a statement is what the envelope holds; fills job->statement. Says
 * nothing yet of who signed it. -1 with the reason for CHECK_TYPE in *bad. */
int	contentcheck_read(struct job *j, struct err *bad) MUST_CHECK;

/* The checks, each writing its end into the verdict. */
int	contentcheck_signature(struct job *j) MUST_CHECK;
int	contentcheck_type(struct job *j, int read, const struct err *bad) MUST_CHECK;
int	contentcheck_subject(struct job *j) MUST_CHECK;
int	contentcheck_annotations(struct job *j) MUST_CHECK;
#endif
