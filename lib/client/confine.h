/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_CONFINE_H
#define CLIENT_CONFINE_H
/*
 * The sandbox of programs that judge or sign. Children inherit it, so what
 * needs more is started before: the co-process if there may be requests, and
 * the broker if credentials are configured. Images in layouts start neither.
 */
#include "client/store.h"

struct confine {
	const struct store *store;
	const char *const *images;	/* as named on the command line */
	size_t count;
	bool asks;		/* there will be requests that no image tells of */
	bool unknown;		/* more images come later: every file stays readable, and
				   requests are possible */
	bool writes;		/* this process stores signatures: every file stays readable
				   and writable */
};

/* Call it once what is opened by name is open, and before anything that came
 * from elsewhere is looked at; of a private key, before it is opened. Then no
 * program can be started and no socket opened. REASON_HELPER. An image with a
 * wrong name is nobody's business here. */
int	confine(const struct confine *c, struct err *e) MUST_CHECK;
#endif
