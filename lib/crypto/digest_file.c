/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/digest_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"

/* What fits the second-level cache: copied in, then hashed out of it. */
enum { CHUNK = 128 << 10 };

struct hashing {
	struct digest parts[DIGEST_FILE_HASHES];
	unsigned hashes;
};

static bool
wants(unsigned hashes, size_t h)
{
	return h != HASH_NONE && hashes >> h & 1;
}

static void
start(struct hashing *w, unsigned hashes)
{
	*w = (struct hashing){.hashes = hashes};
	for (size_t h = 0; h < DIGEST_FILE_HASHES; h++)
		if (wants(hashes, h))
			digest_init(&w->parts[h], (enum hash)h);
}

static int
feed(struct hashing *w, struct span bytes, struct sink *also, struct err *e)
{
	for (size_t h = 0; h < DIGEST_FILE_HASHES; h++)
		if (wants(w->hashes, h))
			digest_update(&w->parts[h], bytes);
	return also ? also->feed(also, bytes, e) : 0;
}

/* Full chunks even from a pipe: hashes like long pieces. -1 at an error. */
static ssize_t
read_chunk(int fd, char *chunk)
{
	size_t got = 0;

	while (got < CHUNK) {
		ssize_t n = read(fd, chunk + got, CHUNK - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

static int
pump(struct hashing *w, int fd, const char *name, struct sink *also, uint64_t *size, struct err *e)
{
	AUTO(charp) char *chunk = xmalloc(CHUNK);
	ssize_t n;

	*size = 0;
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	while ((n = read_chunk(fd, chunk)) > 0) {
		if (feed(w, span_of(chunk, (size_t)n), also, e))
			return -1;
		*size += (uint64_t)n;
	}
	return n < 0 ? err_errno(e, REASON_IO, "cannot read %s", name) : 0;
}

int
digest_file_fd(struct digest_file *d, int fd, const char *name, unsigned hashes, struct sink *also,
    struct err *e)
{
	struct hashing w;
	int status;

	start(&w, hashes);
	status = pump(&w, fd, name, also, &d->size, e);
	for (size_t h = 0; h < DIGEST_FILE_HASHES; h++)
		if (wants(hashes, h) && status == 0)
			digest_final(&w.parts[h], d->value[h]);
		else if (wants(hashes, h))
			digest_release(&w.parts[h]);
	return status;
}

int
digest_file_path(struct digest_file *d, const char *path, unsigned hashes, struct sink *also, struct err *e)
{
	AUTO(fd) int fd = -1;

	if (strcmp(path, "-") == 0)
		return digest_file_fd(d, 0, "standard input", hashes, also, e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, errno == ENOENT ? REASON_NOT_FOUND : REASON_IO, "cannot open %s", path);
	return digest_file_fd(d, fd, path, hashes, also, e);
}
