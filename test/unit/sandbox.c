/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/date.h"
#include "base/mem.h"
#include "base/sandbox_filter.h"
#include "tap.h"

static char dir[] = "/tmp/sandbox.XXXXXX";
static char *inside, *outside;
static struct sandbox found;	/* what this machine has */

/* What a child tries; gives 0 or errno. */
struct attempt {
	const char *name;
	int (*try)(void);
	int want;		/* 0 works, 1 EPERM or EACCES, else that errno */
	bool by_landlock;	/* needs it to be refused */
};

static int
result(long rc)
{
	return rc < 0 ? errno : 0;
}

static int try_socket(void) { return result(socket(AF_INET, SOCK_STREAM, 0)); }
static int try_unix(void) { return result(socket(AF_UNIX, SOCK_STREAM, 0)); }
static int try_packet(void) { return result(socket(AF_PACKET, SOCK_RAW, 0)); }
static int try_pair(void) { int fds[2]; return result(socketpair(AF_UNIX, SOCK_STREAM, 0, fds)); }
static int try_inside(void) { return result(open(inside, O_RDONLY)); }
static int try_outside(void) { return result(open(outside, O_RDONLY)); }
static int try_passwd(void) { return result(open("/etc/passwd", O_RDONLY)); }
static int try_missing(void) { return result(open("/etc/no such file", O_RDONLY)); }
static int try_write(void) { return result(open(inside, O_WRONLY)); }
static int try_make(void) { return result(syscall(SYS_openat, AT_FDCWD, "/tmp/sandbox.new", O_CREAT | O_RDONLY, 0600)); }
static int try_temporary(void) { return result(open("/tmp", O_TMPFILE | O_RDWR, 0600)); }
static int try_unlink(void) { return result(unlink(inside)); }
static int try_mkdir(void) { return result(mkdir("/tmp/sandbox.dir", 0700)); }
static int try_chmod(void) { return result(chmod(inside, 0600)); }
static int UNUSED try_ptrace(void) { return result(ptrace(PTRACE_ATTACH, getppid(), 0, 0)); }
static int try_unshare(void) { return result(unshare(CLONE_NEWUSER)); }
static int try_openat2(void) { return result(syscall(437, AT_FDCWD, inside, NULL, 0)); }
static int try_type(void) { return result(ioctl(STDERR_FILENO, TIOCSTI, "x")); }
static int try_kill(void) { return result(kill(getppid(), 0)); }

static int
try_exec(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int
try_vm_read(void)
{
	return result(syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
}

/* Pipes, processes and memory are what is left. */
static int
try_life(void)
{
	int fds[2], status = 0;
	char c = 0;
	pid_t pid;

	if (pipe(fds) || (pid = fork()) < 0)
		return errno;
	if (pid == 0)
		_exit(write(fds[1], "x", 1) == 1 ? 0 : 1);
	if (waitpid(pid, &status, 0) != pid || status || read(fds[0], &c, 1) != 1 || c != 'x')
		return EIO;
	free(xcalloc(64, 1 << 20));
	return date_monotonic_ms() > 0 ? 0 : EIO;
}

static const struct attempt judge[] = {
	{"a socket", try_socket, 1, false},
	{"a socket of this machine", try_unix, 1, false},
	{"a pair of sockets", try_pair, 1, false},
	{"an input", try_inside, 0, false},
	{"a file that is no input", try_outside, 1, true},
	{"/etc/passwd", try_passwd, 1, true},
	{"a file that is not there", try_missing, ENOENT, false},
	{"writing to an input", try_write, 1, false},
	{"making a file", try_make, 1, false},
	{"a temporary file", try_temporary, 1, false},
	{"removing an input", try_unlink, 1, false},
	{"a new directory", try_mkdir, 1, false},
	{"a file's mode", try_chmod, 1, false},
	{"a program", try_exec, 1, false},
	{"memory of another process", try_vm_read, 1, false},
#if !SANDBOX_INSTRUMENTED
	{"tracing another process", try_ptrace, 1, false},
#endif
	{"a new namespace", try_unshare, 1, false},
	{"openat2", try_openat2, ENOSYS, false},
	{"typing into the terminal", try_type, 1, false},
	{"pipes, processes, memory", try_life, 0, false},
};

static const struct attempt speaker[] = {
	{"a socket", try_socket, 0, false},
	{"a socket of this machine", try_unix, 0, false},
	{"a raw socket", try_packet, EAFNOSUPPORT, false},
	{"an input", try_inside, 0, false},
	{"a file that is no input", try_outside, 1, true},
	{"making a file", try_make, 1, false},
	{"a program", try_exec, 1, false},
	{"pipes, processes, memory", try_life, 0, false},
};

static const struct attempt writer[] = {
	{"a socket", try_socket, 1, false},
	{"a file", try_outside, 0, false},
	{"writing to a file", try_write, 0, false},
	{"a program", try_exec, 1, false},
	{"a signal to a process from before", try_kill, 0, false},
};

/* errno of an attempt in a process that entered the sandbox. */
static int
confined(const struct attempt *a, unsigned keep)
{
	const char *const reads[] = {inside, "/no/such/directory"};
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)sandbox_enter(keep, reads, countof(reads));
		_exit(a->try());
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static void
try_all(const char *who, const struct attempt *list, size_t count, unsigned keep)
{
	for (size_t i = 0; i < count; i++) {
		const struct attempt *a = &list[i];
		int got;

		if (a->want && a->want != ENOENT && (a->by_landlock ? !found.landlock : !found.seccomp)) {
			skip("the kernel does not have it", "%s: %s", who, a->name);
			continue;
		}
		got = confined(a, keep);
		if (a->want == 1)
			ok(got == EPERM || got == EACCES, "%s: refused: %s (%d)", who, a->name, got);
		else
			is_int(got, a->want, "%s: %s", who, a->name);
	}
}

static void
asks(void)
{
	int fds[2], status;
	pid_t pid;

	if (pipe(fds) || (pid = fork()) < 0) {
		ok(false, "a child");
		return;
	}
	if (pid == 0) {
		struct sandbox s = sandbox_enter(0, NULL, 0);

		_exit(write(fds[1], &s, sizeof(s)) == (ssize_t)sizeof(s) ? 0 : 1);
	}
	ok(waitpid(pid, &status, 0) == pid && status == 0 &&
	    read(fds[0], &found, sizeof(found)) == (ssize_t)sizeof(found), "entered");
	diag("seccomp %d, landlock %d", found.seccomp, found.landlock);
	close(fds[0]);
	close(fds[1]);
}

static void
signals(void)
{
	static const struct attempt a = {"a signal to a process from before", try_kill, 1, true};

	if (found.landlock >= 6)
		try_all("judge", &a, 1, 0);
	else
		skip("Landlock is older than version 6", "judge: refused: %s", a.name);
}

int
main(void)
{
	if (!mkdtemp(dir))
		return 1;
	inside = xasprintf("%s/inside", dir);
	outside = xasprintf("%s/outside", dir);
	close(open(inside, O_WRONLY | O_CREAT, 0600));
	close(open(outside, O_WRONLY | O_CREAT, 0600));
	asks();
	try_all("judge", judge, countof(judge), 0);
	try_all("co-process", speaker, countof(speaker), SANDBOX_NET);
	try_all("signer", writer, countof(writer), SANDBOX_READ | SANDBOX_WRITE | SANDBOX_SIGNAL);
	signals();
	unlink(inside);
	unlink(outside);
	rmdir(dir);
	free(inside);
	free(outside);
	return tap_done();
}
