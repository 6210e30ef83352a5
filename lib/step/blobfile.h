/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_BLOBFILE_H
#define STEP_BLOBFILE_H
/*
 * A file to be verified, named by path, URL, env://NAME, - or by its digest
 * alone: read once, in constant memory, and hashed as it comes.
 */
#include "crypto/digest_file.h"
#include "sig/verify.h"

/* What an answer may have. */
#define BLOBFILE_URL_MAX ((size_t)16 << 30)

/* Room on disk for what cannot be read twice, opened before the sandbox; that it
 * could not be had matters to those alone who need it. One file at a time. */
struct blobfile_spool {
	int fd;
	struct err err;
};
#define BLOBFILE_SPOOL_INIT {-1, ERR_INIT}
void	blobfile_spool_open(struct blobfile_spool *s);
void	blobfile_spool_release(struct blobfile_spool *s);
static inline void blobfile_spool_cleanup(struct blobfile_spool *s) { blobfile_spool_release(s); }

/* Whether reading it may take the spool: it is no regular file. */
bool	blobfile_wants_spool(const char *name);

struct blobfile {
	const char *name;		/* borrowed */
	struct digest_file digest;
	unsigned char given[HASH_SIZE_MAX];
	struct target target;		/* what the judgement wants to know; *this may not move */
	int fd;				/* the spool, when it is kept; else -1 */
	int own;			/* the file, when it was opened here */
	int whole;			/* where all of it can be read again */
};
#define BLOBFILE_INIT {.fd = -1, .own = -1, .whole = -1}
void	blobfile_release(struct blobfile *f);
static inline void blobfile_cleanup(struct blobfile *f) { blobfile_release(f); }

/*
 * needs as verify_needs() has them. keep: what was hashed stays readable at
 * f->fd, as a copy that nobody else can change. A name of no file may be
 * ALGORITHM:HEX, which cannot be kept. REASON_NOT_FOUND, REASON_IO,
 * REASON_USAGE for a digest that is to be kept, or what fetching a URL says.
 */
int	blobfile_read(struct blobfile *f, const char *name, unsigned needs, bool keep, struct blobfile_spool *s,
	    struct err *e) MUST_CHECK;
/* A digest alone; REASON_BAD_DIGEST. */
int	blobfile_set_digest(struct blobfile *f, const char *text, struct err *e) MUST_CHECK;
/* Bytes that are there already; the caller keeps them. */
void	blobfile_set_bytes(struct blobfile *f, const char *name, struct span bytes, unsigned needs);
/* "sha256:HEX", or another hash where that is not known; NULL when none is. */
const char	*blobfile_digest(const struct blobfile *f, char text[DIGEST_TEXT_MAX]);
/* sha256, sha384 or sha512 in lower case, and as many digits as it takes. */
bool	blobfile_parse_digest(struct span text, enum hash *h, unsigned char value[HASH_SIZE_MAX]);
#endif
