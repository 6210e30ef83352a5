/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TUFSTORE_H
#define CLIENT_TUFSTORE_H
/*
 * The directory that holds what is trusted, as the bytes that came, under
 * percent-encoded names. Several programs may use it at once: a file is whole or
 * not there, and nobody overwrites what a faster one wrote meanwhile with
 * something older. A directory that cannot be written to, or none at all, costs
 * a later run the download, no more.
 */
#include "sig/tufmeta.h"

struct tufstore {
	const char *dir;	/* NULL: none */
	bool frozen;		/* read, never written */
	bool told;		/* that it cannot be written to */
	bool quiet;		/* nor need that be told */
};

/* The file's bytes, up to out's maximum; false when there are none. */
bool	tufstore_read(const struct tufstore *s, struct span name, struct buf *out);
/* Makes it, with its parents, for their owner alone; says once if that fails. */
void	tufstore_make(struct tufstore *s);
/* Writes NAME, unless somebody put another file of that name there since was was
 * read (empty: it was not there) whose version is as high. Failing is told
 * once, as a warning. */
void	tufstore_write(struct tufstore *s, struct span name, const struct tufmeta *m, struct span was);
/* A file without a version: a target, a note. fsync or not. */
void	tufstore_put(struct tufstore *s, struct span name, struct span bytes, bool sync);
#endif
