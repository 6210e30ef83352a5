/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tufstore.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/url.h"

enum {
	LOCK_MS = 2000,		/* others hold it while they write one file */
	NAME_BYTES_MAX = 255,	/* of a file, with what a temporary name adds */
};

/* NULL where no file can have this name. */
static char *
path_of(const struct tufstore *s, struct span name)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);

	if (!s->dir)
		return NULL;
	url_encode(&text, name);
	/* Dots are not encoded: . and .. would lead elsewhere. */
	if (text.over || !text.len || text.len > NAME_BYTES_MAX - 8 || span_is(name, ".") || span_is(name, ".."))
		return NULL;
	return xasprintf("%s/%s", s->dir, buf_str(&text));
}

bool
tufstore_read(const struct tufstore *s, struct span name, struct buf *out)
{
	AUTO(charp) char *path = path_of(s, name);

	return path && file_read(path, out, NULL) == 0;
}

static void
tell(struct tufstore *s, struct err *e)
{
	char text[ERR_TEXT];

	if (!s->told && !s->quiet)
		log_warn("what the TUF repository says is not kept for the next run: %s", err_text(e, text, sizeof(text)));
	s->told = true;
}

void
tufstore_make(struct tufstore *s)
{
	struct err e = ERR_INIT;

	if (s->dir && !s->frozen && !s->told && file_mkdirs(s->dir, 0700, &e))
		tell(s, &e);
}

/* The directory itself is the lock: nothing is left behind. -1 where it cannot
 * be had; then we go on without. */
static int
lock(const struct tufstore *s)
{
	int64_t until = date_monotonic_ms() + LOCK_MS;
	int fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) && (errno == EWOULDBLOCK || errno == EINTR) &&
	    date_monotonic_ms() < until) {
		struct timespec nap = {0, 2000000};

		nanosleep(&nap, NULL);
	}
	return fd;
}

/* What stands there now came from another run that knew as much or more. */
static bool
is_outrun(const char *path, const struct tufmeta *m, struct span was)
{
	AUTO(buf) struct buf now = BUF_INIT(TUFMETA_LENGTH_MAX);
	AUTO(tufmeta) struct tufmeta *other = NULL;

	if (file_read(path, &now, NULL) || span_eq(buf_span(&now), was))
		return false;
	return tufmeta_parse(&other, m->kind, buf_span(&now), NULL) == 0 && other->version >= m->version;
}

void
tufstore_write(struct tufstore *s, struct span name, const struct tufmeta *m, struct span was)
{
	AUTO(charp) char *path = s->frozen || s->told ? NULL : path_of(s, name);
	AUTO(fd) int fd = -1;
	struct err e = ERR_INIT;

	if (!path)
		return;
	fd = lock(s);
	if (!is_outrun(path, m, was) && file_write(path, buf_span(&m->bytes), 0644, FILE_REPLACE, &e))
		tell(s, &e);
}

static int
write_unsynced(const char *path, struct span bytes, struct err *e)
{
	AUTO(charp) char *temp = xasprintf("%s.XXXXXX", path);
	AUTO(fd) int fd = mkostemp(temp, O_CLOEXEC);

	if (fd < 0)
		return err_errno(e, REASON_IO, "cannot create a file beside %s", path);
	if (fchmod(fd, 0644) || file_write_fd(fd, temp, bytes, e) || rename(temp, path)) {
		unlink(temp);
		return err_set(e, REASON_IO, "cannot write %s", path);
	}
	return 0;
}

void
tufstore_put(struct tufstore *s, struct span name, struct span bytes, bool sync)
{
	AUTO(charp) char *path = s->frozen || s->told ? NULL : path_of(s, name);
	struct err e = ERR_INIT;

	if (path && (sync ? file_write(path, bytes, 0644, FILE_REPLACE, &e) : write_unsynced(path, bytes, &e)))
		tell(s, &e);
}
