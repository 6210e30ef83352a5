/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_POOL_H
#define BASE_POOL_H
/*
 * An arena that owns one parsed document: everything allocated from it lives
 * until pool_release. Nothing is freed on its own.
 */
#include "base/span.h"

struct pool {
	struct pool_block *blocks;
	size_t total;		/* bytes handed out */
};

#define POOL_INIT {NULL, 0}

void	pool_release(struct pool *p);
static inline void pool_cleanup(struct pool *p) { pool_release(p); }

/* Zeroed, aligned for anything. The caller capped size already. */
void	*pool_alloc(struct pool *p, size_t size);
void	*pool_array(struct pool *p, size_t count, size_t size);
#define POOL_NEW(p, type) ((type *)pool_alloc((p), sizeof(type)))

/* NUL-terminated copies. */
char	*pool_str(struct pool *p, struct span s);
struct span	pool_span(struct pool *p, struct span s);
char	*pool_printf(struct pool *p, const char *fmt, ...) PRINTF(2, 3);
#endif
