/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LINES_H
#define BASE_LINES_H
/*
 * Lines off a descriptor that may be a pipe somebody still writes to: it can be
 * asked for what is there without waiting for more. A line that is too long is
 * said to be so, and the next one follows; memory is bounded by one line.
 */
#include "base/buf.h"

struct lines {
	int fd;			/* stays the caller's */
	char end;		/* '\n', or '\0' for find -print0 and its like */
	const char *name;	/* for messages */
	struct buf buf;
	size_t at;		/* start of what was not given out yet */
	size_t seen;		/* bytes behind it without an end in them */
	size_t number;		/* of the line given out last, from 1 */
	bool eof, skipping;
};

enum lines_got { LINES_FAILED = -1, LINES_END = 0, LINES_LINE = 1, LINES_LATER = 2, LINES_LONG = 3 };

void	lines_init(struct lines *l, int fd, char end, const char *name, size_t max);
void	lines_release(struct lines *l);
static inline void lines_cleanup(struct lines *l) { lines_release(l); }

/* The next line without its end, borrowed until the next call; lines of white
 * space are skipped, and the last may lack its end. LINES_LATER, only when wait
 * is false: nothing whole is there yet. LINES_LONG: a line past the maximum,
 * which is dropped. LINES_FAILED: *e, and no more comes. */
enum lines_got	lines_next(struct lines *l, bool wait, struct span *line, struct err *e) MUST_CHECK;
#endif
