/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_FILE_H
#define BASE_FILE_H
/*
 * Files, whole: capped reads, and writes that are either done or not done.
 */
#include "base/buf.h"

/* Reads a file ("-" is stdin) into b, which gives the maximum. A missing file
 * is REASON_NOT_FOUND, any other failure REASON_IO, REASON_TOO_LARGE. */
int	file_read(const char *path, struct buf *b, struct err *e) MUST_CHECK;
int	file_read_fd(int fd, const char *name, struct buf *b, struct err *e) MUST_CHECK;

enum file_mode {
	FILE_KEEP = 0,		/* refuse with REASON_EXISTS when it is there */
	FILE_REPLACE = 1,
};

/* Writes bytes to a temporary name beside path, fsyncs, renames (or links, for
 * FILE_KEEP), fsyncs the directory. mode is the file's exact mode: umask does
 * not apply. A path that is no regular file (/dev/stdout, a pipe) is written
 * to directly. */
int	file_write(const char *path, struct span bytes, unsigned mode, enum file_mode how,
	    struct err *e) MUST_CHECK;
/* The same of what stands in a file from its start to its end, in constant
 * memory. */
int	file_write_from(const char *path, int from, unsigned mode, enum file_mode how, struct err *e) MUST_CHECK;
/* From where from stands to its end; names are for messages. */
int	file_copy_fd(int from, const char *from_name, int to, const char *to_name, struct err *e) MUST_CHECK;
/* write(2) until all is out. */
int	file_write_fd(int fd, const char *name, struct span bytes, struct err *e) MUST_CHECK;

/* Between two processes that are one program: just these bytes, or false for an
 * error or an end before the last. */
bool	file_get(int fd, void *bytes, size_t len) MUST_CHECK;
bool	file_put(int fd, const void *bytes, size_t len) MUST_CHECK;

/* To standard output, as fwrite does; REASON_OUTPUT. */
int	file_print(struct span bytes, struct err *e);
/* The same of a buffer, after buf_check(): what names it when it was too small. */
int	file_print_buf(const struct buf *b, const char *what, struct err *e) MUST_CHECK;
/* What was printed so far, out to whoever waits for it; REASON_OUTPUT. */
int	file_flush(struct err *e) MUST_CHECK;

bool	file_exists(const char *path);
bool	file_is_dir(const char *path);
/* mkdir -p, each new directory with mode. */
int	file_mkdirs(const char *path, unsigned mode, struct err *e) MUST_CHECK;

/* An exclusive lock on path (made if missing), held until the fd is closed;
 * waits at most ms, then REASON_TIMEOUT. */
int	file_lock(const char *path, int64_t ms, int *fd, struct err *e) MUST_CHECK;
#endif
