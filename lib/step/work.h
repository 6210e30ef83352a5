/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_WORK_H
#define STEP_WORK_H
/*
 * One signature in the making, from the image to the place where it is kept.
 * Porcelain carries it through the steps in one process; the plumbing commands
 * hand it on as a record after each. Spans live in the pool or are borrowed
 * from whoever filled them in.
 */
#include "client/store.h"
#include "crypto/signer.h"
#include "sig/bundle.h"
#include "sig/payload.h"
#include "step/witness.h"

enum { WORK_MAX = BUNDLE_MAX };

struct work {
	struct pool pool;
	struct subject subject;
	enum form form;
	struct span reference;		/* legacy: what the payload names the image */
	struct shape_map annotations;
	struct span payload;		/* simple signing JSON, or the in-toto statement */
	/* Of a statement: bundle form, and legacy attestations. */
	struct span payload_type, predicate_type;
	struct span signature;		/* raw bytes */
	struct span hint, public_key;	/* of the signing key: bundle hint, PEM */
	struct witness witness;		/* its certificate, and who vouches */
	struct span bundle;		/* bundle form: the Sigstore bundle's JSON */
	struct span envelope;		/* legacy attestations: the DSSE envelope's */
	struct buf packed;		/* either of them, when it was made here */
	struct store_location location;
};
#define WORK_INIT {.pool = POOL_INIT, .packed = BUF_INIT(WORK_MAX)}
void	work_release(struct work *w);
static inline void work_cleanup(struct work *w) { work_release(w); }

/* The name a legacy payload gives the image: identity when given, else the
 * registry and repository, else the full reference of a layout's entry.
 * REASON_USAGE with a hint when a layout has none. */
int	work_name(struct work *w, const char *identity, struct err *e) MUST_CHECK;

/* make-payload: says what is to be signed, from subject, form, reference and
 * annotations. */
int	work_compose(struct work *w, struct err *e) MUST_CHECK;
/* sign-payload: signs it. */
int	work_seal(struct work *w, struct signer *s, struct err *e) MUST_CHECK;
/* pack-bundle: makes the bundle, or a legacy attestation's envelope; legacy
 * signatures need neither. */
int	work_pack(struct work *w, struct err *e) MUST_CHECK;

struct work_publish {
	bool replace, docker_types, record_created;
	struct pubkey *key;	/* legacy: an equal payload already signed by it is not added again;
				   unused for attestations */
};
/* put-bundle: stores it beside the image and fills in location. */
int	work_publish(struct work *w, const struct store *s, const struct work_publish *how,
	    struct err *e) MUST_CHECK;
#endif
