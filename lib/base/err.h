/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ERR_H
#define BASE_ERR_H
/*
 * One value says what went wrong. It lives on the caller's stack (struct err
 * e = ERR_INIT;), owns nothing, and cannot fail. Functions that can fail take
 * a struct err * last, return -1 and set it, or return 0 and leave it alone.
 * Only command_main prints it.
 *
 * Text goes in through formats; bytes that came from outside are cleaned
 * when they go in: control characters become '?', so that a message can
 * always be shown on a terminal.
 */
#include "base/attr.h"
#include "base/span.h"

enum reason {
	REASON_NONE,
#define REASON(name, slug, status, sentence) REASON_##name,
#include "base/reason.def"
#undef REASON
	REASON_COUNT
};

enum { ERR_PARTS = 8, ERR_TEXT = 1536 };

struct err {
	enum reason reason;
	unsigned parts;			/* used of part[] */
	unsigned short part[ERR_PARTS];	/* offsets in text; innermost first */
	unsigned short hint, expected, found; /* offsets in text, 0 = none */
	unsigned short used;
	char text[ERR_TEXT];
};

#define ERR_INIT {.reason = REASON_NONE, .used = 1}

/* Starts an error; whatever *e held is gone. Returns -1. e may be NULL, then
 * nothing is kept (for probes whose reason nobody wants). */
int	err_set(struct err *e, enum reason reason, const char *fmt, ...) PRINTF(3, 4);
/* The same, with strerror(errno) behind it: "cannot open x: No such file". */
int	err_errno(struct err *e, enum reason reason, const char *fmt, ...) PRINTF(3, 4);
/* Puts more context in front: "image x: " + what was there. Returns -1. */
int	err_wrap(struct err *e, const char *fmt, ...) PRINTF(2, 3);
/* What to do about it, what was expected, what was found. Each returns -1. */
int	err_hint(struct err *e, const char *fmt, ...) PRINTF(2, 3);
int	err_expected(struct err *e, const char *fmt, ...) PRINTF(2, 3);
int	err_found(struct err *e, const char *fmt, ...) PRINTF(2, 3);

static inline bool err_is(const struct err *e, enum reason r) { return e->reason == r; }
static inline void err_clear(struct err *e) { *e = (struct err)ERR_INIT; }

/* The whole message, outermost context first: "image x: no signature". Writes
 * at most size bytes with NUL, returns text. */
const char	*err_text(const struct err *e, char *text, size_t size);
/* Part i, outermost first; NULL past the end. */
const char	*err_part(const struct err *e, unsigned i);
/* NULL where none was given. */
const char	*err_get_hint(const struct err *e);
const char	*err_get_expected(const struct err *e);
const char	*err_get_found(const struct err *e);

const char	*reason_slug(enum reason r);
int	reason_exit(enum reason r);
const char	*reason_sentence(enum reason r);
/* REASON_NONE for an unknown slug. */
enum reason	reason_find(struct span slug);
#endif
