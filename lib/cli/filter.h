/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_FILTER_H
#define CLI_FILTER_H
/*
 * --jq: everything a command prints on stdout, one JSON text after the other,
 * goes through a jq filter. Only commands whose table has filter_opts link
 * libjq.
 *
 *	if (filter_begin(&f, args->filter.jq, e))
 *		return -1;
 *	return filter_end(&f, work(args, e), e);
 *
 * What was printed before a failure is filtered too. Output is kept until the
 * end of the run, in a file without a name.
 */
#include "cli/opt.h"
#include "json/query.h"

struct filter_args { const char *jq; };
extern const struct opt filter_opts[];

struct filter {
	const char *jq;	/* NULL or "": nothing is filtered */
	int kept;	/* where stdout goes meanwhile */
	int out;	/* the real one */
	struct query query;
};

enum { FILTER_TEXT_MAX = 256 << 20 };

/* Before any work: REASON_USAGE for a filter that is none. */
int	filter_begin(struct filter *f, const char *jq, struct err *e) MUST_CHECK;
/* result is what the command came to, with *e set when that is -1; gives it
 * back, or -1 when the filter failed. */
int	filter_end(struct filter *f, int result, struct err *e) MUST_CHECK;
#endif
