/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_SUMCHECK_H
#define STEP_SUMCHECK_H
/*
 * The files that a list of checksums names, each read once and compared. Says
 * nothing of who signed the list: that was judged before, over these bytes.
 */
#include "json/emit.h"

enum { SUMCHECK_LIST_MAX = 64 << 20 };

enum sumcheck_status { SUMCHECK_OK, SUMCHECK_DIFFERS, SUMCHECK_UNREADABLE, SUMCHECK_MISSING };

struct sumcheck {
	/* What became of a file, in the list's order; -1 ends it. why is NULL when
	 * all is well. */
	int (*tell)(void *ctx, const char *name, const char *digest, enum sumcheck_status status, const struct err *why,
	    struct err *e);
	void *ctx;
	bool ignore_missing;	/* files that are not there are passed over */
	bool no_stdin;		/* "-" cannot be read any more */
	size_t seen, failed;	/* out */
	struct err first;	/* failure */
};

/* 0 when every file was told to be well. An unreadable line fails all, before
 * any file is looked at (REASON_BAD_ENCODING, REASON_UNSUPPORTED); a list of
 * nothing fails (REASON_BAD_RECORD), also when every file was passed over. */
int	sumcheck_run(struct sumcheck *c, struct span list, struct err *e) MUST_CHECK;
#endif
