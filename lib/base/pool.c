/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pool.h"

#include <stdarg.h>
#include "base/mem.h"
#include "base/spill.h"

struct pool_block {
	struct pool_block *next;
	size_t used, room;
	max_align_t bytes[];
};

enum { POOL_BLOCK = 4000 };

void
pool_release(struct pool *p)
{
	while (p->blocks) {
		struct pool_block *next = p->blocks->next;

		spill_free(p->blocks);
		p->blocks = next;
	}
	p->total = 0;
}

void *
pool_alloc(struct pool *p, size_t size)
{
	struct pool_block *b = p->blocks;
	size_t want = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	bool zero = false;
	void *bytes;

	if (want < size)
		BUG("pool_alloc: %zu bytes", size);
	if (!b || b->room - b->used < want) {
		size_t room = want > POOL_BLOCK ? want : POOL_BLOCK;

		zero = room >= SPILL_MIN;
		b = zero ? spill_alloc(sizeof(*b) + room) : xmalloc(sizeof(*b) + room);
		*b = (struct pool_block){.next = p->blocks, .room = room};
		p->blocks = b;
	}
	bytes = (char *)b->bytes + b->used;
	b->used += want;
	p->total += want;
	if (!zero)
		memset(bytes, 0, want);
	return bytes;
}

void *
pool_array(struct pool *p, size_t count, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(count, size, &all))
		BUG("pool_array: %zu of %zu bytes", count, size);
	return pool_alloc(p, all);
}

char *
pool_str(struct pool *p, struct span s)
{
	char *copy = pool_alloc(p, s.len + 1);

	spill_copy(copy, s);
	return copy;
}

struct span
pool_span(struct pool *p, struct span s)
{
	return span_of(pool_str(p, s), s.len);
}

char *
pool_printf(struct pool *p, const char *fmt, ...)
{
	va_list ap;
	int len;
	char *text;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		BUG("bad format");
	text = pool_alloc(p, (size_t)len + 1);
	va_start(ap, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return text;
}
