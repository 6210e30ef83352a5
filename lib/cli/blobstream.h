/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_BLOBSTREAM_H
#define CLI_BLOBSTREAM_H
/*
 * Files and their bundles as lines of JSON on standard input, a verdict record
 * for each, in their order. A line is an object with "file" or "digest" and
 * "bundle": the bundle itself, or the name of its file. Names are those of
 * files and nothing else: a line reaches no network and no standard input.
 */
#include "step/blob.h"

struct blobstream {
	const struct blob_judge *how;
	const char *bundle;	/* name of the bundle where a line has none, {} for the file's; or NULL */
	size_t jobs;
};

/* 0 when every line passed; no line at all is REASON_BAD_RECORD. Otherwise the
 * error is the first failure's. Enters the sandbox. */
int	blobstream_run(const struct blobstream *s, struct err *e) MUST_CHECK;
#endif
