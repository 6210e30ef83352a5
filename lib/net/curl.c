/* SPDX-License-Identifier: Apache-2.0 */
#include "net/curl.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/date.h"
#include "net/fence.h"
#include "net/outbox.h"
#include "net/outcome.h"
#include "net/sites.h"

enum {
	SITE_TRANSFERS = 16,	/* connections to one server */
	SITE_STREAMS = 64,	/* requests on one HTTP/2 connection */
	ALL_TRANSFERS = 128,
	SNIFFS_MAX = 8,		/* waited for at a time; others look at their clock */
	OUT_HIGH = 1 << 20,	/* answers wait for their reader above this */
	OUT_LOW = 256 << 10,
};

struct server {
	int in;
	bool ended;		/* in gave its end */
	bool wide;		/* all roots are needed */
	bool progress;		/* something changed: look for what can start */
	struct frame_reader reader;
	struct outbox outbox;
	struct handles handles;
	struct sites sites;
	struct transfer *all, **all_tail;
	size_t count, active, paused;
};

/* --- answers ------------------------------------------------------------ */

static bool
on_body(void *owner, int64_t id, struct span bytes)
{
	struct server *s = owner;

	if (outbox_waits(&s->outbox) > OUT_HIGH) {
		s->paused++;
		return false;
	}
	outbox_body(&s->outbox, id, bytes);
	return true;
}

static void
resume(struct server *s)
{
	s->paused = 0;
	for (struct transfer *x = s->all; x; x = x->next)
		if (x->paused) {
			x->paused = false;
			curl_easy_pause(x->easy, CURLPAUSE_CONT);
		}
}

static void
flush(struct server *s)
{
	outbox_flush(&s->outbox);
	if (s->paused && outbox_waits(&s->outbox) < OUT_LOW)
		resume(s);
}

static void
on_connected(void *owner, void *transfer)
{
	struct server *s = owner;

	s->progress |= sites_connected(transfer);
}

static void
on_head(void *owner, int64_t id, int status, struct span url, const struct shape_strs *headers)
{
	struct server *s = owner;

	s->progress |= sites_answered(&s->sites, id);
	outbox_head(&s->outbox, id, status, url, headers);
}

static const struct transfer_events events = {on_head, on_body, on_connected};

/* --- running transfers -------------------------------------------------- */

static void
stop(struct server *s, struct transfer *x)
{
	if (!x->running)
		return;
	if (x->paused && s->paused)
		s->paused--;
	handles_put(&s->handles, x->easy);
	x->easy = NULL;
	x->running = x->paused = false;
	x->site->active--;
	s->active--;
	s->progress = true;
}

static void
remove_transfer(struct server *s, struct transfer *x)
{
	struct transfer **at = &s->all;

	stop(s, x);
	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	if (!x->next)
		s->all_tail = at;
	s->count--;
	sites_leave(&s->sites, x);
	s->progress = true;
	transfer_free(x);
}

/* Those that waited for the pilot's finding share its failure, else each would
 * find out by itself. */
static void
fail(struct server *s, struct transfer *x, const struct err *why)
{
	struct site *site = x->site;
	struct transfer *next;
	bool shared = site && site->pilot == x;

	outbox_end(&s->outbox, x->q.id, why);
	remove_transfer(s, x);
	for (struct transfer *w = s->all; shared && w; w = next) {
		next = w->next;
		if (w->site != site || w->running || w->hops || !w->q.plain)
			continue;
		outbox_end(&s->outbox, w->q.id, why);
		remove_transfer(s, w);
	}
}

static void
launch(struct server *s, struct transfer *x)
{
	struct site *site = x->site;
	bool plain = sites_goes_plain(x);
	struct err e = ERR_INIT;

	x->easy = handles_get(&s->handles);
	x->running = true;
	x->tried++;
	x->wide |= s->wide;
	if (!plain)
		free(take(&x->tls_text));
	site->active++;
	s->active++;
	if (transfer_set_up(x, x->easy, plain, &e))
		fail(s, x, &e);
	else if (curl_multi_add_handle(s->handles.multi, x->easy))
		BUG("libcurl does not take a request");
}

static bool
may_start(const struct server *s, struct transfer *x, int64_t now)
{
	return !x->running && !x->wake && s->active < ALL_TRANSFERS && x->site->active < x->site->limit &&
	    sites_admit(x, now);
}

