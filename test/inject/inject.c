/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults from below, by LD_PRELOAD:
 *
 *	INJECT='KIND N' INJECT_IN=PROGRAM LD_PRELOAD=inject.so PROGRAM ...
 *
 * In the process whose name is PROGRAM, the N-th call (1 is the first) that
 * KIND is about goes wrong:
 *
 *	kill	ends the process by SIGKILL just before it touches the disk
 *	torn	the same, but half of what a write had is written
 *	full	ENOSPC from what creates or extends a file, from the N-th on
 *	broken	EIO from what touches the disk, once
 *	memory	malloc, calloc and realloc give nothing, once
 *	short	reads and writes of at most N bytes, always
 *	again	EINTR from half the calls that can be interrupted
 *
 * INJECT_COUNT names a file that gets the number of such calls, in case the
 * process gets as far as its end. The system's own calls are made directly, so
 * that nothing here needs memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum kind { NONE, KILL, TORN, FULL, BROKEN, MEMORY, SHORT, AGAIN };

static enum kind kind;
static long number, calls;
static long count_fd = -1;	/* opened at once: a sandbox would not let us later */

void	*__libc_malloc(size_t size);
void	*__libc_calloc(size_t count, size_t size);
void	*__libc_realloc(void *p, size_t size);
ssize_t	__read_chk(int fd, void *buf, size_t n, size_t room);
int	__open_2(const char *path, int flags);
int	__openat_2(int dir, const char *path, int flags);

static void
say(long n)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%-20ld\n", n);

	syscall(SYS_pwrite64, count_fd, text, (size_t)len, 0L);
}

__attribute__((constructor)) static void
start(void)
{
	static const char *const names[] = {"none", "kill", "torn", "full", "broken", "memory", "short", "again"};
	const char *what = getenv("INJECT"), *in = getenv("INJECT_IN");
	const char *space = what ? strchr(what, ' ') : NULL, *count_file = getenv("INJECT_COUNT");

	if (!space || !in || strcmp(in, program_invocation_short_name) != 0)
		return;
	number = strtol(space, NULL, 10);
	if (count_file)
		count_fd = syscall(SYS_openat, AT_FDCWD, count_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(what, names[i], (size_t)(space - what)) == 0 && names[i][space - what] == '\0')
			kind = (enum kind)i;
}

__attribute__((destructor)) static void
finish(void)
{
	if (kind != NONE && count_fd >= 0)
		say(calls);
}

static void
die(void)
{
	syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
}

/* Whether this call, which touches the disk, goes wrong, and how. */
static bool
disk(bool grows)
{
	if (kind != KILL && kind != TORN && kind != BROKEN && !(kind == FULL && grows))
		return false;
	calls++;
	if (kind == FULL ? calls < number : calls != number)
		return false;
	if (kind == KILL)
		die();
	errno = kind == FULL ? ENOSPC : EIO;
	return kind != TORN;
}

static bool
interrupted(void)
{
	/* Without any rhythm that a loop could fall in with. */
	if (kind != AGAIN || (++calls * 2654435761u >> 7) % 2 == 0)
		return false;
	errno = EINTR;
	return true;
}

static size_t
shorter(size_t n)
{
	return kind == SHORT && n > (size_t)number ? (size_t)number : n;
}

static bool
no_memory(void)
{
	if (kind != MEMORY || ++calls != number)
		return false;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t size)
{
	return no_memory() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return no_memory() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *p, size_t size)
{
	return no_memory() ? NULL : __libc_realloc(p, size);
}

ssize_t
read(int fd, void *buf, size_t n)
{
	return interrupted() ? -1 : syscall(SYS_read, fd, buf, shorter(n));
}

ssize_t
__read_chk(int fd, void *buf, size_t n, size_t room)
{
	if (n > room)
		abort();
	return read(fd, buf, n);
}

static bool
is_file(int fd)
{
	struct stat st;

	return syscall(SYS_fstat, fd, &st) == 0 && S_ISREG(st.st_mode);
}

