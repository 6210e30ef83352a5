/* SPDX-License-Identifier: Apache-2.0 */
#include "step/blobfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/spool.h"
#include "client/textref.h"
#include "codec/hex.h"

void
blobfile_spool_open(struct blobfile_spool *s)
{
	if (s->fd < 0 && spool_open(&s->fd, &s->err))
		s->fd = -1;
}

void
blobfile_spool_release(struct blobfile_spool *s)
{
	fd_cleanup(&s->fd);
	s->fd = -1;
}

void
blobfile_release(struct blobfile *f)
{
	fd_cleanup(&f->own);
	*f = (struct blobfile)BLOBFILE_INIT;
}

bool
blobfile_wants_spool(const char *name)
{
	struct stat st;

	if (strcmp(name, "-") == 0 || textref_is_url(name))
		return true;
	return textref_is_file(name) && stat(name, &st) == 0 && !S_ISREG(st.st_mode);
}

bool
blobfile_parse_digest(struct span text, enum hash *h, unsigned char value[HASH_SIZE_MAX])
{
	struct span hex = text, name = span_cut(&hex, ':');

	*h = hash_find(name);
	return *h >= HASH_SHA256 && span_is(name, hash_name(*h)) && hex_decode(value, hash_size(*h), hex);
}

const char *
blobfile_digest(const struct blobfile *f, char text[DIGEST_TEXT_MAX])
{
	for (int h = HASH_SHA256; h <= HASH_SHA512; h++)
		if (f->target.digest[h].ptr)
			return digest_text((enum hash)h, (const unsigned char *)f->target.digest[h].ptr, text);
	return NULL;
}

int
blobfile_set_digest(struct blobfile *f, const char *text, struct err *e)
{
	enum hash h;

	f->name = text;
	if (!blobfile_parse_digest(span_str(text), &h, f->given)) {
		err_set(e, REASON_BAD_DIGEST, "%s is no digest", text);
		return err_expected(e, "sha256:, sha384: or sha512:, and as many hexadecimal digits as it takes");
	}
	f->target.digest[h] = span_of(f->given, hash_size(h));
	f->target.named = true;
	return 0;
}

static int
take_digest(struct blobfile *f, bool keep, struct err *e)
{
	if (blobfile_set_digest(f, f->name, NULL))
		return err_set(e, REASON_NOT_FOUND, "cannot open %s: no such file", f->name);
	return keep ? err_set(e, REASON_USAGE, "a digest has no content to put out") : 0;
}

static void
take_hashes(struct blobfile *f, unsigned needs)
{
	for (int h = HASH_SHA224; h <= HASH_SHA512; h++)
		if (needs & 1u << h)
			f->target.digest[h] = digest_file_span(&f->digest, (enum hash)h);
}

/* --- the spool --- */

static int
empty_spool(struct blobfile_spool *s, struct err *e)
{
	if (s->fd < 0) {
		*e = s->err;
		return -1;
	}
	if (ftruncate(s->fd, 0) || lseek(s->fd, 0, SEEK_SET) < 0)
		return err_errno(e, REASON_IO, "cannot empty the temporary file");
	return 0;
}

static int
rewind_to(int fd, struct err *e)
{
	return lseek(fd, 0, SEEK_SET) < 0 ? err_errno(e, REASON_IO, "cannot read the file again") : 0;
}

/* --- what can be read --- */

static bool
is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static int
check_pure(void *file, struct pubkey *k, struct span sig, struct err *e)
{
	const struct blobfile *f = file;

	return pubkey_verify_pure(k, f->whole, f->name, sig, e);
}

/* Standard input may have been read from already, as a shell can have it: it
 * begins where it stands, so that only a copy is all of it and nothing more. */
static bool
needs_copy(int fd, unsigned needs, bool keep)
{
	return keep || ((needs & VERIFY_NEEDS_BYTES) && (fd == STDIN_FILENO || !is_regular(fd)));
}

/* What was read can be read again at fd, which stays open as long as f. */
static void
finish(struct blobfile *f, int fd, unsigned needs, bool keep)
{
	take_hashes(f, needs);
	if (needs & VERIFY_NEEDS_BYTES) {
		f->whole = fd;
		f->target.pure = check_pure;
		f->target.file = f;
	}
	if (keep)
		f->fd = fd;
}

static int
read_fd(struct blobfile *f, int fd, unsigned needs, bool keep, struct blobfile_spool *s, struct err *e)
{
	struct sink_fd copy;
	bool copies = needs_copy(fd, needs, keep);

	if (copies) {
		if (empty_spool(s, e))
			return -1;
		sink_fd_init(&copy, s->fd, "the temporary file");
	}
	if (digest_file_fd(&f->digest, fd, f->name, needs & ~(unsigned)VERIFY_NEEDS_BYTES, copies ? &copy.sink : NULL, e))
		return -1;
	finish(f, copies ? s->fd : fd, needs, keep);
	return 0;
}

/* A URL is spooled whole, then hashed: it comes from another process anyway. */
static int
read_url(struct blobfile *f, unsigned needs, bool keep, struct blobfile_spool *s, struct err *e)
{
	struct sink_fd copy;

	if (empty_spool(s, e))
		return -1;
	sink_fd_init(&copy, s->fd, "the temporary file");
	if (textref_fetch(f->name, BLOBFILE_URL_MAX, &copy.sink, e) || rewind_to(s->fd, e) ||
	    digest_file_fd(&f->digest, s->fd, f->name, needs & ~(unsigned)VERIFY_NEEDS_BYTES, NULL, e))
		return -1;
	finish(f, s->fd, needs, keep);
	return 0;
}

void
blobfile_set_bytes(struct blobfile *f, const char *name, struct span bytes, unsigned needs)
{
	f->name = name;
	for (int h = HASH_SHA224; h <= HASH_SHA512; h++)
		if (needs & 1u << h)
			digest_of((enum hash)h, bytes, f->digest.value[h]);
	take_hashes(f, needs);
	f->target.bytes = bytes.ptr ? bytes : SPAN("");
}

static int
read_variable(struct blobfile *f, unsigned needs, bool keep, struct blobfile_spool *s, struct err *e)
{
	struct span value;

	if (textref_variable(f->name, &value, e))
		return -1;
	blobfile_set_bytes(f, f->name, value, needs);
	if (!keep)
		return 0;
	f->fd = s->fd;
	return empty_spool(s, e) || file_write_fd(s->fd, "the temporary file", value, e) ? -1 : 0;
}

static int
read_path(struct blobfile *f, unsigned needs, bool keep, struct blobfile_spool *s, struct err *e)
{
	f->own = open(f->name, O_RDONLY | O_CLOEXEC);
	if (f->own < 0 && (errno == ENOENT || errno == ENAMETOOLONG))
		return take_digest(f, keep, e);
	if (f->own < 0)
		return err_errno(e, REASON_IO, "cannot open %s", f->name);
	return read_fd(f, f->own, needs, keep, s, e);
}

int
blobfile_read(struct blobfile *f, const char *name, unsigned needs, bool keep, struct blobfile_spool *s, struct err *e)
{
	*f = (struct blobfile)BLOBFILE_INIT;
	f->name = name;
	if (strcmp(name, "-") == 0) {
		f->name = "standard input";
		return read_fd(f, STDIN_FILENO, needs, keep, s, e);
	}
	if (textref_is_url(name))
		return read_url(f, needs, keep, s, e);
	return textref_is_file(name) ? read_path(f, needs, keep, s, e) : read_variable(f, needs, keep, s, e);
}
