/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CREW_H
#define CLI_CREW_H
/*
 * Forked workers for what keeps a processor busy (--jobs). The parent deals out
 * lines of standard input in blocks and hands over what the workers make of
 * them in the order of the input; what was printed is flushed before it waits.
 * Workers share nothing afterwards: each has
 * its own co-process if it needs the network. Lines and results in flight are
 * bounded.
 */
#include "base/buf.h"

enum { CREW_JOBS_MAX = 64, CREW_TEXT_MAX = 256 << 20 };

struct crew_reader;

/* What came of one item. */
struct crew_result {
	struct buf out, say;	/* for standard output and for stderr */
	struct err err;
	bool failed;
	bool fatal;		/* the run ends with err */
};
#define CREW_RESULT_INIT {.out = BUF_INIT(CREW_TEXT_MAX), .say = BUF_INIT(CREW_TEXT_MAX), .err = ERR_INIT}
void	crew_result_release(struct crew_result *r);

struct crew {
	void *ctx;
	size_t jobs;
	char end;		/* of a line: '\n' or '\0' */
	size_t line_max;
	/* Whether an item begins with this line; NULL: each line is one. What
	 * belongs to one item goes to one worker. */
	bool (*begins)(void *ctx, struct span line);
	/* A worker's life: takes lines with crew_read() until their end, answers
	 * each item with crew_answer(), in order. */
	void (*work)(void *ctx, struct crew_reader *in);
	/* In the parent, in order; taken: items read so far. -1 ends the run. */
	int (*deliver)(void *ctx, struct crew_result *r, size_t taken, struct err *e);
};

/* REASON_HELPER when a worker ends before its work does. */
int	crew_run(const struct crew *c, struct err *e) MUST_CHECK;

/* For workers. */
struct crew_reader {
	int fd;			/* can be read when more comes */
	struct buf buf;
	size_t at;
};
/* CREW_LONG: a line that was too long to keep. CREW_DONE: the item has no more
 * lines (only with begins). CREW_LATER only when wait is false. The line is
 * good until the next call. */
enum crew_got { CREW_END, CREW_LINE, CREW_LONG, CREW_DONE, CREW_LATER };
enum crew_got	crew_read(struct crew_reader *r, bool wait, struct span *line);
/* Ends the process when nobody listens. */
void	crew_answer(const struct crew_result *r);
#endif
