/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/proc.h"
#include "tap.h"

#include <unistd.h>

#define SH(script) (const char *const[]){"sh", "-c", script, NULL}

static int
run(const char *const argv[], const char *const drop[], struct span input, struct buf *out, int64_t ms, int *status,
    struct err *e)
{
	buf_reset(out);
	*status = -7;
	return proc_run(argv, drop, input, out, ms, status, e);
}

static void
runs(void)
{
	AUTO(buf) struct buf out = BUF_INIT(1000);
	struct err e = ERR_INIT;
	int status;

	succeeds(run(SH("tr a-z A-Z; exit 3"), NULL, SPAN("abc"), &out, 5000, &status, &e), &e, "a filter");
	is_span(buf_span(&out), SPAN("ABC"), "its output");
	is_int(status, 3, "its status");
	succeeds(run(SH("kill -TERM $$"), NULL, SPAN_NONE, &out, 5000, &status, &e), &e, "killed");
	is_int(status, 128 + 15, "by a signal");
	succeeds(run(SH("exit 0"), NULL, SPAN("nobody reads this"), &out, 5000, &status, &e), &e, "input unread");
	fails_with(run((const char *const[]){"/no/such/program", NULL}, NULL, SPAN_NONE, &out, 5000, &status, &e), &e,
	    REASON_HELPER, "no such program");
}

static void
limited(void)
{
	AUTO(buf) struct buf out = BUF_INIT(1000);
	struct err e = ERR_INIT;
	int status;

	fails_with(run(SH("exec sleep 100"), NULL, SPAN_NONE, &out, 50, &status, &e), &e, REASON_TIMEOUT, "too slow");
	fails_with(run(SH("exec cat /dev/zero"), NULL, SPAN_NONE, &out, 20000, &status, &e), &e, REASON_TOO_LARGE,
	    "too much");
}

static void
environment(void)
{
	AUTO(buf) struct buf out = BUF_INIT(1000);
	static const char *const drop[] = {"COSIGN_PASSWORD", NULL};
	struct err e = ERR_INIT;
	int status;

	setenv("COSIGN_PASSWORD", "secret", 1);
	setenv("COSIGN_OTHER", "seen", 1);
	succeeds(run(SH("echo \"[$COSIGN_PASSWORD][$COSIGN_OTHER]\""), drop, SPAN_NONE, &out, 5000, &status, &e), &e,
	    "without a variable");
	is_span(buf_span(&out), SPAN("[][seen]\n"), "what it sees");
	is_str(getenv("COSIGN_PASSWORD"), "secret", "ours stays");
	succeeds(run(SH("ls /proc/self/fd | wc -l"), drop, SPAN_NONE, &out, 5000, &status, &e), &e, "descriptors");
	is_span(span_trim(buf_span(&out)), SPAN("4"), "0, 1, 2 and that of ls");
}

static void
twin(void)
{
	struct proc p;
	struct err e = ERR_INIT;
	char text[8] = "";

	if (!succeeds(proc_twin(&p, &e), &e, "a twin"))
		return;
	if (p.pid == 0) {
		bool heard = read(p.from, text, 3) == 3 && write(p.to, text, 3) == 3 && read(p.from, text, 1) == 0;

		_exit(heard ? 5 : 6);
	}
	ok(write(p.to, "abc", 3) == 3 && read(p.from, text, sizeof(text)) == 3, "what is said to it comes back");
	is_str(text, "abc", "as it was");
	is_int(proc_stop(&p), 5, "it ends when nobody is there any more");
}

int
main(void)
{
	/* What we were started with is not ours to close. */
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
	runs();
	limited();
	environment();
	twin();
	return tap_done();
}
