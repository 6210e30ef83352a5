/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_TAP_H
#define UNIT_TAP_H
/*
 * A unit test is a program that prints TAP:
 *
 *	int
 *	main(void)
 *	{
 *		ok(date_days(1970, 1, 1) == 0, "the epoch is day %d", 0);
 *		is_str(date_format(0, text), "1970-01-01T00:00:00Z", "the epoch");
 *		is_int(got, 7, "seven");
 *		fails_with(x_parse(&x, text, &e), &e, REASON_BAD_JSON, "no JSON");
 *		return tap_done();
 *	}
 *
 * Each check prints one line, and what differs behind it; each returns whether
 * it passed. tap_done prints the plan and gives main's status: 1 if anything
 * failed, or if nothing was checked at all.
 */
#include "base/err.h"

bool	ok(bool pass, const char *fmt, ...) PRINTF(2, 3);
/* NULL equals only NULL. */
bool	is_str(const char *got, const char *want, const char *fmt, ...) PRINTF(3, 4);
bool	is_span(struct span got, struct span want, const char *fmt, ...) PRINTF(3, 4);
bool	is_int(int64_t got, int64_t want, const char *fmt, ...) PRINTF(3, 4);
/* rc is 0; else shows the error. Clears *e for the next use. */
bool	succeeds(int rc, struct err *e, const char *fmt, ...) PRINTF(3, 4);
/* rc is -1 and *e holds this reason. Clears *e for the next use. */
bool	fails_with(int rc, struct err *e, enum reason want, const char *fmt, ...) PRINTF(4, 5);
/* A "# ..." line. */
void	diag(const char *fmt, ...) PRINTF(1, 2);
/* Counts as passed, and says why it was not tried. */
void	skip(const char *why, const char *fmt, ...) PRINTF(2, 3);

int	tap_done(void) MUST_CHECK;

/*
 * Calls fn for every regular file DIR/SLUG/FILE, in the order of names, with
 * the reason that SLUG names and the file's bytes. A folder that names no
 * reason fails, so does a DIR without files. Gives the number of files.
 */
typedef void tap_sample_fn(const char *path, struct span bytes, enum reason want, void *arg);
size_t	tap_samples(const char *dir, tap_sample_fn *fn, void *arg);
#endif
