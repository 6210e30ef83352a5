/* SPDX-License-Identifier: Apache-2.0 */
#include "step/batch.h"

void
batch_init(struct batch *b, void (*work)(void *), void (*deliver)(void *))
{
	*b = (struct batch){.work = work, .deliver = deliver};
	task_group_init(&b->group, BATCH_RUNNING);
}

static void
flush(struct batch *b)
{
	while (b->count && b->ring[b->head].done) {
		struct batch_slot *s = &b->ring[b->head];

		s->done = false;
		b->head = (b->head + 1) % BATCH_WINDOW;
		b->count--;
		b->deliver(s->item);
	}
}

static void
run_slot(void *arg)
{
	struct batch_slot *s = arg;

	s->batch->work(s->item);
	s->done = true;
	flush(s->batch);
}

void
batch_add(struct batch *b, void *item)
{
	struct batch_slot *s;

	if (b->count == BATCH_WINDOW)
		task_wait(&b->group);
	s = &b->ring[(b->head + b->count++) % BATCH_WINDOW];
	*s = (struct batch_slot){b, item, false};
	task_start(&b->group, run_slot, s);
}

void
batch_finish(struct batch *b)
{
	task_wait(&b->group);
}
