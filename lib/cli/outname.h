/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_OUTNAME_H
#define CLI_OUTNAME_H
/*
 * Names of files that go with a file: --bundle '{}.sigstore.json', where {} is
 * the name of the file that is signed or verified, so that many are in one call.
 */
#include "cli/opt.h"

/* A flag with such a name; path is NULL when it was not given. */
struct outname {
	const char *flag, *path;
};

/* path with file for every {}; lives in the pool. */
const char	*outname_of(const struct outname *n, const char *file, struct pool *pool);
/* REASON_USAGE when several files would have one name. */
int	outname_check_shared(const struct outname *n, size_t files, struct err *e) MUST_CHECK;
/* All that is to be written for these files, before the first is: REASON_USAGE also
 * when that is the file itself, or when two flags have one name (which may be a
 * device). Without files there is one that is called -. */
int	outname_check(const struct outname *names, size_t count, const struct opt_list *files, struct err *e) MUST_CHECK;
/* Writes what goes with a file, if the flag was given, readable for its owner
 * alone, and says WHAT and the name. */
int	outname_write(const struct outname *n, const char *file, const char *what, struct span bytes,
	    struct err *e) MUST_CHECK;
#endif
