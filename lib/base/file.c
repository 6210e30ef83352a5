/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/date.h"
#include "base/mem.h"
#include "base/spill.h"

enum { COPY_CHUNK = 128 << 10 };

int
file_read_fd(int fd, const char *name, struct buf *b, struct err *e)
{
	for (;;) {
		size_t want = b->max - b->len < 65536 ? b->max - b->len : 65536;
		char probe, *to;
		ssize_t n;

		if (want == 0) {
			n = read(fd, &probe, 1);
			if (n > 0) {
				b->over = true;
				return buf_check(b, name, e);
			}
		} else {
			to = buf_room(b, want);
			n = read(fd, to, want);
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, REASON_IO, "cannot read %s", name);
		if (n == 0)
			break;
		b->len += (size_t)n;
	}
	if (b->ptr)
		b->ptr[b->len] = '\0';
	return 0;
}

int
file_read(const char *path, struct buf *b, struct err *e)
{
	AUTO(fd) int fd = -1;

	if (strcmp(path, "-") == 0)
		return file_read_fd(0, "standard input", b, e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, errno == ENOENT ? REASON_NOT_FOUND : REASON_IO, "cannot open %s", path);
	return file_read_fd(fd, path, b, e);
}

static int
write_piece(int fd, const char *name, struct span bytes, struct err *e)
{
	while (bytes.len) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, REASON_IO, "cannot write %s", name);
		bytes = span_from(bytes, (size_t)n);
	}
	return 0;
}

int
file_write_fd(int fd, const char *name, struct span bytes, struct err *e)
{
	struct span piece = SPAN_NONE;

	while (spill_next(&bytes, &piece))
		if (write_piece(fd, name, piece, e))
			return -1;
	return 0;
}

bool
file_get(int fd, void *bytes, size_t len)
{
	for (char *at = bytes; len;) {
		ssize_t n = read(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

bool
file_put(int fd, const void *bytes, size_t len)
{
	return file_write_fd(fd, "a pipe", span_of(bytes, len), NULL) == 0;
}

int
file_print(struct span bytes, struct err *e)
{
	struct span piece = SPAN_NONE;

	while (spill_next(&bytes, &piece))
		if (fwrite(piece.ptr, 1, piece.len, stdout) != piece.len)
			return err_errno(e, REASON_OUTPUT, "cannot write to standard output");
	return 0;
}

int
file_print_buf(const struct buf *b, const char *what, struct err *e)
{
	return buf_check(b, what, e) ? -1 : file_print(buf_span(b), e);
}

int
file_flush(struct err *e)
{
	return fflush(stdout) ? err_errno(e, REASON_OUTPUT, "cannot write to standard output") : 0;
}

static void
sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO(charp) char *dir = slash ? xspandup(span_of(path, slash == path ? 1 : (size_t)(slash - path)))
				      : xstrdup(".");
	AUTO(fd) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		(void)fsync(fd);
}

int
file_copy_fd(int from, const char *from_name, int to, const char *to_name, struct err *e)
{
	AUTO(charp) char *chunk = xmalloc(COPY_CHUNK);
	ssize_t n;

	while ((n = read(from, chunk, COPY_CHUNK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, REASON_IO, "cannot read %s", from_name);
		if (file_write_fd(to, to_name, span_of(chunk, (size_t)n), e))
			return -1;
	}
	return 0;
}

/* What is to be written: bytes, or what stands in a file. */
struct content {
	struct span bytes;
	int from;		/* -1: the bytes */
};

static int
write_content(int fd, const char *name, const struct content *c, struct err *e)
{
	if (c->from < 0)
		return file_write_fd(fd, name, c->bytes, e);
	if (lseek(c->from, 0, SEEK_SET) < 0)
		return err_errno(e, REASON_IO, "cannot read the temporary file");
	return file_copy_fd(c->from, "the temporary file", fd, name, e);
}

static int
write_temp(int fd, const char *temp, const struct content *c, unsigned mode, struct err *e)
{
	if (fchmod(fd, (mode_t)mode))
		return err_errno(e, REASON_IO, "cannot set the mode of %s", temp);
	if (write_content(fd, temp, c, e))
		return -1;
	if (fsync(fd))
		return err_errno(e, REASON_IO, "cannot write %s", temp);
	return 0;
}

static int
put_in_place(const char *temp, const char *path, enum file_mode how, struct err *e)
{
	if (how == FILE_REPLACE) {
		if (rename(temp, path))
			return err_errno(e, REASON_IO, "cannot rename %s to %s", temp, path);
		return 0;
	}
	if (link(temp, path) == 0) {
		unlink(temp);
		return 0;
	}
	if (errno == EEXIST)
		return err_set(e, REASON_EXISTS, "%s exists", path);
	/* No hard links here (some network and FAT file systems). */
	if (file_exists(path))
		return err_set(e, REASON_EXISTS, "%s exists", path);
	if (rename(temp, path))
		return err_errno(e, REASON_IO, "cannot rename %s to %s", temp, path);
	return 0;
}

static int
write_special(const char *path, const struct content *c, struct err *e)
{
	AUTO(fd) int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(e, REASON_IO, "cannot open %s", path);
	return write_content(fd, path, c, e);
}

static int
write_whole(const char *path, const struct content *c, unsigned mode, enum file_mode how, struct err *e)
{
	AUTO(charp) char *temp = NULL;
	AUTO(fd) int fd = -1;
	struct stat st;

	if (how == FILE_REPLACE && stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return write_special(path, c, e);
	temp = xasprintf("%s.XXXXXX", path);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, REASON_IO, "cannot create a file beside %s", path);
	if (write_temp(fd, temp, c, mode, e) || put_in_place(temp, path, how, e)) {
		unlink(temp);
		return -1;
	}
	sync_parent(path);
	return 0;
}

int
file_write(const char *path, struct span bytes, unsigned mode, enum file_mode how, struct err *e)
{
	return write_whole(path, &(struct content){bytes, -1}, mode, how, e);
}

int
file_write_from(const char *path, int from, unsigned mode, enum file_mode how, struct err *e)
{
	return write_whole(path, &(struct content){SPAN_NONE, from}, mode, how, e);
}

bool
file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool
file_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int
file_mkdirs(const char *path, unsigned mode, struct err *e)
{
	AUTO(charp) char *p = xstrdup(path);

	for (char *s = p + 1;; s++) {
		char was = *s;

		if (was != '/' && was != '\0')
			continue;
		*s = '\0';
		if (mkdir(p, (mode_t)mode) && errno != EEXIST) {
			int why = errno;

			if (!file_is_dir(p)) {
				errno = why;
				return err_errno(e, REASON_IO, "cannot create %s", p);
			}
		}
		if (was == '\0')
			break;
		*s = was;
	}
	if (!file_is_dir(path))
		return err_set(e, REASON_IO, "%s is not a directory", path);
	return 0;
}

int
file_lock(const char *path, int64_t ms, int *fd, struct err *e)
{
	int64_t until = date_monotonic_ms() + ms;
	AUTO(fd) int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (lock < 0)
		return err_errno(e, REASON_IO, "cannot open the lock %s", path);
	while (flock(lock, LOCK_EX | LOCK_NB)) {
		struct timespec nap = {0, 5000000};

		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_errno(e, REASON_IO, "cannot lock %s", path);
		if (date_monotonic_ms() > until)
			return err_set(e, REASON_TIMEOUT, "somebody else holds %s", path);
		nanosleep(&nap, NULL);
	}
	*fd = lock;
	lock = -1;
	return 0;
}
