/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_TSPINFO_H
#define CRYPTO_TSPINFO_H
/*
 * What a timestamp says, TSTInfo (RFC 3161 section 2.4.2), and the algorithms
 * that may stand in it. For tsp.c and tspcheck.c.
 */
#include "crypto/tsp.h"

/* t->info into policy, imprint, serial, time and nonce. */
int	tspinfo_parse(struct tsp *t, struct err *e) MUST_CHECK;
/* Content of an AlgorithmIdentifier: SHA-256, SHA-384 or SHA-512, with NULL or
 * without parameters. */
int	tspinfo_hash(struct span algorithm, enum hash *hash, struct err *e) MUST_CHECK;
/* Content of a signature's AlgorithmIdentifier: one that we verify, and of no
 * other hash than this; *pss: whether it is RSASSA-PSS. */
int	tspinfo_check_algorithm(struct span algorithm, enum hash hash, bool *pss, struct err *e) MUST_CHECK;
#endif
