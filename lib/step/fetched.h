/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_FETCHED_H
#define STEP_FETCHED_H
/*
 * What is stored beside an image, as `download` prints it: unjudged, a line
 * each, on a stream of the caller's.
 */
#include <stdio.h>
#include "client/store.h"
#include "sig/bundle.h"
#include "step/attested.h"

/* What one attestation is printed as. */
enum fetched_output { FETCHED_STORED, FETCHED_ENVELOPE, FETCHED_STATEMENT, FETCHED_PREDICATE };
/* Of --output; FETCHED_STORED for "stored". REASON_USAGE. */
int	fetched_output(const char *word, enum fetched_output *out, struct err *e) MUST_CHECK;

/* A signature of the legacy form, as upstream's object. REASON_BAD_CERTIFICATE,
 * REASON_BAD_SIGNATURE, REASON_BAD_JSON for annotations that are not what they
 * should be; then nothing was printed. */
int	fetched_signature(const struct candidate *c, FILE *to, struct err *e) MUST_CHECK;

/* A bundle that is one by its format's rules, without the blanks between its
 * parts. REASON_BAD_BUNDLE. */
int	fetched_bundle(const struct candidate *c, FILE *to, struct err *e) MUST_CHECK;

struct fetched_wanted {
	enum fetched_output output;
	const char *type;	/* URI; NULL: any */
};
/* An attestation of either form. 1 when it is of another type and was not printed;
 * *type (in the pool) is what it says. REASON_BAD_BUNDLE. */
int	fetched_attestation(const struct candidate *c, const struct fetched_wanted *w, FILE *to, struct pool *pool,
	    struct span *type, struct err *e) MUST_CHECK;
#endif
