/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MEM_H
#define BASE_MEM_H
/*
 * Memory that is there or the process ends: the only places that give up.
 * Sizes that come from outside are capped by the caller before they get here.
 */
#include "base/span.h"

void	*xmalloc(size_t size);
void	*xcalloc(size_t count, size_t size);
void	*xrealloc(void *p, size_t size);
/* count * size, checked for overflow. */
void	*xreallocarray(void *p, size_t count, size_t size);
/* A NUL-terminated copy. */
char	*xstrdup(const char *s);
char	*xspandup(struct span s);
char	*xasprintf(const char *fmt, ...) PRINTF(1, 2);

/* Says that there is no memory and ends the process, for what libraries could
 * not do for want of it. */
void	mem_exhausted(void) NORETURN;

/* Moves a pointer out of an AUTO variable: returns *p and sets it to NULL. */
#define take(p) mem_take((void **)(p))
void	*mem_take(void **p);

/* Something that cannot be, is: says so and aborts. */
#define BUG(...) mem_bug(__FILE__, __LINE__, __VA_ARGS__)
void	mem_bug(const char *file, int line, const char *fmt, ...) NORETURN PRINTF(3, 4);

/* Overwrites bytes so that the compiler cannot leave it out. */
void	mem_wipe(void *p, size_t len);

/*
 * Growable array: VEC(struct desc) descs = {0}; *VEC_PUSH(&descs) = d;
 * The caller caps the count before pushing; free with VEC_FREE.
 */
#define VEC(type) struct { type *items; size_t count, room; }
#define VEC_PUSH(v) \
	((v)->items = mem_grow((v)->items, (v)->count, &(v)->room, sizeof(*(v)->items)), \
	 &(v)->items[(v)->count++])
#define VEC_FREE(v) (free((v)->items), (v)->items = NULL, (v)->count = (v)->room = 0)
void	*mem_grow(void *items, size_t count, size_t *room, size_t size);
#endif
