/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/manyfiles.h"

#include <sys/stat.h>
#include "base/mem.h"
#include "step/batch.h"

struct run {
	const struct manyfiles *m;
	size_t next, end;	/* names of this batch */
	bool failing;		/* some file has, delivered or not */
	bool failed;		/* and it was delivered */
	struct err first;
};

struct item {
	const char *name;
	void *file;
	struct err err;
	bool failed;
};

static enum batch_got
next(void *ctx, void **out)
{
	struct run *r = ctx;
	struct item *it;

	if (r->next == r->end || r->failing)
		return BATCH_END;
	it = xmalloc(sizeof(*it));
	*it = (struct item){.name = r->m->names->items[r->next++], .err = ERR_INIT};
	it->file = r->m->begin(r->m->ctx, it->name);
	*out = it;
	return BATCH_ITEM;
}

static void
work(void *ctx, void *item)
{
	struct run *r = ctx;
	struct item *it = item;

	it->failed = r->m->work(r->m->ctx, it->file, &it->err) != 0;
	r->failing |= it->failed;
}

static void
deliver(void *ctx, void *item)
{
	struct run *r = ctx;
	struct item *it = item;

	if (!it->failed)
		it->failed = r->m->deliver(r->m->ctx, it->file, r->failed, &it->err) != 0;
	r->failing |= it->failed;
	if (it->failed && !r->failed) {
		r->failed = true;
		r->first = it->err;
		err_wrap(&r->first, "signing %s", it->name);
	}
	r->m->end(it->file);
	free(it);
}

static bool
is_plain(const char *name)
{
	struct stat st;

	return strcmp(name, "-") != 0 && stat(name, &st) == 0 && S_ISREG(st.st_mode);
}

/* Names from the next one on that may be at work together. */
static size_t
count_together(const struct run *r)
{
	const struct opt_list *names = r->m->names;
	size_t n = 0;

	while (r->next + n < names->count && is_plain(names->items[r->next + n]))
		n++;
	return n ? n : 1;
}

int
manyfiles_run(const struct manyfiles *m, struct err *e)
{
	struct run r = {.m = m, .first = ERR_INIT};
	struct batch b = {.ctx = &r, .next = next, .fd = -1, .work = work, .deliver = deliver, .running = m->running};

	while (r.next < m->names->count && !r.failing) {
		r.end = r.next + count_together(&r);
		batch_run(&b);
	}
	if (!r.failed)
		return 0;
	*e = r.first;
	return -1;
}
