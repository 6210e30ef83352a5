/* SPDX-License-Identifier: Apache-2.0 */
#include "json/query.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/mem.h"
#include "base/proc.h"
#include "json/jqrun.h"
#include "json/scan.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static void
place_descriptors(int in, int out, int report)
{
	int high[JQRUN_FDS] = {
		[JQRUN_IN] = fcntl(in, F_DUPFD, JQRUN_FDS), [JQRUN_OUT] = fcntl(out, F_DUPFD, JQRUN_FDS),
		[JQRUN_REPORT] = fcntl(report, F_DUPFD, JQRUN_FDS), [JQRUN_ERR] = -1,
	};
	int null = open("/dev/null", O_WRONLY);

	high[JQRUN_ERR] = SANITIZED ? fcntl(2, F_DUPFD, JQRUN_FDS) : fcntl(null, F_DUPFD, JQRUN_FDS);
	for (int i = 0; i < JQRUN_FDS; i++)
		if (high[i] < 0 || dup2(high[i], i) < 0)
			_exit(1);
	if (close_range(JQRUN_FDS, ~0u, 0) != 0)
		_exit(1);
}

/* Becomes the program that alone links libjq. */
static void NORETURN
become_jq(const char *path, char *filter, unsigned cpu_seconds)
{
	char seconds[16];
	char name[] = "cosign-run-jq", report[] = "--report", cpu[] = "--cpu-seconds", end[] = "--";
	char *argv[] = {name, report, cpu, seconds, end, filter, NULL};
	static char *none[] = {NULL};

	snprintf(seconds, sizeof(seconds), "%u", cpu_seconds);
	if (strchr(path, '/'))
		execve(path, argv, none);
	else
		execvpe(path, argv, none);
	_exit(127);
}

static ssize_t
read_some(int fd, char *to, size_t size)
{
	ssize_t n;

	do {
		n = read(fd, to, size);
	} while (n < 0 && errno == EINTR);
	return n;
}

static void
close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int
reap(struct query *q)
{
	int status = 0;

	close_end(&q->to);
	close_end(&q->from);
	while (waitpid(q->pid, &status, 0) < 0 && errno == EINTR)
		;
	q->pid = -1;
	return status;
}

void
query_stop(struct query *q)
{
	if (q->pid <= 0)
		return;
	kill(q->pid, SIGKILL);
	(void)reap(q);
}

static const char *
name_of(const struct query *q)
{
	return q->name ? q->name : "--jq";
}

/* What a child that said nothing died of. */
static int
bad_end(const struct query *q, int status, struct err *e)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (sig == SIGXCPU || sig == SIGKILL)
		return err_set(e, REASON_TIMEOUT,
		    "%s: the filter took more than %u s of CPU time", name_of(q), q->cpu_seconds);
	if (sig)
		return err_set(e, REASON_FAILED, "%s: libjq died of signal %d", name_of(q), sig);
	if (WEXITSTATUS(status) == 127)
		return err_set(e, REASON_HELPER, "%s: cosign-run-jq cannot be run", name_of(q));
	return err_set(e, REASON_FAILED, "%s: libjq ended with status %d", name_of(q), WEXITSTATUS(status));
}

/* The child's last words, behind JQRUN_READY: 0 for a good end. */
static int
judge(const struct query *q, char *message, size_t len, int status, struct err *e)
{
	static const struct { char word; enum reason reason; const char *what; } ends[] = {
		{JQRUN_SYNTAX, REASON_USAGE, "no jq filter"},
		{JQRUN_ERROR, REASON_FAILED, "the filter failed"},
		{JQRUN_OUTPUT, REASON_OUTPUT, "cannot write results"},
		{JQRUN_MEMORY, REASON_TOO_LARGE, "the filter needs too much memory"},
	};

	message[len] = '\0';
	if (message[0] == JQRUN_DONE && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	for (size_t i = 0; i < countof(ends); i++)
		if (len > 0 && message[0] == ends[i].word)
			return err_set(e, ends[i].reason, "%s: %s%s%s", name_of(q), ends[i].what,
			    len > 1 ? ": " : "", message + 1);
	return bad_end(q, status, e);
}

int
query_finish(struct query *q, struct err *e)
{
	char message[1 + JQRUN_MESSAGE_MAX + 1];
	size_t len = 0;
	ssize_t n;

	if (q->pid <= 0)
		return 0;
	close_end(&q->to);
	while (len < sizeof(message) - 1 &&
	    (n = read_some(q->from, message + len, sizeof(message) - 1 - len)) > 0)
		len += (size_t)n;
	return judge(q, message, len, reap(q), e);
}

static int
await_ready(struct query *q, struct err *e)
{
	char message[1 + JQRUN_MESSAGE_MAX + 1] = "";
	ssize_t n = read_some(q->from, message, sizeof(message) - 1);

	if (n > 0 && message[0] == JQRUN_READY)
		return 0;
	return judge(q, message, n > 0 ? (size_t)n : 0, reap(q), e);
}

int
query_start(struct query *q, const char *filter, int out_fd, struct err *e)
{
	AUTO(charp) char *sibling = proc_sibling("cosign-run-jq");
	/* Behind a blank it is no flag, whatever it begins with. */
	AUTO(charp) char *text = xasprintf(" %s", filter);
	int in[2] = {-1, -1}, report[2] = {-1, -1};

	/* A socket, so that writing to a child that is gone raises no signal. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0 ||
	    pipe2(report, O_CLOEXEC) != 0 ||
	    (q->pid = fork()) < 0) {
		err_errno(e, REASON_FAILED, "%s: cannot start", name_of(q));
		for (int i = 0; i < 2; i++) {
			close_end(&in[i]);
			close_end(&report[i]);
		}
		return -1;
	}
	if (q->pid == 0) {
		place_descriptors(in[0], out_fd, report[1]);
		become_jq(sibling ? sibling : "cosign-run-jq", text, q->cpu_seconds);
	}
	close(in[0]);
	close(report[1]);
	q->to = in[1];
	q->from = report[0];
	return await_ready(q, e);
}

/* Sends all; false if the child is gone. */
static bool
send_all(struct query *q, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = send(q->to, bytes.ptr, bytes.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes = span_from(bytes, (size_t)n);
	}
	return true;
}

int
query_feed(struct query *q, struct span json, struct err *e)
{
	struct node root;

	if (scan_document(json, &root, e) != 0)
		return err_wrap(e, "%s", name_of(q));
	if (q->pid <= 0 || (send_all(q, root.raw) && send_all(q, SPAN("\n"))))
		return 0;
	return query_finish(q, e);
}
