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
	struct task *waiter;
};

/* At most limit tasks of the group run at a time. */
void	task_group_init(struct task_group *g, size_t limit);
/* Starts fn(arg). Waits first while the group is full. */
void	task_start(struct task_group *g, void (*fn)(void *arg), void *arg);
/* Until every task of the group has returned. */
void	task_wait(struct task_group *g);
#endif
