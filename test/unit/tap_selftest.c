/* SPDX-License-Identifier: Apache-2.0 */
/* The checker is checked: a failure must be reported and must end in 1. */
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

/* Runs body in a child whose stdout goes nowhere; gives its exit status. */
static int
status_of(int (*body)(void))
{
	pid_t pid;
	int st = 0;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(99);
		_exit(body());
	}
	if (waitpid(pid, &st, 0) < 0 || !WIFEXITED(st))
		return -1;
	return WEXITSTATUS(st);
}

static int
a_failure(void)
{
	ok(true, "fine");
	is_int(1, 2, "one is two");
	return tap_done();
}

static int
a_wrong_string(void)
{
	is_str("a", NULL, "a is nothing");
	return tap_done();
}

static int
a_wrong_reason(void)
{
	struct err e = ERR_INIT;

	fails_with(err_set(&e, REASON_IO, "x"), &e, REASON_HTTP, "wrong reason");
	return tap_done();
}

static int
a_pass(void)
{
	struct err e = ERR_INIT;

	is_str(NULL, NULL, "nothing is nothing");
	is_span(SPAN("ab"), SPAN("ab"), "ab");
	fails_with(err_set(&e, REASON_IO, "x"), &e, REASON_IO, "right reason");
	succeeds(0, &e, "cleared");
	return tap_done();
}

int
main(void)
{
	/* First: the child inherits the count. */
	is_int(status_of(tap_done), 1, "checking nothing ends in 1");
	is_int(status_of(a_failure), 1, "a failure ends in 1");
	is_int(status_of(a_wrong_string), 1, "a wrong string ends in 1");
	is_int(status_of(a_wrong_reason), 1, "a wrong reason ends in 1");
	is_int(status_of(a_pass), 0, "passing ends in 0");
	return tap_done();
}
