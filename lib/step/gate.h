/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_GATE_H
#define STEP_GATE_H
/*
 * Lets tasks that would change the same thing pass one after the other: one
 * task for each name is inside at a time.
 */
#include "base/span.h"
#include "step/batch.h"

struct gate {
	struct span inside[BATCH_WINDOW];
	size_t count;
	struct task *waiting[BATCH_WINDOW];
	size_t waiters;
};

/* Waits while another task is inside under this name, which is borrowed until
 * the same task leaves. At most BATCH_WINDOW tasks use a gate. */
void	gate_enter(struct gate *g, struct span name);
void	gate_leave(struct gate *g, struct span name);
#endif
