/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_TASK_H
#define NET_TASK_H
/*
 * Cooperative tasks, so that requests overlap while code reads from top to
 * bottom. One thread; a task runs until it waits for an answer (http_do does),
 * then another goes on. Nothing else switches, so no locks are needed. Each
 * task has its own stack of TASK_STACK bytes: keep large buffers on the heap.
 */
#include "base/attr.h"

enum { TASK_STACK = 256 << 10 };

struct task_group {
	size_t running, limit;
	struct task *waiter;	/* tasks parked until one of the group returns */
};

/* At most limit tasks of the group run at a time. */
void	task_group_init(struct task_group *g, size_t limit);
/* Starts fn(arg). Waits first while the group is full. Outside tasks fn runs
 * at once, until it waits; inside a task it runs when this one waits. */
void	task_start(struct task_group *g, void (*fn)(void *arg), void *arg);
/* Until every task of the group has returned. */
void	task_wait(struct task_group *g);
/* The same for at most ms; whether all have. */
bool	task_wait_for(struct task_group *g, int64_t ms);
/* Waits; other tasks, and requests in flight, go on meanwhile. */
void	task_sleep(int64_t ms);

/*
 * The rest is for whoever makes a task wait for something (http.c).
 */

/* The running task; NULL outside tasks. */
struct task	*task_self(void);
/* Gives way until somebody calls task_wake() on this task. May return early:
 * ask again whether what was waited for has come. */
void	task_park(void);
void	task_wake(struct task *t);
/* Outside tasks: runs those that can go on until all wait. */
void	task_run(void);
/* Called when every task waits: waits at most ms for something that wakes one,
 * or returns false at once when nothing is in flight. */
void	task_set_idle(bool (*idle)(int64_t ms));
/* Outside tasks, when none can go on: waits for the next that can. False when
 * there is nothing to wait for. */
bool	task_idle(void);
/* Outside tasks: lets them go on once, or waits for the next that can; false
 * when there is nothing to wait for. */
bool	task_step(void);
#endif
