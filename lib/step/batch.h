/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_BATCH_H
#define STEP_BATCH_H
/*
 * Many items, worked on at the same time, delivered in the order they came:
 * requests of several images overlap, and output stays in order. Memory is
 * bounded by the window.
 */
#include "net/task.h"

enum { BATCH_RUNNING = 8, BATCH_WINDOW = 64 };

struct batch {
	struct task_group group;
	void (*work)(void *item);	/* in a task; may wait for the network */
	void (*deliver)(void *item);	/* in order; owns the item from here */
	struct batch_slot { struct batch *batch; void *item; bool done; } ring[BATCH_WINDOW];
	size_t head, count;
};

void	batch_init(struct batch *b, void (*work)(void *), void (*deliver)(void *));
/* Hands over an item; waits while the window is full. */
void	batch_add(struct batch *b, void *item);
/* Until everything is delivered. */
void	batch_finish(struct batch *b);
#endif
