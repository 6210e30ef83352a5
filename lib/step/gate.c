/* SPDX-License-Identifier: Apache-2.0 */
#include "step/gate.h"

#include "base/mem.h"

static size_t
find(const struct gate *g, struct span name)
{
	size_t i = 0;

	while (i < g->count && !span_eq(g->inside[i], name))
		i++;
	return i;
}

/* A task may wake for other reasons, and is noted once. */
static void
note_waiter(struct gate *g, struct task *t)
{
	for (size_t i = 0; i < g->waiters; i++)
		if (g->waiting[i] == t)
			return;
	if (!t || g->waiters == countof(g->waiting))
		BUG("nobody may wait at this gate");
	g->waiting[g->waiters++] = t;
}

void
gate_enter(struct gate *g, struct span name)
{
	while (find(g, name) < g->count) {
		note_waiter(g, task_self());
		task_park();
	}
	if (g->count == countof(g->inside))
		BUG("too many tasks at a gate");
	g->inside[g->count++] = name;
}

void
gate_leave(struct gate *g, struct span name)
{
	size_t at = find(g, name);

	if (at == g->count)
		BUG("left a gate that was not entered");
	g->inside[at] = g->inside[--g->count];
	for (size_t i = 0; i < g->waiters; i++)
		task_wake(g->waiting[i]);
	g->waiters = 0;
}
