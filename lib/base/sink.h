/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SINK_H
#define BASE_SINK_H
/*
 * Somebody who takes bytes as they come, so that nothing large is ever held
 * whole: a buffer, a file, a hash, or several in a row.
 */
#include "base/buf.h"

struct sink {
	/* Takes the next bytes; -1 and *e stops the source. */
	int (*feed)(struct sink *s, struct span bytes, struct err *e);
};

/* Collects into a buffer, up to its maximum. */
struct sink_buf {
	struct sink sink;
	struct buf *buf;
	const char *what;	/* for "WHAT is too large" */
};
void	sink_buf_init(struct sink_buf *s, struct buf *buf, const char *what);

/* Writes to a descriptor, which stays the caller's. */
struct sink_fd {
	struct sink sink;
	int fd;
	const char *name;
};
void	sink_fd_init(struct sink_fd *s, int fd, const char *name);
#endif
