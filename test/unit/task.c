/* SPDX-License-Identifier: Apache-2.0 */
#include "net/task.h"

#include "base/date.h"
#include "tap.h"

/* A stand-in for the network: who waits is woken in the order of waiting. */
enum { MAX = 2048 };
static struct task *waiting[MAX];
static size_t waiting_count, flights, most;

static bool
land(int64_t ms UNUSED)
{
	struct task *first = waiting[0];

	if (waiting_count == 0)
		return false;
	memmove(waiting, waiting + 1, --waiting_count * sizeof(waiting[0]));
	task_wake(first);
	return true;
}

static void
fly(void)
{
	waiting[waiting_count++] = task_self();
	flights++;
	if (waiting_count > most)
		most = waiting_count;
	task_park();
}

static char trace[64];

static void
step(char c)
{
	size_t n = strlen(trace);

	if (n + 1 < sizeof(trace))
		trace[n] = c;
}

static void
two_steps(void *arg)
{
	const char *letters = arg;

	step(letters[0]);
	fly();
	step(letters[1]);
}

static void
test_order(void)
{
	static char letters[][3] = {"ax", "by", "cz"};
	struct task_group g;

	task_group_init(&g, 8);
	for (size_t i = 0; i < countof(letters); i++)
		task_start(&g, two_steps, letters[i]);
	is_str(trace, "abc", "outside tasks each starts at once");
	task_wait(&g);
	is_str(trace, "abcxyz", "and goes on in the order of the answers");
	is_int((int64_t)g.running, 0, "none is left");
	task_wait(&g);
	ok(!task_self(), "outside again");
}

static size_t total;

static void
leaf(void *arg)
{
	size_t *sum = arg;
	volatile char stack[4096];

	stack[0] = stack[4095] = 1;
	fly();
	*sum += (size_t)stack[0];
	fly();
	*sum += (size_t)stack[4095];
}

static void
branch(void *arg)
{
	struct task_group g;
	size_t sum = 0;

	(void)arg;
	task_group_init(&g, 3);
	for (int i = 0; i < 10; i++)
		task_start(&g, leaf, &sum);
	task_wait(&g);
	total += sum;
}

static void
test_nesting(void)
{
	struct task_group g;

	most = 0;
	task_group_init(&g, 5);
	for (int i = 0; i < 40; i++)
		task_start(&g, branch, NULL);
	task_wait(&g);
	is_int((int64_t)total, 40 * 10 * 2, "every task of every group returned");
	is_int((int64_t)most, 5 * 3, "limits hold, and are used");
}

static void
test_many(void)
{
	struct task_group g;
	size_t sum = 0;

	flights = most = 0;
	task_group_init(&g, 1000);
	for (int i = 0; i < 1000; i++)
		task_start(&g, leaf, &sum);
	task_wait(&g);
	is_int((int64_t)sum, 2000, "a thousand at once");
	is_int((int64_t)most, 1000, "all in flight together");
	sum = 0;
	task_group_init(&g, 1);
	for (int i = 0; i < 20; i++)
		task_start(&g, leaf, &sum);
	task_wait(&g);
	is_int((int64_t)sum, 40, "one after the other");
}

static void
returns_at_once(void *arg)
{
	++*(int *)arg;
}

static void
naps(void *arg)
{
	const char *how = arg;

	task_sleep(30 * (how[1] - '0'));
	step(how[0]);
}

static void
waits_in_vain(void *arg)
{
	static char late[] = "d9";
	struct task_group inner;

	task_group_init(&inner, 2);
	task_start(&inner, naps, late);
	step(task_wait_for(&inner, 2) ? '!' : 'w');
	step(task_wait_for(&inner, 10000) ? 'W' : '!');
	*(bool *)arg = true;
}

static void
test_time(void)
{
	static char sleepers[][3] = {"c9", "a1", "b5"};
	struct task_group g;
	int64_t before = date_monotonic_ms();
	bool done = false;

	memset(trace, 0, sizeof(trace));
	task_group_init(&g, 8);
	for (size_t i = 0; i < countof(sleepers); i++)
		task_start(&g, naps, sleepers[i]);
	ok(!task_wait_for(&g, 2), "270 ms are not over after 2");
	task_sleep(300);
	is_str(trace, "abc", "sleepers wake in their own time, and while others sleep");
	ok(task_wait_for(&g, 0), "all have returned");
	ok(date_monotonic_ms() - before >= 302, "no sleep is too short");
	memset(trace, 0, sizeof(trace));
	task_start(&g, waits_in_vain, &done);
	task_wait(&g);
	is_str(trace, "wdW", "a task that waits gives up in time, and may wait again");
	ok(done, "and goes on");
}

int
main(void)
{
	struct task_group g;
	int n = 0;

	task_set_idle(land);
	test_order();
	test_nesting();
	test_many();
	test_time();
	task_group_init(&g, 0);
	for (int i = 0; i < 100; i++)
		task_start(&g, returns_at_once, &n);
	task_wait(&g);
	is_int(n, 100, "tasks that never wait; a limit of 0 means 1");
	return tap_done();
}
