/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SIGNIMAGES_H
#define CLI_SIGNIMAGES_H
/*
 * Images that are signed, whatever is signed about them: the frame of sign and
 * attest. Several images are at work at a time where services are waited for,
 * but the same image named twice is signed by one after the other; the key is
 * opened once, when the first image is found.
 */
#include "cli/many.h"
#include "cli/prompt.h"
#include "cli/serviceplan.h"
#include "client/store.h"
#include "step/gate.h"

struct signimages {
	/* What the command says, before anything else. */
	const struct opt_list *images;
	bool null, recursive;
	const char *key, *bundle;		/* --key and --bundle, or NULL */
	struct prompt *prompt;
	const char *verb, *done, *things;	/* "sign", "signed", "signatures" */
	void *ctx;
	/* In a task: finds the image, and signs it or, with -r, each of its parts. */
	int (*find)(void *ctx, struct many_item *it, struct subject *sub, struct err *e);
	int (*sign)(void *ctx, struct many_item *it, const struct subject *sub, struct err *e);

	/* What follows from it. */
	bool stream;		/* the images are on standard input */
	bool several;		/* images at work at a time */
	struct store store;
	struct signer signer;
	struct serviceplan services;
	struct pool pool;

	bool key_open;
	struct gate gate;
	struct many many;
};
#define SIGNIMAGES_INIT .signer = SIGNER_INIT, .services = SERVICEPLAN_INIT, .pool = POOL_INIT
void	signimages_release(struct signimages *s);

/* Otherwise an identity signs. */
bool	signimages_has_key(const struct signimages *s);
/* A stream of records needs no words beside it. */
bool	signimages_is_quiet(const struct signimages *s);

/* First: sets stream. REASON_USAGE as many_check(). */
int	signimages_begin(struct signimages *s, struct err *e) MUST_CHECK;
/* One file cannot hold the bundles of several; count is of things that are signed. */
int	signimages_check_bundle(const struct signimages *s, size_t count, struct err *e) MUST_CHECK;
/* The store, the services, then the sandbox. In a stream the key is opened before
 * anything is asked: what is wrong with it is wrong with every line. */
int	signimages_set_up(struct signimages *s, const struct serviceplan_args *a, const struct registry_options *o,
	    struct err *e) MUST_CHECK;
/* Opens the key, if that was not done. */
int	signimages_open_key(struct signimages *s, struct err *e) MUST_CHECK;
/* The image that an item names, with a warning where that is by a tag. */
int	signimages_find(struct signimages *s, struct many_item *it, bool need_desc, struct subject *sub,
	    struct err *e) MUST_CHECK;
/* Last. ordered: never more than one image at a time. */
int	signimages_run(struct signimages *s, bool ordered, struct err *e) MUST_CHECK;
#endif
