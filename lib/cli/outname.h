/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_OUTNAME_H
#define CLI_OUTNAME_H
/*
 * Names of files that go with a file: --bundle '{}.sigstore.json', where {} is
 * the name of the file that is signed or verified, so that many are in one call.
 */
#include "base/err.h"
#include "base/pool.h"

/* A flag with such a name; path is NULL when it was not given. */
struct outname {
	const char *flag, *path;
};

/* path with file for every {}; lives in the pool. */
const char	*outname_of(const struct outname *n, const char *file, struct pool *pool);
/* REASON_USAGE when several files would have one name. */
int	outname_check_shared(const struct outname *n, size_t files, struct err *e) MUST_CHECK;
/* What is to be written for one file: REASON_USAGE when that is the file
 * itself, or when two flags have one name (which may be a device). */
int	outname_check_distinct(const struct outname *names, size_t count, const char *file,
	    struct err *e) MUST_CHECK;
#endif
