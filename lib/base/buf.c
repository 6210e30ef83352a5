/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/mem.h"
#include "base/spill.h"

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf)BUF_INIT(max);
}

void
buf_release(struct buf *b)
{
	spill_free(b->ptr);
	buf_init(b, b->max);
}

void
buf_reset(struct buf *b)
{
	b->len = b->left = 0;
	b->over = false;
	if (b->ptr)
		b->ptr[0] = '\0';
}

static void
grow(struct buf *b, size_t need)
{
	size_t room = b->room ? b->room : 64;

	while (room < need)
		room += room / 2 + 16;
	if (room > b->max + 1)
		room = b->max + 1;
	b->ptr = room < SPILL_MIN ? xrealloc(b->ptr, room) : spill_realloc(b->ptr, b->len, room);
	b->room = room;
}

char *
buf_room(struct buf *b, size_t len)
{
	size_t need;

	if (b->over || len > b->max || b->len > b->max - len) {
		b->over = true;
		return NULL;
	}
	need = b->len + len + 1;
	if (need > b->room)
		grow(b, need);
	if (b->room >= SPILL_MIN && b->len >= b->left + SPILL_PIECE) {
		spill_leave(b->ptr + b->left, b->len - b->left);
		b->left = b->len;
	}
	return b->ptr + b->len;
}

/* Room for all first: all of it is added, or nothing. */
static void
add_large(struct buf *b, struct span rest)
{
	struct span piece = SPAN_NONE;

	if (!buf_room(b, rest.len))
		return;
	while (spill_next(&rest, &piece)) {
		memcpy(buf_room(b, piece.len), piece.ptr, piece.len);
		b->len += piece.len;
	}
	b->ptr[b->len] = '\0';
}

void
buf_add(struct buf *b, const void *bytes, size_t len)
{
	char *to;

	if (len > SPILL_PIECE) {
		add_large(b, span_of(bytes, len));
		return;
	}
	to = buf_room(b, len);
	if (!to)
		return;
	if (len)
		memcpy(to, bytes, len);
	b->len += len;
	b->ptr[b->len] = '\0';
}

void
buf_add_span(struct buf *b, struct span s)
{
	buf_add(b, s.ptr, s.len);
}

void
buf_add_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_add_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int len;
	char *to;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len < 0)
		BUG("bad format");
	to = buf_room(b, (size_t)len);
	if (!to)
		return;
	vsnprintf(to, (size_t)len + 1, fmt, ap);
	b->len += (size_t)len;
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

int
buf_check(const struct buf *b, const char *what, struct err *e)
{
	if (!b->over)
		return 0;
	err_set(e, REASON_TOO_LARGE, "%s is too large", what);
	return err_expected(e, "at most %zu bytes", b->max);
}

const char *
buf_str(const struct buf *b)
{
	return b->ptr && b->len ? b->ptr : "";
}

char *
buf_take(struct buf *b)
{
	char *p;

	if (!b->ptr)
		return xstrdup("");
	p = b->room < SPILL_MIN ? b->ptr : xspandup(buf_span(b));
	p[b->len] = '\0';
	if (p == b->ptr)
		b->ptr = NULL;
	buf_release(b);
	return p;
}
