/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_VERIFYIMAGES_H
#define CLI_VERIFYIMAGES_H
/*
 * Images that are judged, whatever is judged of them: the frame of verify and
 * verify-attestation.
 */
#include "cli/groups.h"
#include "cli/many.h"
#include "cli/policyopt.h"
#include "step/judge.h"

/* Of the command line. */
struct verifyimages_args {
	struct cli_registry registry;
	struct policyopt policy;
	struct services_urls urls;
	struct many_args many;
	struct many_jobs jobs;
	const char *platform;
	bool local_image, new_bundle;
	int64_t max_workers;
	struct opt_list images;
};

/* What all images share. */
struct verifyimages {
	const struct verifyimages_args *args;
	const char *things;	/* "signatures" */
	bool stream;		/* the images are on standard input */
	struct store store;
	struct policyopt_policy policy;
	struct judge judge;
	struct many many;
};
#define VERIFYIMAGES_INIT .policy = POLICYOPT_POLICY_INIT
void	verifyimages_release(struct verifyimages *v);

/* One image on its way through. */
struct verifyimages_one {
	const char *reference;	/* NULL before it is found */
	struct subject subject;
	struct judgement j;
};

/* First: the store, the policy, and what of the judgement does not depend on what
 * is judged; many_run() of v->many comes last. work and enter as in struct many. REASON_USAGE, REASON_CONFIG, what
 * policyopt_make() says, … */
int	verifyimages_begin(struct verifyimages *v, void *ctx,
	    int (*enter)(void *ctx, struct err *e),
	    int (*work)(void *ctx, struct many_item *it, struct err *e), struct err *e) MUST_CHECK;
/* In each process that judges: the sandbox. */
int	verifyimages_enter(const struct verifyimages *v, struct err *e) MUST_CHECK;
/* The image that an item names, or the one of its --platform. */
int	verifyimages_find(const struct verifyimages *v, struct intake *in, struct verifyimages_one *one,
	    struct err *e) MUST_CHECK;
/* The record of one image, with the reason of its failure or NULL. */
void	verifyimages_emit(const struct verifyimages_one *one, struct many_item *it, const struct err *failure);
/* For people; a stream of records needs no words beside it. */
void	verifyimages_say(const struct verifyimages *v, struct many_item *it);
#endif