ssize_t
write(int fd, const void *buf, size_t n)
{
	if (is_file(fd)) {
		if (disk(true))
			return -1;
		if (kind == TORN && calls == number) {
			syscall(SYS_write, fd, buf, n / 2);
			die();
		}
	}
	return interrupted() ? -1 : syscall(SYS_write, fd, buf, shorter(n));
}

static int
open_at(int dir, const char *path, int flags, mode_t mode)
{
	if ((flags & O_CREAT) && disk(true))
		return -1;
	return (int)syscall(SYS_openat, dir, path, flags, mode);
}

static mode_t
mode_of(int flags, va_list ap)
{
	return flags & (O_CREAT | __O_TMPFILE) ? (mode_t)va_arg(ap, unsigned) : 0;
}

#define OPEN(name, params, dir)				\
int							\
name params						\
{							\
	va_list ap;					\
	mode_t mode;					\
							\
	va_start(ap, flags);				\
	mode = mode_of(flags, ap);			\
	va_end(ap);					\
	return open_at(dir, path, flags, mode);		\
}

OPEN(open, (const char *path, int flags, ...), AT_FDCWD)
OPEN(open64, (const char *path, int flags, ...), AT_FDCWD)
OPEN(openat, (int dir, const char *path, int flags, ...), dir)
OPEN(openat64, (int dir, const char *path, int flags, ...), dir)

int
__open_2(const char *path, int flags)
{
	return open_at(AT_FDCWD, path, flags, 0);
}

int
__openat_2(int dir, const char *path, int flags)
{
	return open_at(dir, path, flags, 0);
}

/* libc's own would not call our open. */
int
mkostemp(char *template, int flags)
{
	static unsigned tried;
	char *end = template + strlen(template) - 6;
	int fd;

	do {
		char text[8];

		snprintf(text, sizeof(text), "%06u", ((unsigned)getpid() * 31 + tried++) % 1000000);
		memcpy(end, text, 6);
		fd = open_at(AT_FDCWD, template, O_RDWR | O_CREAT | O_EXCL | flags, 0600);
	} while (fd < 0 && errno == EEXIST);
	return fd;
}

int
mkstemp(char *template)
{
	return mkostemp(template, 0);
}

int
rename(const char *from, const char *to)
{
	return disk(true) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
renameat(int fromdir, const char *from, int todir, const char *to)
{
	return disk(true) ? -1 : (int)syscall(SYS_renameat2, fromdir, from, todir, to, 0);
}

int
link(const char *from, const char *to)
{
	return disk(true) ? -1 : (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
linkat(int fromdir, const char *from, int todir, const char *to, int flags)
{
	return disk(true) ? -1 : (int)syscall(SYS_linkat, fromdir, from, todir, to, flags);
}

int
unlink(const char *path)
{
	return disk(false) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int
unlinkat(int dir, const char *path, int flags)
{
	return disk(false) ? -1 : (int)syscall(SYS_unlinkat, dir, path, flags);
}

int
mkdir(const char *path, mode_t mode)
{
	return disk(true) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int
mkdirat(int dir, const char *path, mode_t mode)
{
	return disk(true) ? -1 : (int)syscall(SYS_mkdirat, dir, path, mode);
}

int
fchmod(int fd, mode_t mode)
{
	return disk(false) ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

int
fsync(int fd)
{
	return disk(true) ? -1 : (int)syscall(SYS_fsync, fd);
}

int
flock(int fd, int how)
{
	return interrupted() ? -1 : (int)syscall(SYS_flock, fd, how);
}

int
poll(struct pollfd *fds, nfds_t n, int ms)
{
	return interrupted() ? -1 : (int)syscall(SYS_poll, fds, n, ms);
}

pid_t
waitpid(pid_t pid, int *status, int flags)
{
	return interrupted() ? -1 : (pid_t)syscall(SYS_wait4, pid, status, flags, NULL);
}
