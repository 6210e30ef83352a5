/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_BATCH_H
#define STEP_BATCH_H
/*
 * Many items, worked on at the same time, delivered in the order they came:
 * requests of several images overlap, and output stays in order. Items are
 * taken in as long as the window has room, so a slow one holds up what is
 * delivered, and what is worked on only once the window is full behind it.
 * Memory is bounded by the window. While items are in flight, the source is
 * never waited for alone.
 */
#include "net/task.h"

enum { BATCH_RUNNING = 8, BATCH_WINDOW = 64 };

enum batch_got { BATCH_END, BATCH_ITEM, BATCH_LATER };

struct batch {
	void *ctx;
	/* The next item; BATCH_LATER when it would have to be waited for. */
	enum batch_got (*next)(void *ctx, void **item);
	int fd;				/* can be read when next() has more; -1: it is never late */
	void (*work)(void *ctx, void *item);	/* in a task; may wait for the network */
	void (*deliver)(void *ctx, void *item);	/* in order; owns the item from here */
	/* Before the process waits: a chance to flush. False: no more items. May be NULL. */
	bool (*pause)(void *ctx);
	size_t running;			/* items at work at a time, up to BATCH_WINDOW; 0: BATCH_RUNNING */
};

/* Until the source has ended and everything is delivered. Not from a task. */
void	batch_run(const struct batch *b);
#endif
