/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_BLOBFILES_H
#define CLI_BLOBFILES_H
/*
 * Files that are verified by name, and what vouches for each: what verify-blob
 * and verify-blob-attestation have in common. In the names of what vouches {}
 * stands for the file's.
 */
#include "cli/opt.h"
#include "step/blob.h"
#include "step/blobfile.h"

/* One file on its way through. */
struct blobfiles_one {
	const char *name;	/* NULL: none was named */
	struct pool pool;	/* of what was read, which the blob borrows */
	struct blob blob;
	struct blobfile file;
};

/* What was asked for. */
struct blobfiles {
	const struct opt_list *files, *bundles;
	const char *signature, *stamp;	/* flags of the legacy form, or NULL */
	bool bare_signature;		/* --signature may be the signature itself */
	const struct blob_judge *how;
	void *ctx;
	/* Fills in f->file, once what vouches is known. */
	int (*read)(void *ctx, struct blobfiles_one *f, struct err *e);
	/* What comes of a good one. */
	int (*use)(void *ctx, struct blobfiles_one *f, struct err *e);
};

bool	blobfiles_is_stdin(const char *name);

/* REASON_USAGE for flags that contradict each other. */
int	blobfiles_check(const struct blobfiles *b, struct err *e) MUST_CHECK;
/* The same with --ndjson. */
int	blobfiles_check_lines(const struct blobfiles *b, struct err *e) MUST_CHECK;
/* Standard input alone, with nothing that would vouch for it, can only be lines. */
bool	blobfiles_are_lines(const struct blobfiles *b);

/* The sandbox, with SANDBOX_* of keep: all that is read by name is settled, and
 * the network where a name or how->log wants it. */
int	blobfiles_enter(const struct blobfiles *b, struct blobfile_spool *s, unsigned keep, struct err *e) MUST_CHECK;

/* Judges each, prints its record with --json, says of several signatures which are
 * no good although enough are. 0 when all files passed, else the error is the
 * first's. Without files there is one that has no name. */
int	blobfiles_verify(const struct blobfiles *b, struct err *e) MUST_CHECK;
void	blobfiles_say_good(const struct blobfiles *b, const struct blobfiles_one *f);
#endif
