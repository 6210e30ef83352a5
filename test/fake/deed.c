/* SPDX-License-Identifier: Apache-2.0 */
#include "sigstore.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

struct deed {
	const struct deed *next;
	const struct service *service;
	unsigned long from, to;
	char *path;		/* part of the request's, instead of a number; or NULL */
	char *what, *arg;
};

/* The newest first; never freed, since some are read without the lock. */
static const struct deed *deeds;

static bool
read_range(struct span text, unsigned long base, struct deed *d)
{
	uint64_t from, to;
	struct span rest = text, first = span_cut(&rest, '-');

	d->from = base + 1;
	d->to = ULONG_MAX;
	if (span_starts(text, "/"))
		d->path = xspandup(text);
	if (d->path || span_is(text, "*"))
		return true;
	if (!span_decimal(first, UINT32_MAX, &from) || from == 0)
		return false;
	d->from = base + from;
	if (!rest.ptr)
		d->to = d->from;
	else if (rest.len && !span_decimal(rest, UINT32_MAX, &to))
		return false;
	else if (rest.len)
		d->to = base + to;
	return true;
}

bool
deed_add(struct span line)
{
	struct span rest = span_trim(line), name = span_cut(&rest, ' '), number = span_cut(&rest, ' ');
	struct span what = span_cut(&rest, ' ');
	AUTO(charp) char *service = xspandup(name);
	struct deed d = {.service = sigstore_find(service)}, *kept;

	if (!d.service || !what.len || !read_range(number, d.service->count, &d))
		return false;
	d.what = xspandup(what);
	d.arg = xspandup(rest.ptr ? rest : SPAN(""));
	d.next = deeds;
	kept = xmalloc(sizeof(*kept));
	*kept = d;
	deeds = kept;
	return true;
}

void
deed_forget(void)
{
	deeds = NULL;
}

static const char *
find(const struct service *s, unsigned long number, const char *uri, const char *what)
{
	for (const struct deed *d = deeds; d; d = d->next)
		if (d->service == s && d->from <= number && number <= d->to && strcmp(d->what, what) == 0 &&
		    (!d->path || (uri && strstr(uri, d->path))))
			return d->arg;
	return NULL;
}

const char *
deed_of(const struct ask *a, const char *what)
{
	return find(a->service, a->number, a->x.uri, what);
}

long
deed_number(const struct ask *a, const char *what, long otherwise)
{
	const char *arg = deed_of(a, what);

	return arg && *arg ? strtol(arg, NULL, 10) : otherwise;
}

bool
deed_refuses(const struct service *s)
{
	return find(s, s->count + 1, NULL, "refuse") != NULL;
}

void
deed_shut(const struct ask *a)
{
	AUTO(charp) char *line = xasprintf("%s * refuse", a->service->name);

	if (deed_of(a, "refuse"))
		(void)deed_add(span_str(line));
}

/* --- instead of an answer ------------------------------------------------ */

static void
reset(struct ask *a)
{
	setsockopt(wire_socket(a), SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
}

static void
wait_for_end(struct ask *a)
{
	struct pollfd p = {.fd = wire_socket(a), .events = POLLRDHUP};

	poll(&p, 1, 600 * 1000);
	reset(a);
}

static const char page[] = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n"
    "<body><h1>Bad Gateway</h1></body></html>\n";

static ssize_t
more(void *arg, uint64_t at, char *out, size_t max)
{
	(void)arg, (void)at;
	memset(out, ' ', max);
	return (ssize_t)max;
}

static void
answer_endless(struct ask *a)
{
	a->x.status = 200;
	a->x.out = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 32768, more, NULL, NULL);
	MHD_add_response_header(a->x.out, "Content-Type", "application/json");
}

static void
answer_status(struct ask *a, const char *arg)
{
	struct span rest = span_str(arg), code = span_cut(&rest, ' ');
	uint64_t status;

	if (!span_decimal(code, 599, &status))
		status = 500;
	reply_error(a, (unsigned)status, 13, "told to fail");
	if (rest.len)
		exchange_add(&a->x, "Retry-After", "%.*s", SPAN_FMT(rest));
}

