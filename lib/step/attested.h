/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_ATTESTED_H
#define STEP_ATTESTED_H
/*
 * Attestations, among all that is stored beside an image or came with a file:
 * which are meant, and what is printed of a good one.
 */
#include "sig/verify.h"

/* What is printed. */
enum attested_output { ATTESTED_ENVELOPE, ATTESTED_STATEMENT, ATTESTED_PREDICATE };
/* Its name, for --output; other words are REASON_USAGE. Upstream's json and text
 * mean envelopes. */
int	attested_output(const char *word, enum attested_output *out, struct err *e) MUST_CHECK;

/* Whether it counts as an attestation of the wanted type, good or bad: not what is
 * by its own words a statement of another type, a signature among them. */
bool	attested_is_one(const struct material *m, const struct verdict *v, const struct policy *p);

/* Appends a good attestation and a newline: the envelope on one line; or the
 * statement, or its predicate, to the byte as they were signed, but that
 * one_line puts blanks in place of line ends. stored is the envelope of the
 * legacy form as it stands. */
void	attested_print(enum attested_output how, bool one_line, const struct material *m, struct span stored,
	    struct buf *out);

/* Adds a statement's type to a list for people, unless it is there. */
void	attested_note_type(struct buf *types, struct span type);
#endif