/* Finds the site of what is asked next. */
static bool
place(struct server *s, struct transfer *x)
{
	struct origin o;
	struct err e = ERR_INIT;

	if (origin_parse(&o, buf_span(&x->target), &e)) {
		fail(s, x, &e);
		return false;
	}
	x->site = sites_find(&s->sites, &o, SITE_TRANSFERS);
	return true;
}

static void
start_ready(struct server *s)
{
	int64_t now = date_monotonic_ms();
	struct transfer *next;

	s->progress = false;
	for (struct transfer *x = s->all; x; x = next) {
		next = x->next;
		if (x->wake && x->wake <= now)
			x->wake = 0;
		if (may_start(s, x, now)) {
			/* A failure may take others with it. */
			s->progress = false;
			launch(s, x);
			if (s->progress)
				next = s->all;
		}
	}
}

/* The time of those that wait runs out here; libcurl looks after the others. */
static void
check_time(struct server *s)
{
	int64_t now = date_monotonic_ms();
	struct transfer *next;

	for (struct transfer *x = s->all; x; x = next) {
		struct err e = ERR_INIT;

		next = x->next;
		if (x->running || now < x->until)
			continue;
		err_set(&e, REASON_TIMEOUT, "%.*s %.*s: the time is up", SPAN_FMT(x->q.method), SPAN_FMT(x->q.url));
		fail(s, x, &e);
		next = s->all;
	}
}

static void
again(struct server *s, struct transfer *x)
{
	stop(s, x);
	(void)place(s, x);
}

/* Stops an attempt that does not count. */
static void
take_back(struct server *s, struct transfer *x)
{
	stop(s, x);
	x->tried--;
}

static bool
falls_back(struct server *s, struct transfer *x, CURLcode code)
{
	if (!sites_falls_back(&s->sites, x, code))
		return false;
	take_back(s, x);
	return true;
}

/* Its authority may be among those that were not read yet. */
static bool
widens(struct server *s, struct transfer *x, CURLcode code)
{
	if (code != CURLE_PEER_FAILED_VERIFICATION || x->wide || x->q.cacert.ptr || x->connected)
		return false;
	s->wide = x->wide = true;
	take_back(s, x);
	return true;
}

static void
finish(struct server *s, struct transfer *x, CURLcode code)
{
	struct err e = ERR_INIT;
	long version = 0;

	if (curl_easy_getinfo(x->easy, CURLINFO_HTTP_VERSION, &version) == CURLE_OK &&
	    version == CURL_HTTP_VERSION_2_0)
		x->site->limit = SITE_STREAMS;
	if (falls_back(s, x, code) || widens(s, x, code))
		return;
	switch (outcome_judge(x, code, &e)) {
	case OUTCOME_DONE:
		outbox_done(&s->outbox, x->q.id, &(struct shape_strs){x->lines.items + x->head_lines,
		    x->lines.count - x->head_lines});
		remove_transfer(s, x);
		break;
	case OUTCOME_AGAIN:
		sites_retry(x);
		again(s, x);
		break;
	case OUTCOME_FAILED:
		fail(s, x, &e);
		break;
	}
}

/* A probe found out what the pilot could not. */
static void
finish_probe(struct server *s, struct transfer *pilot)
{
	if (pilot->running)
		take_back(s, pilot);
	pilot->wake = 0;
	s->progress = true;
}

static void
collect(struct server *s)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(s->handles.multi, &left))) {
		struct transfer *x = NULL;
		CURL *h = m->easy_handle;
		CURLcode code = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		if (sites_take_probe(&s->sites, h, code, &x)) {
			if (x)
				finish_probe(s, x);
			continue;
		}
		curl_easy_getinfo(h, CURLINFO_PRIVATE, (char **)&x);
		finish(s, x, code);
	}
}

/* --- requests ----------------------------------------------------------- */

static struct transfer *
find(struct server *s, int64_t id)
{
	struct transfer *x = s->all;

	while (x && x->q.id != id)
		x = x->next;
	return x;
}

