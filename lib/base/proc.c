/* SPDX-License-Identifier: Apache-2.0 */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/date.h"
#include "base/file.h"
#include "base/mem.h"

static void
close_pair(int fds[2])
{
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* In the child: from here only async-signal-safe calls and exec. */
static void NORETURN
child(const char *const argv[], const char *const drop[], const int in[2], const int out[2], int report)
{
	int why;
	ssize_t ignored;

	for (size_t i = 0; drop && drop[i]; i++)
		if (strchr(drop[i], '='))
			putenv((char *)(uintptr_t)drop[i]);
		else
			unsetenv(drop[i]);
	signal(SIGPIPE, SIG_DFL);
	if ((in[0] < 0 || dup2(in[0], 0) >= 0) && dup2(out[1], 1) >= 0)
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	why = errno;
	ignored = write(report, &why, sizeof(why));
	(void)ignored;
	_exit(127);
}

/* What is -1 in in and out is the parent's own. */
static int
start(pid_t *pid, const int in[2], const int out[2], const char *const argv[], const char *const drop[], struct err *e)
{
	int report[2], why = 0;
	ssize_t n;

	if (pipe2(report, O_CLOEXEC))
		return err_errno(e, REASON_HELPER, "cannot start %s", argv[0]);
	*pid = fork();
	if (*pid < 0) {
		close_pair(report);
		return err_errno(e, REASON_HELPER, "cannot start %s", argv[0]);
	}
	if (*pid == 0)
		child(argv, drop, in, out, report[1]);
	close(report[1]);
	do {
		n = read(report[0], &why, sizeof(why));
	} while (n < 0 && errno == EINTR);
	close(report[0]);
	if (n != (ssize_t)sizeof(why))
		return 0;
	while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
		;
	errno = why;
	return err_errno(e, REASON_HELPER, "cannot start %s", argv[0]);
}

static int
start_piped(struct proc *p, bool with_input, const char *const argv[], const char *const drop[], struct err *e)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1};

	if ((with_input && pipe2(in, O_CLOEXEC)) || pipe2(out, O_CLOEXEC)) {
		err_errno(e, REASON_HELPER, "cannot start %s", argv[0]);
	} else if (start(&p->pid, in, out, argv, drop, e) == 0) {
		fd_cleanup(&in[0]);
		close(out[1]);
		p->to = in[1];
		p->from = out[0];
		return 0;
	}
	close_pair(in);
	close_pair(out);
	*p = (struct proc)PROC_INIT;
	return -1;
}

int
proc_start(struct proc *p, const char *const argv[], const char *const drop[], struct err *e)
{
	return start_piped(p, true, argv, drop, e);
}

int
proc_start_beside(struct proc *p, const char *const argv[], const char *const drop[], struct err *e)
{
	return start_piped(p, false, argv, drop, e);
}

int
proc_launch(pid_t *pid, const char *const argv[], const char *const drop[], struct err *e)
{
	int in[2] = {open("/dev/null", O_RDONLY | O_CLOEXEC), -1}, out[2] = {-1, STDERR_FILENO};
	int rc = start(pid, in, out, argv, drop, e);

	fd_cleanup(&in[0]);
	return rc;
}

int
proc_twin(struct proc *p, struct err *e)
{
	int there[2] = {-1, -1}, back[2] = {-1, -1};

	*p = (struct proc)PROC_INIT;
	if (pipe2(there, O_CLOEXEC) == 0 && pipe2(back, O_CLOEXEC) == 0)
		p->pid = fork();
	if (p->pid < 0) {
		err_errno(e, REASON_HELPER, "cannot start a process");
		close_pair(there);
		close_pair(back);
		return -1;
	}
	close(there[p->pid ? 0 : 1]);
	close(back[p->pid ? 1 : 0]);
	p->to = p->pid ? there[1] : back[1];
	p->from = p->pid ? back[0] : there[0];
	return 0;
}

int
proc_stop(struct proc *p)
{
	int status = 0;

	if (p->to >= 0)
		close(p->to);
	if (p->from >= 0)
		close(p->from);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	*p = (struct proc)PROC_INIT;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Writes what the program's stdin takes now; closes it when all is said, or
 * when nobody listens. */
static void
feed(struct proc *p, struct span *input)
{
	ssize_t n = input->len ? write(p->to, input->ptr, input->len) : 0;

	if (n > 0)
		*input = span_from(*input, (size_t)n);
	if (input->len == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		close(p->to);
		p->to = -1;
	}
}

/* One read of its stdout: 1 more may come, 0 end, -1 failure. */
static int
collect(struct proc *p, const char *name, struct buf *out, struct err *e)
{
	char chunk[16384];
	ssize_t n = read(p->from, chunk, sizeof(chunk));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 1 : err_errno(e, REASON_HELPER, "cannot read from %s", name);
	buf_add(out, chunk, (size_t)n);
	if (out->over) {
		err_set(e, REASON_TOO_LARGE, "%s says too much", name);
		return err_expected(e, "at most %zu bytes", out->max);
	}
	return n > 0;
}

static int
converse(struct proc *p, const char *name, struct span input, struct buf *out, int64_t ms, struct err *e)
{
	int64_t until = date_monotonic_ms() + ms;
	int more = 1;

	(void)fcntl(p->to, F_SETFL, O_NONBLOCK);
	if (input.len == 0)
		feed(p, &input);
	while (more > 0) {
		struct pollfd fds[2] = {{.fd = p->from, .events = POLLIN}, {.fd = p->to, .events = POLLOUT}};
		int64_t left = until - date_monotonic_ms();

		if (left <= 0)
			return err_set(e, REASON_TIMEOUT, "%s did not end in %lld ms", name, (long long)ms);
		if (poll(fds, 2, (int)(left > 60000 ? 60000 : left)) < 0 && errno != EINTR)
			return err_errno(e, REASON_HELPER, "cannot wait for %s", name);
		if (p->to >= 0 && fds[1].revents)
			feed(p, &input);
		if (fds[0].revents)
			more = collect(p, name, out, e);
	}
	return more;
}

int
proc_run(const char *const argv[], const char *const drop[], struct span input, struct buf *out, int64_t ms,
    int *status, struct err *e)
{
	struct proc p = PROC_INIT;
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	int failed;

	if (proc_start(&p, argv, drop, e))
		return -1;
	sigaction(SIGPIPE, &ignore, &before);
	failed = converse(&p, argv[0], input, out, ms, e);
	sigaction(SIGPIPE, &before, NULL);
	if (failed)
		kill(p.pid, SIGKILL);
	*status = proc_stop(&p);
	return failed;
}

#ifndef LIBEXEC
#define LIBEXEC "/usr/local/libexec/cosign"
#endif

char *
proc_sibling(const char *name)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *path;

	if (n > 0) {
		struct span dir = span_of(self, (size_t)n);

		dir.len = (size_t)(span_rfind(dir, '/') + 1);
		path = xasprintf("%.*s%s", SPAN_FMT(dir), name);
		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	path = xasprintf("%s/%s", LIBEXEC, name);
	if (access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}
