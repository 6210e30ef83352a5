/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_MANY_H
#define CLI_MANY_H
/*
 * The images of a command: its arguments, or with the one argument - the lines
 * of standard input, any number of them. They are worked on at the same time;
 * what came of them is printed in the order they came. Lines are streamed:
 * output flows while input still comes, and memory does not grow with it.
 */
#include "cli/crew.h"
#include "cli/intake.h"
#include "cli/opt.h"

/* -0/--null */
struct many_args { bool null; };
extern const struct opt many_opts[];
/* --jobs */
struct many_jobs { int64_t count; };
extern const struct opt many_jobs_opts[];
int	many_check_jobs(const struct many_jobs *j, struct err *e) MUST_CHECK;

/* One image at work. */
struct many_item {
	struct intake in;
	struct crew_result result;	/* work() fills out and say */
};

struct many {
	void *ctx;
	const struct opt_list *images;
	bool null;
	size_t jobs;		/* processes; 0 and 1: this one */
	size_t running;		/* images at work at a time in each; 0: as many as is usual */
	bool carry_on;		/* a failure does not end it; always so with - */
	const char *prefix;	/* put before the image's name in the error; may be "" */
	bool stores;		/* what was done is told, also behind a failure */
	bool bare;		/* the error of a single image goes without its name */
	const char *done;	/* "verified" */
	bool judges;		/* the summary tells kinds of refusal apart */
	/* Before the first image, in each process that works; may be NULL. */
	int (*enter)(void *ctx, struct err *e);
	/* In a task. 0, or -1 and *e. */
	int (*work)(void *ctx, struct many_item *it, struct err *e);
	/* Prints into the result what failed, of which result.err says why; also a
	 * line that asks for nothing. NULL: nothing is printed. */
	void (*refuse)(void *ctx, struct many_item *it);
};

/* The parts of an image, as the images of an index are: work() for each, of a copy
 * of the item. What they print goes into the item's result in order. After a
 * failure no further one is begun; the first's error is given. */
enum { MANY_PARTS_RUNNING = 4 };
struct many_parts {
	void *ctx;
	size_t count;
	size_t running;		/* at work at a time */
	int (*work)(void *ctx, size_t part, struct many_item *it, struct err *e);
};
int	many_parts(const struct many_parts *p, struct many_item *it, struct err *e) MUST_CHECK;

/* Whether the images come from standard input. REASON_USAGE when - stands among
 * other arguments, or -0 without -. */
int	many_check(const struct many *m, bool *stream, struct err *e) MUST_CHECK;
/* 0 when every image passed; no image at all is a failure too (REASON_BAD_RECORD).
 * The error is that of the first image that failed. */
int	many_run(const struct many *m, struct err *e) MUST_CHECK;
#endif
