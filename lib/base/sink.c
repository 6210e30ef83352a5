/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sink.h"

#include "base/file.h"

static int
feed_buf(struct sink *s, struct span bytes, struct err *e)
{
	struct sink_buf *b = (struct sink_buf *)s;

	buf_add_span(b->buf, bytes);
	return buf_check(b->buf, b->what, e);
}

void
sink_buf_init(struct sink_buf *s, struct buf *buf, const char *what)
{
	*s = (struct sink_buf){{feed_buf}, buf, what};
}

static int
feed_fd(struct sink *s, struct span bytes, struct err *e)
{
	struct sink_fd *f = (struct sink_fd *)s;

	return file_write_fd(f->fd, f->name, bytes, e);
}

void
sink_fd_init(struct sink_fd *s, int fd, const char *name)
{
	*s = (struct sink_fd){{feed_fd}, fd, name};
}
