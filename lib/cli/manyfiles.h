/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_MANYFILES_H
#define CLI_MANYFILES_H
/*
 * The files that a command signs, each in turn, or several at a time where
 * services are asked that take their time. A pipe is never waited for while
 * another file is at work: it has the process for itself.
 */
#include "cli/opt.h"

struct manyfiles {
	void *ctx;
	const struct opt_list *names;
	size_t running;		/* files at work at a time */
	void *(*begin)(void *ctx, const char *name);
	/* In a task. */
	int (*work)(void *ctx, void *file, struct err *e);
	/* Of those that worked, in order of the names. After a failure late is true:
	 * others were at work by then, and what they did is done. */
	int (*deliver)(void *ctx, void *file, bool late, struct err *e);
	void (*end)(void *file);
};

/* After a failure no further file is begun; with running 1, none is at work
 * either. The first failure's error, "signing NAME" in front. */
int	manyfiles_run(const struct manyfiles *m, struct err *e) MUST_CHECK;
#endif
