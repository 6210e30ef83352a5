/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SPILL_H
#define BASE_SPILL_H
/*
 * Memory for what is large: pages of a file without a name (base/spool.h), so
 * that they can leave this process as soon as nobody looks at them, and come
 * back when somebody does. base/buf.h and base/pool.h take it from SPILL_MIN
 * on; who walks through large bytes does so in pieces. It is an allocator, and
 * like any other it keeps its own list. Nothing secret is ever so large.
 *
 * Where no such file can be had, or its disk is full, it is ordinary memory.
 */
#include "base/span.h"

enum {
	SPILL_MIN = 4 << 20,
	SPILL_PIECE = 384 << 10,	/* whole quads of base64, and whole triples */
};

/* Opens the file, for a process that will not be able to later. */
void	spill_prepare(void);

/* As realloc, of memory from here or from malloc; room is at least SPILL_MIN.
 * The first used bytes of p are kept; what is new of memory from here is zero
 * unless it was had before. */
void	*spill_realloc(void *p, size_t used, size_t room);
/* Zeroed. */
void	*spill_alloc(size_t room);
/* As free, of memory from here or from malloc. */
void	spill_free(void *p);

/* Nobody will look at these bytes soon: they leave. Other memory than ours is
 * let alone. */
void	spill_leave(const void *from, size_t len);

/* As memcpy, of anything: neither stays. */
void	spill_copy(char *to, struct span bytes);

/* The next piece of *rest, for who walks through it once; the one before leaves:
 *	struct span piece = SPAN_NONE;
 *	while (spill_next(&rest, &piece)) ... */
bool	spill_next(struct span *rest, struct span *piece);
#endif
