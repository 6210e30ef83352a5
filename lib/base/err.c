/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>

static const struct {
	const char *slug;
	int status;
	const char *sentence;
} reasons[REASON_COUNT] = {
	[REASON_NONE] = {"none", 0, "Success."},
#define REASON(name, slug, status, sentence) [REASON_##name] = {slug, status, sentence},
#include "base/reason.def"
#undef REASON
};

/* Bytes that could move a terminal's cursor, or break a line, become '?'. */
static void
clean(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

/* Appends formatted text to e->text; returns its offset, or 0 when there is
 * no room left. */
static unsigned short PRINTF(2, 0)
keep(struct err *e, const char *fmt, va_list ap)
{
	size_t room = sizeof(e->text) - e->used;
	unsigned short at = e->used;
	int len;

	if (room < 8)
		return 0;
	len = vsnprintf(e->text + at, room, fmt, ap);
	if (len < 0)
		return 0;
	if ((size_t)len >= room) {
		len = (int)room - 1;
		memcpy(e->text + at + room - 4, "...", 4);
	}
	clean(e->text + at);
	e->used = (unsigned short)(at + len + 1);
	return at;
}

static void PRINTF(2, 0)
add_part(struct err *e, const char *fmt, va_list ap)
{
	unsigned short at = keep(e, fmt, ap);

	if (at && e->parts < ERR_PARTS)
		e->part[e->parts++] = at;
}

int
err_set(struct err *e, enum reason reason, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	err_clear(e);
	e->reason = reason;
	va_start(ap, fmt);
	add_part(e, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_errno(struct err *e, enum reason reason, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	size_t len;

	if (!e)
		return -1;
	err_clear(e);
	e->reason = reason;
	va_start(ap, fmt);
	add_part(e, fmt, ap);
	va_end(ap);
	len = (size_t)e->used - 1;
	snprintf(e->text + len, sizeof(e->text) - len, ": %s", strerror(saved));
	e->used = (unsigned short)(len + strlen(e->text + len) + 1);
	return -1;
}

int
err_wrap(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	add_part(e, fmt, ap);
	va_end(ap);
	return -1;
}

#define NOTE(field)                          \
	va_list ap;                          \
	if (!e)                              \
		return -1;                   \
	va_start(ap, fmt);                   \
	e->field = keep(e, fmt, ap);         \
	va_end(ap);                          \
	return -1

int
err_hint(struct err *e, const char *fmt, ...)
{
	NOTE(hint);
}

int
err_expected(struct err *e, const char *fmt, ...)
{
	NOTE(expected);
}

int
err_found(struct err *e, const char *fmt, ...)
{
	NOTE(found);
}

const char *
err_part(const struct err *e, unsigned i)
{
	return i < e->parts ? e->text + e->part[e->parts - 1 - i] : NULL;
}

const char *
err_text(const struct err *e, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < e->parts && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ": " : "", err_part(e, i));
	if (e->expected && used < size)
		used += (size_t)snprintf(text + used, size - used, ": expected %s", err_get_expected(e));
	if (e->found && used < size)
		snprintf(text + used, size - used, "%s found %s", e->expected ? "," : ":", err_get_found(e));
	return text;
}

const char *
err_get_hint(const struct err *e)
{
	return e->hint ? e->text + e->hint : NULL;
}

const char *
err_get_expected(const struct err *e)
{
	return e->expected ? e->text + e->expected : NULL;
}

const char *
err_get_found(const struct err *e)
{
	return e->found ? e->text + e->found : NULL;
}

const char *
reason_slug(enum reason r)
{
	return reasons[r].slug;
}

int
reason_exit(enum reason r)
{
	return reasons[r].status;
}

const char *
reason_sentence(enum reason r)
{
	return reasons[r].sentence;
}

enum reason
reason_find(struct span slug)
{
	for (unsigned r = 1; r < REASON_COUNT; r++)
		if (span_is(slug, reasons[r].slug))
			return (enum reason)r;
	return REASON_NONE;
}