static void
answer_redirect(struct ask *a, const char *arg)
{
	struct span rest = span_str(arg), code = span_cut(&rest, ' ');
	uint64_t status;

	if (!span_decimal(code, 399, &status))
		status = 302;
	exchange_answer(&a->x, (unsigned)status, "text/plain", SPAN("elsewhere\n"));
	exchange_add(&a->x, "Location", "%.*s", SPAN_FMT(rest));
}

bool
deed_instead(struct ask *a, bool *hang_up)
{
	static const struct { const char *deed; void (*act)(struct ask *a); } ends[] = {
		{"stall", wait_for_end}, {"drip", wire_drip}, {"headers", wire_headers}, {"reset", reset}, {"refuse", reset},
	};

	if (deed_of(a, "delay"))
		usleep((useconds_t)deed_number(a, "delay", 100) * 1000);
	/* Deeds may be others when it has acted. */
	for (size_t i = 0; i < countof(ends); i++)
		if (deed_of(a, ends[i].deed)) {
			ends[i].act(a);
			return *hang_up = true;
		}
	if (deed_of(a, "endless"))
		answer_endless(a);
	else if (deed_of(a, "status"))
		answer_status(a, deed_of(a, "status"));
	else if (deed_of(a, "bomb"))
		wire_bomb(a, deed_of(a, "bomb"));
	else if (deed_of(a, "redirect"))
		answer_redirect(a, deed_of(a, "redirect"));
	else if (deed_of(a, "html"))
		exchange_answer(&a->x, (unsigned)deed_number(a, "html", 502), "text/html", span_str(page));
	else if (deed_of(a, "empty"))
		exchange_answer(&a->x, 200, "application/json", SPAN_NONE);
	else if (deed_of(a, "garbage"))
		exchange_answer(&a->x, 200, "application/json", SPAN("{\"\x01\xff nothing of use"));
	else
		return false;
	return true;
}

/* --- what spoils one ----------------------------------------------------- */

struct part {
	struct buf bytes;
	size_t stop;
	long pause;
};

static ssize_t
next_part(void *arg, uint64_t at, char *out, size_t max)
{
	struct part *p = arg;
	size_t n = p->pause ? 1 : p->stop - at;

	if (at >= p->stop)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (p->pause)
		usleep((useconds_t)p->pause * 1000);
	if (n > max)
		n = max;
	memcpy(out, p->bytes.ptr + at, n);
	return (ssize_t)n;
}

static void
end_part(void *arg)
{
	struct part *p = arg;

	buf_release(&p->bytes);
	free(p);
}

static void
answer_part(struct ask *a, struct buf *body, size_t stop, long pause)
{
	struct part *p = xcalloc(1, sizeof(*p));

	p->bytes = *body;
	p->stop = stop;
	p->pause = pause;
	*body = (struct buf)BUF_INIT(BUF_BIG_MAX);
	MHD_destroy_response(a->x.out);
	a->x.out = MHD_create_response_from_callback(p->bytes.len, 4096, next_part, p, end_part);
	MHD_add_response_header(a->x.out, "Content-Type", "application/json");
}

void
deed_spoil(struct ask *a, struct buf *body)
{
	a->x.status = (unsigned)deed_number(a, "as", (long)a->x.status);
	if (deed_of(a, "replay"))
		exchange_answer(&a->x, a->x.status, "application/json", buf_span(reply_before(a)));
	a->wire = deed_of(a, "old-http") ? WIRE_OLD : deed_of(a, "cut-chunk") ? WIRE_CHUNK : WIRE_NOT;
	a->by_hand = pool_span(&a->pool, buf_span(body));
	if (deed_of(a, "truncate"))
		answer_part(a, body, body->len / 2, 0);
	else if (deed_of(a, "slow"))
		answer_part(a, body, body->len, deed_number(a, "slow", 10));
}