static int
take_request(struct server *s, const struct frame *f, struct err *e)
{
	struct transfer *x = transfer_new(&events, s), *old;
	struct err why = ERR_INIT;

	if (frame_request_parse(&x->q, f->root, &x->pool, e)) {
		transfer_free(x);
		return -1;
	}
	old = find(s, x->q.id);
	if (x->q.cancel || old || s->count >= FRAME_REQUESTS_MAX) {
		bool cancel = x->q.cancel;

		err_set(e, REASON_PROTOCOL, "request %lld %s", (long long)x->q.id,
		    old ? "is in flight already" : "is one too many");
		transfer_free(x);
		if (!cancel)
			return -1;
		err_clear(e);
		if (old)
			remove_transfer(s, old);
		return 0;
	}
	fence_enter(&x->q);
	*s->all_tail = x;
	s->all_tail = &x->next;
	s->count++;
	s->progress = true;
	frame_take_body(&s->reader, f, &x->body);
	if (transfer_begin(x, &why))
		fail(s, x, &why);
	else
		(void)place(s, x);
	return 0;
}

static int
take_requests(struct server *s, struct err *e)
{
	struct frame f;
	int more = frame_read(&s->reader, s->in, e);

	if (more < 0)
		return -1;
	s->ended = more == 0;
	while ((more = frame_next(&s->reader, &f, e)) > 0)
		if (take_request(s, &f, e))
			return -1;
	if (more == 0 && s->ended && frame_is_partial(&s->reader))
		return err_set(e, REASON_PROTOCOL, "the input ends in the middle of a frame");
	return more;
}

/* --- the loop ----------------------------------------------------------- */

static int
wait_ms(const struct server *s)
{
	int64_t now = date_monotonic_ms(), until = now + 60000;

	for (const struct transfer *x = s->all; x; x = x->next) {
		if (x->running)
			continue;
		if (x->wake && x->wake < until)
			until = x->wake;
		if (x->until < until)
			until = x->until;
	}
	until = sites_until(&s->sites, until);
	return until <= now ? 0 : (int)(until - now);
}

/* Waits; then reads what was asked. */
static int
wait_for_work(struct server *s, struct err *e)
{
	struct curl_waitfd extra[2 + SNIFFS_MAX];
	struct pollfd fds[2] = {{.fd = s->ended ? -1 : s->in, .events = POLLIN}, {.fd = s->outbox.fd}};
	unsigned n = 0;

	if (!s->ended)
		extra[n++] = (struct curl_waitfd){.fd = s->in, .events = CURL_WAIT_POLLIN};
	/* Also without anything to write: an error there means that nobody reads. */
	extra[n++] = (struct curl_waitfd){.fd = s->outbox.fd,
	    .events = outbox_waits(&s->outbox) ? CURL_WAIT_POLLOUT : 0};
	n += sites_wait(&s->sites, extra + n, countof(extra) - n);
	if (curl_multi_poll(s->handles.multi, extra, n, wait_ms(s), NULL))
		return err_set(e, REASON_HELPER, "libcurl cannot wait");
	if (poll(fds, 2, 0) <= 0)
		return 0;
	if (fds[1].revents & (POLLERR | POLLNVAL))
		s->outbox.deaf = true;
	return fds[0].revents ? take_requests(s, e) : 0;
}

static int
turn(struct server *s, struct err *e)
{
	int running;

	do {
		check_time(s);
		start_ready(s);
		s->progress |= sites_sniff(&s->sites);
		sites_probe(&s->sites);
		if (curl_multi_perform(s->handles.multi, &running))
			return err_set(e, REASON_HELPER, "libcurl cannot go on");
		collect(s);
	} while (s->progress);
	flush(s);
	if (s->outbox.deaf || (s->ended && !s->all && !outbox_waits(&s->outbox)))
		return 0;
	return wait_for_work(s, e) ? -1 : 1;
}

/* A pipe is ours alone; a terminal or file may be somebody else's too. */
static void
set_nonblocking(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
		(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static int
set_up(struct server *s, struct err *e)
{
	if (handles_init(&s->handles, e))
		return -1;
	s->sites.handles = &s->handles;
	s->all_tail = &s->all;
	frame_reader_init(&s->reader, FRAME_BODY_MAX);
	set_nonblocking(s->in);
	set_nonblocking(s->outbox.fd);
	return 0;
}

static void
tear_down(struct server *s)
{
	while (s->all)
		remove_transfer(s, s->all);
	sites_release(&s->sites);
	handles_release(&s->handles);
	outbox_release(&s->outbox);
	frame_reader_release(&s->reader);
}

int
curl_serve(int in, int out, struct err *e)
{
	struct server s = {.in = in};
	int going = 1;

	outbox_init(&s.outbox, out);
	if (set_up(&s, e))
		return -1;
	while (going > 0)
		going = turn(&s, e);
	flush(&s);
	tear_down(&s);
	return going;
}
