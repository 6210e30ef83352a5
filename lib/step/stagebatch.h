/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_STAGEBATCH_H
#define STEP_STAGEBATCH_H
/*
 * One step as a filter: each record of stage `in` on standard input goes through
 * step() and comes out as stage `out`, in order, as soon as it and those before it
 * are done; records of unknown types pass. Several may be at work at a time, where
 * a step waits for the network. A record that fails takes no others with it.
 */
#include "step/batch.h"
#include "step/stage.h"

struct stagebatch {
	enum stage in, out;
	int (*step)(void *ctx, struct work *w, struct err *e);	/* in a task */
	void *ctx;
	size_t running;		/* records at work at a time; 0: as many as is usual */
	void (*begin)(void);	/* a record was read; may be NULL */
	bool json;		/* failures are told on stderr, as they come, as records */
};

/* Reads until standard input ends, or nobody takes the output any more. The error
 * is that of the first record that failed. No record at all is
 * REASON_BAD_RECORD. */
int	stagebatch_run(const struct stagebatch *b, struct err *e) MUST_CHECK;
#endif
