/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_PAYLOAD_H
#define SIG_PAYLOAD_H
/*
 * What a container signature signs: the simple signing payload of the legacy
 * form, and the in-toto statement of the bundle form.
 */
#include "json/emit.h"
#include "json/shape.h"

#define PAYLOAD_TYPE_LEGACY "cosign container image signature"
#define PREDICATE_SIGN "https://sigstore.dev/cosign/sign/v1"
#define STATEMENT_V1 "https://in-toto.io/Statement/v1"
#define STATEMENT_V01 "https://in-toto.io/Statement/v0.1"
#define INTOTO_PAYLOAD_TYPE "application/vnd.in-toto+json"

enum { PAYLOAD_MAX = 128 << 20, ANNOTATIONS_MAX = 1000, SUBJECTS_MAX = 1024, SUBJECT_DIGESTS_MAX = 32 };

/* Sorted bytewise by key, last of equal keys wins, as a Go map does. */
void	annotations_sort(struct shape_map *m);

/* Compact, Go-escaped, no newline; optional is null without annotations. */
void	payload_emit(struct buf *out, const char *reference, const char *digest, const struct shape_map *annotations);
/* The statement of `sign`: no name, annotations left out when there are none. */
void	statement_emit(struct buf *out, const char *digest, const struct shape_map *annotations);

struct payload {
	struct pool pool;
	struct span reference, digest, type;
	struct node optional;		/* kind JSON_NULL when absent */
	struct node root;
};
#define PAYLOAD_INIT {.pool = POOL_INIT}
/* Borrows json. REASON_BAD_PAYLOAD. */
int	payload_parse(struct payload *p, struct span json, struct err *e) MUST_CHECK;
void	payload_release(struct payload *p);
static inline void payload_cleanup(struct payload *p) { payload_release(p); }

/* One subject of a statement. */
struct statement_subject {
	struct span name;
	struct shape_map digests;	/* algorithm to hex */
	struct node annotations;	/* JSON_NULL when absent */
};
struct statement {
	struct pool pool;
	struct span type, predicate_type;
	struct statement_subject *subjects;
	size_t subject_count;
	struct node predicate;		/* any value; JSON_NULL when absent */
};
#define STATEMENT_INIT {.pool = POOL_INIT}
/* Strict: unknown members, no subject, too many, a _type that is neither v0.1 nor v1: REASON_BAD_PAYLOAD. */
int	statement_parse(struct statement *s, struct span json, struct err *e) MUST_CHECK;
void	statement_release(struct statement *s);
static inline void statement_cleanup(struct statement *s) { statement_release(s); }

/* Whether each wanted pair is a string member of object with just that value:
 * REASON_WRONG_ANNOTATION. */
int	annotations_check(const struct shape_map *wanted, struct node object, struct err *e) MUST_CHECK;
#endif
