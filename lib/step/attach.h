/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_ATTACH_H
#define STEP_ATTACH_H
/*
 * What somebody else signed, on its way to a place beside an image: read from
 * files and taken apart before anything is stored, but not judged.
 */
#include "base/mem.h"
#include "sig/statement.h"
#include "step/work.h"

enum { ATTACH_ITEMS_MAX = MANIFEST_LAYERS_MAX, ATTACH_CERT_MAX = 1 << 20 };

/* An attestation: a bundle's JSON, or an envelope's as upstream writes it. */
struct attach_item {
	enum form form;
	struct span bytes;
	struct statement statement;
	const char *file;
};
struct attach {
	struct pool pool;
	VEC(struct attach_item) items;
	size_t max;		/* bytes of each */
};
#define ATTACH_INIT {.pool = POOL_INIT}
void	attach_release(struct attach *a);
static inline void attach_cleanup(struct attach *a) { attach_release(a); }

/* One JSON document or several in a row, each a bundle or an envelope with one
 * signature over an in-toto statement. REASON_BAD_BUNDLE, REASON_BAD_PAYLOAD,
 * REASON_WRONG_TYPE, REASON_TOO_LARGE naming the limit. */
int	attach_parse(struct attach *a, const char *file, struct span text, struct err *e) MUST_CHECK;

/* A legacy signature. */
struct attach_signature {
	struct span payload;
	struct span signature;		/* base64 */
	struct span certificate, chain, stamp, log;	/* as the annotations have them; ptr NULL: none */
};
/* From what files hold; the results live in the pool, or borrow text. A signature is
 * base64 or raw: REASON_BAD_SIGNATURE. Certificates are PEM, or base64 of it:
 * REASON_BAD_CERTIFICATE, REASON_BAD_ENCODING. A timestamp is DER, or the JSON around
 * it: REASON_BAD_TIMESTAMP. Log evidence is the JSON that the old form of sign-blob
 * wrote, or its rekorBundle alone: REASON_BAD_BUNDLE, REASON_BAD_LOG_ENTRY. */
int	attach_read_signature(struct span *out, struct span text, struct pool *pool, struct err *e) MUST_CHECK;
int	attach_read_certificates(struct span *out, struct span text, struct pool *pool, struct err *e) MUST_CHECK;
int	attach_read_stamp(struct span *out, struct span text, struct pool *pool, struct err *e) MUST_CHECK;
int	attach_read_log(struct span *out, struct span text, struct pool *pool, struct err *e) MUST_CHECK;

/* Store it beside w's subject, and fill in form, predicate type and location. What is
 * there already is not added again. */
int	attach_store(const struct attach_item *it, const struct store *s, bool docker_types, struct work *w,
	    struct err *e) MUST_CHECK;
int	attach_store_signature(const struct attach_signature *sig, const struct store *s, bool docker_types,
	    struct work *w, struct err *e) MUST_CHECK;
#endif
