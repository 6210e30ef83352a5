/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_FILTER_H
#define CLI_FILTER_H
/*
 * --jq: everything a command prints on stdout, JSON texts on lines of their own,
 * goes through a jq filter. libjq is linked by cosign-run-jq alone: whoever does
 * not filter starts 0.4 ms earlier and needs 0.7 MB less without it.
 *
 *	return filter_run(&args->filter, work, args, e);
 *
 * Results come while the command still prints: a forked child hands over line
 * by line, and holds nothing but the line. What was printed before a failure is
 * filtered too. Begin before the sandbox.
 */
#include "cli/opt.h"
#include "json/query.h"

struct filter_args { const char *jq; };
extern const struct opt filter_opts[];

struct filter {
	const char *jq;	/* NULL or "": nothing is filtered */
	int out;	/* the real stdout */
	int status;	/* the child's last word */
	pid_t pid;
};

enum { FILTER_TEXT_MAX = 256 << 20 };

/* work(args, e) between the two that follow. */
int	filter_run(const struct filter_args *filter, int (*work)(void *args, struct err *e), void *args,
	    struct err *e) MUST_CHECK;
/* Before any work: REASON_USAGE for a filter that is none. */
int	filter_begin(struct filter *f, const char *jq, struct err *e) MUST_CHECK;
/* result is what the command came to, with *e set when that is -1; gives it
 * back, or -1 when the filter failed. */
int	filter_end(struct filter *f, int result, struct err *e) MUST_CHECK;
#endif
