/* SPDX-License-Identifier: Apache-2.0 */
#include "base/spill.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/mem.h"
#include "base/spool.h"

#define STRIDE ((size_t)1 << 30)	/* of the file, which is full of holes: room to grow in */

enum {
	SLOTS = 64,
	FOLIO = 2 << 20,	/* what the kernel may bring in at once */
};

/* A mapping and its place in the file. */
struct slot {
	char *at;		/* NULL: free */
	size_t room;
	bool inherited;		/* of a parent's file, which is not ours to empty */
};

static struct {
	int fd;
	pid_t owner;		/* who opened it; children have their own */
	size_t page;
	size_t used;		/* slots in use */
} spill = {.fd = -1};
static struct slot slots[SLOTS];

/* A limit would end the process by a signal, and not the call by an error. */
static bool
is_limited(void)
{
	struct rlimit r;

	return getrlimit(RLIMIT_FSIZE, &r) || r.rlim_cur != RLIM_INFINITY;
}

void
spill_prepare(void)
{
	if (spill.owner == getpid())
		return;
	for (size_t i = 0; i < SLOTS; i++)
		slots[i].inherited = slots[i].at != NULL;
	if (spill.fd >= 0)
		close(spill.fd);
	spill.fd = -1;
	spill.owner = getpid();
	spill.page = (size_t)sysconf(_SC_PAGESIZE);
	if (!is_limited() && spool_open(&spill.fd, NULL))
		spill.fd = -1;
}

static size_t
whole_pages(size_t n)
{
	return (n + spill.page - 1) / spill.page * spill.page;
}

static struct slot *
find(const void *p)
{
	for (size_t i = 0; spill.used && p && i < SLOTS; i++)
		if (slots[i].at == p)
			return &slots[i];
	return NULL;
}

static off_t
place(const struct slot *s)
{
	return (off_t)(STRIDE * (size_t)(s - slots));
}

static bool
open_slot(struct slot *s, size_t room)
{
	void *at;

	if (fallocate(spill.fd, 0, place(s), (off_t)room))
		return false;
	at = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, spill.fd, place(s));
	if (at == MAP_FAILED)
		return false;
	*s = (struct slot){at, room, false};
	spill.used++;
	return true;
}

static void
close_slot(struct slot *s)
{
	(void)munmap(s->at, s->room);
	if (!s->inherited && fallocate(spill.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, place(s), (off_t)s->room))
		/* Then it is not empty for the next one, who wants zeros: it is used up. */
		s->inherited = true;
	s->at = NULL;
	s->room = 0;
	spill.used--;
}

/* NULL: there is no place for it. */
static struct slot *
new_slot(size_t room)
{
	spill_prepare();
	if (spill.fd < 0 || room > STRIDE - spill.page)
		return NULL;
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *s = &slots[i];

		if (!s->at && !s->inherited)
			return open_slot(s, whole_pages(room)) ? s : NULL;
	}
	return NULL;
}

static bool
grow(struct slot *s, size_t room)
{
	void *at;

	if (s->inherited || spill.owner != getpid() || room > STRIDE - spill.page)
		return false;
	room = whole_pages(room);
	if (fallocate(spill.fd, 0, place(s), (off_t)room))
		return false;
	at = mremap(s->at, s->room, room, MREMAP_MAYMOVE);
	if (at == MAP_FAILED)
		return false;
	s->at = at;
	s->room = room;
	return true;
}


void *
spill_realloc(void *p, size_t used, size_t room)
{
	struct slot *old = find(p), *s;
	char *bytes;

	if (old && (room <= old->room || grow(old, room)))
		return old->at;
	s = new_slot(room);
	if (!s && !old)
		return xrealloc(p, room);
	bytes = s ? s->at : xmalloc(room);
	spill_copy(bytes, span_of(p, used));
	spill_free(p);
	return bytes;
}

void *
spill_alloc(size_t room)
{
	struct slot *s = new_slot(room);

	return s ? s->at : xcalloc(1, room);
}

void
spill_free(void *p)
{
	struct slot *s = find(p);

	if (s)
		close_slot(s);
	else
		free(p);
}

/* Pages of a file come back from it, written to or not; others would come back
 * empty, so that nothing else may get here. Who walks on has brought in again
 * what it left of the same folio. */
void
spill_leave(const void *from, size_t len)
{
	const char *p = from;

	for (size_t i = 0; spill.used && len && i < SLOTS; i++) {
		const struct slot *s = &slots[i];
		size_t first, end;

		if (!s->at || p < s->at || p >= s->at + s->room)
			continue;
		first = (size_t)(p - s->at) / FOLIO * FOLIO;
		end = (size_t)(p - s->at) + len;
		end = end < s->room ? end : s->room;
		(void)madvise(s->at + first, whole_pages(end - first), MADV_DONTNEED);
		return;
	}
}

void
spill_copy(char *to, struct span bytes)
{
	struct span piece = SPAN_NONE;

	while (spill_next(&bytes, &piece)) {
		memcpy(to, piece.ptr, piece.len);
		if (piece.len == SPILL_PIECE)
			spill_leave(to, piece.len);
		to += piece.len;
	}
}

bool
spill_next(struct span *rest, struct span *piece)
{
	if (piece->len == SPILL_PIECE)
		spill_leave(piece->ptr, piece->len);
	*piece = span_first(*rest, SPILL_PIECE);
	*rest = span_from(*rest, piece->len);
	return piece->len > 0;
}
