/* SPDX-License-Identifier: Apache-2.0 */
#include "net/task.h"

#include <dlfcn.h>
#include <errno.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include "base/date.h"
#include "base/mem.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifndef WITH_ASAN
#define WITH_ASAN 0
#endif

/* One flow of control that can be left and entered again. */
struct flow {
	ucontext_t context;
	void *fake;		/* AddressSanitizer's fake stack */
	const void *bottom;
	size_t size;
};

struct task {
	struct flow flow;
	void (*fn)(void *arg);
	void *arg;
	struct task_group *group;
	bool ready, finished;
	struct task *next_ready, *next_waiter, *next_free;
};

/* A moment that somebody waits for; on the stack of who does. */
struct timer {
	int64_t due;
	struct task *task;	/* NULL: whoever is no task */
	struct timer *next;	/* not before this one */
};

static struct {
	struct flow home;		/* whoever is no task */
	struct task *self;
	struct task *ready, **ready_tail;
	struct task *free;
	struct timer *timers;
	bool (*idle)(int64_t ms);
} tasks = {.ready_tail = &tasks.ready};

#if WITH_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>

/* The sanitizer's frames are larger. */
enum { STACK = TASK_STACK * 4 };

/* The sanitizer's own swapcontext only warns that it does not know fibers; it
 * is told about them here, so libc's is taken. */
static int
swap(ucontext_t *from, const ucontext_t *to)
{
	static int (*real)(ucontext_t *, const ucontext_t *);

	if (!real) {
		void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);

		*(void **)&real = libc ? dlsym(libc, "swapcontext") : NULL;
	}
	return real ? real(from, to) : swapcontext(from, to);
}

static void
leaving(struct flow *from, const struct flow *to, bool for_good)
{
	__sanitizer_start_switch_fiber(for_good ? NULL : &from->fake, to->bottom, to->size);
}

static void
entered(struct flow *now, struct flow *left)
{
	__sanitizer_finish_switch_fiber(now->fake, &left->bottom, &left->size);
}

static void
register_stack(const void *stack)
{
	__lsan_register_root_region(stack, STACK);
}
#else
enum { STACK = TASK_STACK };
#define swap swapcontext

static void
leaving(struct flow *from UNUSED, const struct flow *to UNUSED, bool for_good UNUSED)
{
}

static void
entered(struct flow *now UNUSED, struct flow *left UNUSED)
{
}

static void
register_stack(const void *stack UNUSED)
{
}
#endif

static void
change(struct flow *from, struct flow *to, bool for_good)
{
	leaving(from, to, for_good);
	if (swap(&from->context, &to->context))
		BUG("swapcontext: %s", strerror(errno));
	entered(from, to);
}

static void
entry(void)
{
	struct task *t = tasks.self;

	entered(&t->flow, &tasks.home);
	t->fn(t->arg);
	t->finished = true;
	change(&t->flow, &tasks.home, true);
	BUG("a task that returned was entered again");
}

