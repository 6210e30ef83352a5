/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lines.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

enum { READ_SIZE = 65536 };

void
lines_init(struct lines *l, int fd, char end, const char *name, size_t max)
{
	*l = (struct lines){.fd = fd, .end = end, .name = name};
	buf_init(&l->buf, max < READ_SIZE ? READ_SIZE : max);
}

void
lines_release(struct lines *l)
{
	buf_release(&l->buf);
}

static bool
can_read(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) != 0;
}

/* Moves what is left to the front, so that the limit is about one line. */
static void
forget_given(struct lines *l)
{
	if (l->at == 0)
		return;
	memmove(l->buf.ptr, l->buf.ptr + l->at, l->buf.len - l->at);
	l->buf.len -= l->at;
	l->at = 0;
}

/* Reads once; the end is remembered. */
static int
fill(struct lines *l, struct err *e)
{
	size_t left, want;
	char *room;
	ssize_t n;

	forget_given(l);
	if (l->buf.len == l->buf.max) {
		/* The line goes on; what is here of it is dropped. */
		l->skipping = true;
		buf_reset(&l->buf);
		l->seen = 0;
	}
	left = l->buf.max - l->buf.len;
	want = left < READ_SIZE ? left : READ_SIZE;
	room = buf_room(&l->buf, want);
	do {
		n = read(l->fd, room, want);
	} while (n < 0 && errno == EINTR);
	l->eof = n <= 0;
	if (n < 0) {
		err_errno(e, REASON_IO, "cannot read %s", l->name);
		buf_reset(&l->buf);
		l->at = l->seen = 0;
		return -1;
	}
	l->buf.len += (size_t)n;
	return 0;
}

/* Cuts the next line off what is there; false when its end is not. */
static bool
cut(struct lines *l, struct span *line)
{
	struct span rest = span_from(buf_span(&l->buf), l->at);
	ptrdiff_t end = span_find(span_from(rest, l->seen), l->end);

	if (end < 0 && !(l->eof && (rest.len || l->skipping))) {
		l->seen = rest.len;
		return false;
	}
	*line = end < 0 ? rest : span_first(rest, l->seen + (size_t)end);
	l->at += line->len + (end >= 0);
	l->seen = 0;
	l->number++;
	return true;
}

enum lines_got
lines_next(struct lines *l, bool wait, struct span *line, struct err *e)
{
	for (;;) {
		if (cut(l, line)) {
			if (l->skipping) {
				l->skipping = false;
				return LINES_LONG;
			}
			if (span_trim(*line).len)
				return LINES_LINE;
			continue;
		}
		if (l->eof)
			return LINES_END;
		if (!wait && !can_read(l->fd))
			return LINES_LATER;
		if (fill(l, e))
			return LINES_FAILED;
	}
}
