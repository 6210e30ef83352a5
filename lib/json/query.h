/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_QUERY_H
#define JSON_QUERY_H
/*
 * --jq EXPR: a jq filter over JSON texts, run by libjq in a program of its own,
 * cosign-run-jq, with an empty environment, no files, and limits on CPU time and
 * memory.
 * libjq aborts on some input and knows no limits, so whatever ends that process
 * but its own good word is a failure. Results go to a descriptor, compact, one
 * a line, as jq -c prints them. Numbers above 2^53 lose digits (libjq 1.6).
 *
 *	AUTO(query) struct query q = QUERY_INIT;
 *	if (query_start(&q, filter, 1, e) || query_feed(&q, text, e) || query_finish(&q, e))
 *		return -1;
 *
 * What stdio holds for the descriptor must be flushed before the start. Nobody
 * else links libjq, so that nobody who does not filter pays for it.
 */
#include <sys/types.h>
#include "base/err.h"

enum { QUERY_CPU_SECONDS = 10, QUERY_CPU_SECONDS_MAX = 3600 };
#define QUERY_MEMORY_MAX ((size_t)1 << 30)

struct query {
	pid_t pid;		/* -1: not running */
	int to;			/* JSON texts */
	int from;		/* how it went */
	unsigned cpu_seconds;	/* may be lowered before the start */
	const char *name;	/* whose filter it is, for messages; NULL: --jq's */
};

#define QUERY_INIT {-1, -1, -1, QUERY_CPU_SECONDS, NULL}

/* Compiles the filter and waits for the word that it is good; REASON_USAGE with
 * libjq's message if not. out_fd stays the caller's. */
int	query_start(struct query *q, const char *filter, int out_fd, struct err *e) MUST_CHECK;
/* One JSON text, checked by the strict reader first. After a filter that ended
 * by itself (halt) it is taken and dropped. */
int	query_feed(struct query *q, struct span json, struct err *e) MUST_CHECK;
/* Waits until all results are written. REASON_FAILED with the filter's error,
 * REASON_TIMEOUT, REASON_TOO_LARGE for memory, REASON_OUTPUT. */
int	query_finish(struct query *q, struct err *e) MUST_CHECK;
/* Kills what still runs; nothing to do after query_finish. */
void	query_stop(struct query *q);
static inline void query_cleanup(struct query *q) { query_stop(q); }
#endif