/* A task with a stack, below which lies a page that may not be touched. */
static struct task *
task_new(void)
{
	size_t guard = (size_t)sysconf(_SC_PAGESIZE);
	struct task *t = tasks.free;
	char *map;

	if (t) {
		tasks.free = t->next_free;
		return t;
	}
	t = xcalloc(1, sizeof(*t));
	map = mmap(NULL, guard + STACK, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
	if (map == MAP_FAILED || mprotect(map, guard, PROT_NONE))
		mem_exhausted();
	t->flow.bottom = map + guard;
	t->flow.size = STACK;
	register_stack(t->flow.bottom);
	return t;
}

void
task_wake(struct task *t)
{
	if (t->ready)
		return;
	t->ready = true;
	t->next_ready = NULL;
	*tasks.ready_tail = t;
	tasks.ready_tail = &t->next_ready;
}

static void
finish(struct task *t)
{
	struct task_group *g = t->group;
	struct task *next;

	g->running--;
	for (struct task *w = g->waiter; w; w = next) {
		next = w->next_waiter;
		task_wake(w);
	}
	g->waiter = NULL;
	t->next_free = tasks.free;
	tasks.free = t;
}

void
task_run(void)
{
	struct task *t;

	if (tasks.self)
		BUG("task_run inside a task");
	while ((t = tasks.ready)) {
		tasks.ready = t->next_ready;
		if (!tasks.ready)
			tasks.ready_tail = &tasks.ready;
		t->ready = false;
		tasks.self = t;
		change(&tasks.home, &t->flow, false);
		tasks.self = NULL;
		if (t->finished)
			finish(t);
	}
}

struct task *
task_self(void)
{
	return tasks.self;
}

void
task_park(void)
{
	change(&tasks.self->flow, &tasks.home, false);
}

void
task_set_idle(bool (*idle)(int64_t ms))
{
	tasks.idle = idle;
}

static void
arm(struct timer *t)
{
	struct timer **at = &tasks.timers;

	while (*at && (*at)->due <= t->due)
		at = &(*at)->next;
	t->next = *at;
	*at = t;
}

static void
disarm(const struct timer *t)
{
	for (struct timer **at = &tasks.timers; *at; at = &(*at)->next)
		if (*at == t) {
			*at = t->next;
			return;
		}
}

static void
ring(void)
{
	int64_t now = date_monotonic_ms();

	for (struct timer *t; (t = tasks.timers) && t->due <= now;) {
		tasks.timers = t->next;
		if (t->task)
			task_wake(t->task);
	}
}

bool
task_idle(void)
{
	int64_t ms = INT64_MAX;
	bool some;

	if (tasks.timers) {
		ms = tasks.timers->due - date_monotonic_ms();
		ms = ms < 0 ? 0 : ms;
	}
	some = tasks.idle && tasks.idle(ms);
	if (!some && tasks.timers) {
		nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
		some = true;
	}
	ring();
	return some;
}

bool
task_step(void)
{
	if (!tasks.ready)
		return task_idle();
	task_run();
	return true;
}

static void
stop_waiting(struct task_group *g, const struct task *t)
{
	for (struct task **at = &g->waiter; *at; at = &(*at)->next_waiter)
		if (*at == t) {
			*at = t->next_waiter;
			return;
		}
}

/* Until one more task of the group has returned, or at least something went on. */
static void
await(struct task_group *g)
{
	if (tasks.self) {
		tasks.self->next_waiter = g->waiter;
		g->waiter = tasks.self;
		task_park();
		stop_waiting(g, tasks.self);
	} else if (tasks.ready) {
		task_run();
	} else if (!task_idle()) {
		BUG("every task waits, and nothing is in flight");
	}
}

void
task_group_init(struct task_group *g, size_t limit)
{
	*g = (struct task_group){.limit = limit ? limit : 1};
}

static void
prepare(struct flow *f)
{
	if (getcontext(&f->context))
		BUG("getcontext: %s", strerror(errno));
	f->fake = NULL;
	f->context.uc_stack.ss_sp = (void *)(uintptr_t)f->bottom;
	f->context.uc_stack.ss_size = f->size;
	f->context.uc_link = NULL;
	makecontext(&f->context, entry, 0);
}

void
task_start(struct task_group *g, void (*fn)(void *arg), void *arg)
{
	struct task *t;

	while (g->running >= g->limit)
		await(g);
	t = task_new();
	t->fn = fn;
	t->arg = arg;
	t->group = g;
	t->finished = false;
	prepare(&t->flow);
	g->running++;
	task_wake(t);
	if (!tasks.self)
		task_run();
}

void
task_wait(struct task_group *g)
{
	while (g->running > 0)
		await(g);
}

bool
task_wait_for(struct task_group *g, int64_t ms)
{
	struct timer t = {date_monotonic_ms() + ms, tasks.self, NULL};

	arm(&t);
	while (g->running > 0 && date_monotonic_ms() < t.due)
		await(g);
	disarm(&t);
	return g->running == 0;
}

void
task_sleep(int64_t ms)
{
	struct timer t = {date_monotonic_ms() + ms, tasks.self, NULL};

	arm(&t);
	while (date_monotonic_ms() < t.due)
		if (tasks.self)
			task_park();
		else if (tasks.ready)
			task_run();
		else
			(void)task_idle();
	disarm(&t);
}
