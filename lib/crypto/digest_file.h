/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_DIGEST_FILE_H
#define CRYPTO_DIGEST_FILE_H
/*
 * Files of any size, read once and hashed as they come, with as many hashes as
 * are asked for.
 */
#include "crypto/digest.h"

enum { DIGEST_FILE_HASHES = HASH_SHA512 + 1 };

/* Digests by hash; those not asked for are untouched. */
struct digest_file {
	unsigned char value[DIGEST_FILE_HASHES][HASH_SIZE_MAX];
	uint64_t size;
};

/*
 * Reads fd from where it stands to its end. hashes are bits, 1 << enum hash.
 * also (NULL: nobody) is fed every byte too, once the hashes have seen it.
 * REASON_IO names name.
 */
int	digest_file_fd(struct digest_file *d, int fd, const char *name, unsigned hashes,
	    struct sink *also, struct err *e) MUST_CHECK;
/* Opens path ("-" is standard input); REASON_NOT_FOUND when it is missing. */
int	digest_file_path(struct digest_file *d, const char *path, unsigned hashes,
	    struct sink *also, struct err *e) MUST_CHECK;
static inline struct span
digest_file_span(const struct digest_file *d, enum hash h)
{
	return span_of(d->value[h], hash_size(h));
}
#endif
