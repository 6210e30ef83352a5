/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BUF_H
#define BASE_BUF_H
/*
 * Bytes that grow up to a maximum. Adding past it does not write and is
 * remembered: add freely, then ask buf_check() once before use. ptr is always
 * NUL-terminated once anything was added (the NUL is not counted in len). From
 * SPILL_MIN on they are pages of a temporary file (base/spill.h), so that what
 * is large needs little memory; secrets are never so large.
 */
#include <stdarg.h>
#include "base/err.h"
#include "base/span.h"

struct buf {
	char *ptr;
	size_t len, room, max;
	size_t left;		/* bytes before it have left, if it is large (base/spill.h) */
	bool over;
};

#define BUF_INIT(maximum) {NULL, 0, 0, (maximum), 0, false}
/* For text that this program composes itself: messages, URLs, headers. */
#define BUF_TEXT_MAX ((size_t)1 << 20)
/* For documents and payloads that somebody may have made large. */
#define BUF_BIG_MAX ((size_t)256 << 20)

void	buf_init(struct buf *b, size_t max);
void	buf_release(struct buf *b);
void	buf_reset(struct buf *b);
static inline void buf_cleanup(struct buf *b) { buf_release(b); }

void	buf_add(struct buf *b, const void *bytes, size_t len);
void	buf_add_span(struct buf *b, struct span s);
void	buf_add_str(struct buf *b, const char *s);
void	buf_add_char(struct buf *b, char c);
void	buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void	buf_vprintf(struct buf *b, const char *fmt, va_list ap) PRINTF(2, 0);

/* Room for len more bytes, to be filled by the caller who then adds to b->len;
 * NULL when that would pass the maximum. */
char	*buf_room(struct buf *b, size_t len);

/* -1 and REASON_TOO_LARGE when something did not fit. */
int	buf_check(const struct buf *b, const char *what, struct err *e) MUST_CHECK;

/* The bytes, borrowed; "" when empty. */
const char	*buf_str(const struct buf *b);
static inline struct span buf_span(const struct buf *b) { return span_of(b->ptr, b->len); }

/* Moves the bytes out (NUL-terminated, to be freed) and empties b. */
char	*buf_take(struct buf *b);
#endif
