/* SPDX-License-Identifier: Apache-2.0 */
#include "step/batch.h"

#include <errno.h>
#include <poll.h>
#include "net/http.h"

struct slot {
	const struct batch *batch;
	void *item;
	bool done;
};

struct window {
	const struct batch *batch;
	struct task_group group;
	struct slot ring[BATCH_WINDOW];
	size_t head, count;
	bool ended, late;
};

static void
run_slot(void *arg)
{
	struct slot *s = arg;

	s->batch->work(s->batch->ctx, s->item);
	s->done = true;
}

static bool
deliver(struct window *w)
{
	bool any = false;

	for (; w->count && w->ring[w->head].done; any = true) {
		void *item = w->ring[w->head].item;

		w->head = (w->head + 1) % BATCH_WINDOW;
		w->count--;
		w->batch->deliver(w->batch->ctx, item);
	}
	return any;
}

static bool
has_room(const struct window *w)
{
	return !w->ended && w->count < BATCH_WINDOW && w->group.running < w->group.limit;
}

/* Starts one item more; false when there is none now, or no room. */
static bool
take_in(struct window *w)
{
	enum batch_got got;
	struct slot *s;
	void *item;

	w->late = false;
	if (!has_room(w))
		return false;
	got = w->batch->next(w->batch->ctx, &item);
	w->ended = got == BATCH_END;
	w->late = got == BATCH_LATER;
	if (got != BATCH_ITEM)
		return false;
	s = &w->ring[(w->head + w->count++) % BATCH_WINDOW];
	*s = (struct slot){w->batch, item, false};
	task_start(&w->group, run_slot, s);
	return true;
}

/* For an answer, or for the source. */
static void
await(struct window *w)
{
	struct pollfd p = {.fd = w->batch->fd, .events = POLLIN};

	if (w->batch->pause && !w->batch->pause(w->batch->ctx)) {
		w->ended = true;
		w->late = false;
	}
	http_watch(w->late ? w->batch->fd : -1);
	if (!task_step() && w->late)
		(void)poll(&p, 1, -1);
	http_watch(-1);
}

void
batch_run(const struct batch *b)
{
	struct window w = {.batch = b};
	bool more;

	task_group_init(&w.group, b->running ? b->running : BATCH_RUNNING);
	do {
		more = take_in(&w);
		more |= deliver(&w);
		if (!more && (w.count || w.late))
			await(&w);
	} while (!w.ended || w.count);
}
