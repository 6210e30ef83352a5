/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_SECRET_H
#define CRYPTO_SECRET_H
/*
 * Passwords, tokens and private keys: memory that is locked where the system
 * lets us, wiped when done, and not in core dumps (the first secret turns
 * them off for the process). There is no function that prints one.
 */
#include "base/buf.h"

struct secret {
	unsigned char *bytes;
	size_t len, room;
};

#define SECRET_INIT {NULL, 0, 0}

/* len bytes, zeroed. */
void	secret_new(struct secret *s, size_t len);
void	secret_copy(struct secret *s, struct span bytes);
void	secret_release(struct secret *s);
static inline void secret_cleanup(struct secret *s) { secret_release(s); }
static inline struct span secret_span(const struct secret *s) { return span_of(s->bytes, s->len); }
/* Reads all of a descriptor, at most max bytes. */
int	secret_read_fd(struct secret *s, int fd, const char *name, size_t max, struct err *e) MUST_CHECK;
int	secret_read_file(struct secret *s, const char *path, size_t max, struct err *e) MUST_CHECK;
#endif
