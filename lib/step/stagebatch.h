/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_STAGEBATCH_H
#define STEP_STAGEBATCH_H
/*
 * A stage that waits for the network, as a filter: several records are at work
 * at a time, and come out in the order they came in, each as soon as it and those
 * before it are done. A record that fails takes no others with it.
 */
#include "step/batch.h"
#include "step/stage.h"

struct stagebatch {
	struct stage_filter filter;	/* its step() runs in a task */
	size_t running;		/* records at work at a time; 0: as many as is usual */
	void (*begin)(void);	/* a record was read; may be NULL */
	bool json;		/* failures are told on stderr, as they come, as records */
};

/* Reads until standard input ends, or nobody takes the output any more. The error
 * is that of the first record that failed. No record at all is
 * REASON_BAD_RECORD. */
int	stagebatch_run(const struct stagebatch *b, struct err *e) MUST_CHECK;
#endif
