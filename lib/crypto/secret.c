/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/mem.h"

/* Neither a core file nor another process of the same user may see memory
 * from now on. */
static void
close_the_windows(void)
{
	static const struct rlimit none = {0, 0};
	static bool done;

	if (done)
		return;
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	done = true;
}

void
secret_new(struct secret *s, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = (len / page + 1) * page;
	void *p;

	close_the_windows();
	p = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		mem_exhausted();
	/* Where the limit of locked memory is small, unlocked is what we get. */
	(void)mlock(p, room);
	(void)madvise(p, room, MADV_DONTDUMP);
	*s = (struct secret){p, len, room};
}

void
secret_copy(struct secret *s, struct span bytes)
{
	secret_new(s, bytes.len);
	if (bytes.len)
		memcpy(s->bytes, bytes.ptr, bytes.len);
}

void
secret_release(struct secret *s)
{
	if (s->bytes) {
		mem_wipe(s->bytes, s->room);
		munmap(s->bytes, s->room);
	}
	*s = (struct secret)SECRET_INIT;
}

static void
grow(struct secret *s)
{
	struct secret larger;

	secret_new(&larger, s->room * 2);
	memcpy(larger.bytes, s->bytes, s->len);
	larger.len = s->len;
	secret_release(s);
	*s = larger;
}

/* Reads until the end or the maximum; s has room for one byte at least. */
static int
fill(struct secret *s, int fd, const char *name, size_t max, struct err *e)
{
	for (;;) {
		ssize_t n;

		if (s->len > max)
			return err_set(e, REASON_TOO_LARGE, "%s is longer than %zu bytes", name, max);
		if (s->len == s->room)
			grow(s);
		n = read(fd, s->bytes + s->len, s->room - s->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, REASON_IO, "cannot read %s", name);
		if (n == 0)
			return 0;
		s->len += (size_t)n;
	}
}

int
secret_read_fd(struct secret *s, int fd, const char *name, size_t max, struct err *e)
{
	secret_release(s);
	secret_new(s, 0);
	if (fill(s, fd, name, max, e)) {
		secret_release(s);
		return -1;
	}
	return 0;
}

int
secret_read_file(struct secret *s, const char *path, size_t max, struct err *e)
{
	AUTO(fd) int fd = -1;

	if (strcmp(path, "-") == 0)
		return secret_read_fd(s, 0, "standard input", max, e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, errno == ENOENT ? REASON_NOT_FOUND : REASON_IO, "cannot open %s", path);
	return secret_read_fd(s, fd, path, max, e);
}
