/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_STATEMENT_H
#define SIG_STATEMENT_H
/*
 * The in-toto statement: what the envelope of a bundle holds, for signatures
 * and attestations alike (attestations.md, oci-storage 2.4).
 */
#include "crypto/digest.h"
#include "sig/annotations.h"

#define PREDICATE_SIGN "https://sigstore.dev/cosign/sign/v1"
#define STATEMENT_V1 "https://in-toto.io/Statement/v1"
#define STATEMENT_V01 "https://in-toto.io/Statement/v0.1"
#define INTOTO_PAYLOAD_TYPE "application/vnd.in-toto+json"

/* With room for a predicate of 128 MiB whose text has to be escaped. */
enum { STATEMENT_MAX = 160 << 20, SUBJECTS_MAX = 1024, SUBJECT_DIGESTS_MAX = 32 };

/* The statement of `sign`: no name, annotations left out when there are none. */
void	statement_emit(struct buf *out, const char *digest, const struct shape_map *annotations);

/* One subject of a statement. */
struct statement_subject {
	struct span name;
	struct shape_map digests;	/* algorithm to hex */
	struct node annotations;	/* an object, or JSON_NULL when absent */
};
struct statement {
	struct pool pool;
	struct span type, predicate_type;
	struct statement_subject *subjects;
	size_t subject_count;
	struct node predicate;		/* any value; JSON_NULL when absent */
};
#define STATEMENT_INIT {.pool = POOL_INIT}

/* Strict: unknown members, no subject, a _type that is neither v0.1 nor v1 are
 * REASON_BAD_PAYLOAD; too many subjects or digests REASON_TOO_LARGE. The
 * predicate borrows json. */
int	statement_parse(struct statement *s, struct span json, struct err *e) MUST_CHECK;
void	statement_release(struct statement *s);
static inline void statement_cleanup(struct statement *s) { statement_release(s); }

/* The first subject that has just this text ("sha256:" and lower-case digits)
 * as its digest; NULL and REASON_WRONG_SUBJECT if there is none. A digest of
 * any subject that is not hexadecimal spoils the statement:
 * REASON_BAD_PAYLOAD (bundle.md 4.5, step 8). */
const struct statement_subject	*statement_find(const struct statement *s, struct span digest,
	    struct err *e);
/* The same for a file: of each subject the strongest of sha512, sha384 and
 * sha256 that it lists counts. digests is by enum hash, ptr NULL where it is not
 * known. named: only the digest was given and no file, so that subjects count
 * under its name alone, whatever else they list. */
const struct statement_subject	*statement_find_file(const struct statement *s, const struct span *digests,
	    bool named, struct err *e);
#endif
