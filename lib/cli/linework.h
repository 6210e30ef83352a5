/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_LINEWORK_H
#define CLI_LINEWORK_H
/*
 * Lines of standard input that are each an item of their own, answered in their
 * order for as long as the input lasts: by this process, or by a crew of
 * several. Nobody who asked waits for an answer while this waits for a line.
 */
#include "cli/crew.h"

/* What came of all. */
struct linework_sum {
	size_t taken, done, failed;
	struct err first;	/* failure */
};
#define LINEWORK_SUM_INIT {.first = ERR_INIT}

struct linework {
	void *ctx;
	size_t jobs;
	/* The sandbox, in each process that answers. */
	int (*enter)(void *ctx, struct err *e);
	/* is_long: the line was too long to keep. */
	void (*answer)(void *ctx, struct span line, bool is_long, struct crew_result *res);
	/* Prints, in order; -1 ends it all. */
	int (*settle)(void *ctx, const struct linework_sum *sum, const struct crew_result *res, struct err *e);
};

/* 0 when every line has its answer, whatever these say; then standard output is
 * flushed. A line has at most RECORD_LINE_MAX bytes. */
int	linework_run(const struct linework *w, struct linework_sum *sum, struct err *e) MUST_CHECK;
#endif
