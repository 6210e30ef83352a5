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
#include "net/sniff.h"

enum {
	SITE_TRANSFERS = 16,	/* connections to one server */
	SITE_STREAMS = 64,	/* requests on one HTTP/2 connection */
	ALL_TRANSFERS = 128,
	PROBE_MS = 300,		/* TLS has had its chance; ask http meanwhile */
	PROBE_LOOPBACK_MS = 50,	/* the same, where no network is in between */
	SNIFFS_MAX = 8,		/* waited for at a time; others look at their clock */
	OUT_HIGH = 1 << 20,	/* answers wait for their reader above this */
	OUT_LOW = 256 << 10,
};

/* What is known of a server whose scheme is to be found out. */
enum scheme { SCHEME_UNKNOWN, SCHEME_SNIFFING, SCHEME_TRYING_TLS, SCHEME_TRYING_PLAIN, SCHEME_TLS, SCHEME_PLAIN };

struct site {
	struct site *next;
	char *authority;
	unsigned active, limit;
	enum scheme scheme;
	int64_t patience;	/* ms before the probe */
	struct transfer *pilot;	/* the request that finds it out; others wait */
	CURL *probe;		/* GET /v2/ by http, while TLS says nothing */
	int64_t probe_at;	/* 0 = it was sent, or need not be */
	bool sniffed;
	struct sniff_call sniff;
	int64_t sniff_until;
};

struct server {
	int in;
	bool ended;		/* in gave its end */
	bool wide;		/* all roots are needed */
	bool progress;		/* something changed: look for what can start */
	struct frame_reader reader;
	struct outbox outbox;
	CURLM *multi;
	CURLSH *share;
	VEC(CURL *) spare;
	struct transfer *all, **all_tail;
	size_t count, active, paused;
	struct site *sites;
};

/* --- answers ------------------------------------------------------------ */

static void
on_head(void *owner, int64_t id, int status, struct span url, const struct shape_strs *headers)
{
	struct server *s = owner;

	outbox_head(&s->outbox, id, status, url, headers);
}

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

/* --- sites -------------------------------------------------------------- */

static struct site *
site_of(struct server *s, const struct origin *o)
{
	AUTO(buf) struct buf name = BUF_INIT(1024);
	struct site *site = s->sites;

	origin_authority(o, &name);
	while (site && strcmp(site->authority, buf_str(&name)) != 0)
		site = site->next;
	if (site)
		return site;
	site = xcalloc(1, sizeof(*site));
	site->authority = xstrdup(buf_str(&name));
	site->limit = SITE_TRANSFERS;
	site->patience = origin_is_loopback(o) ? PROBE_LOOPBACK_MS : PROBE_MS;
	site->next = s->sites;
	return s->sites = site;
}

static CURL *
easy_get(struct server *s)
{
	CURL *h = s->spare.count ? s->spare.items[--s->spare.count] : curl_easy_init();

	if (!h)
		mem_exhausted();
	curl_easy_setopt(h, CURLOPT_SHARE, s->share);
	return h;
}

static void
easy_put(struct server *s, CURL *h)
{
	curl_multi_remove_handle(s->multi, h);
	curl_easy_reset(h);
	*VEC_PUSH(&s->spare) = h;
}

static void
stop_probe(struct server *s, struct site *site)
{
	site->probe_at = 0;
	if (site->probe)
		easy_put(s, site->probe);
	site->probe = NULL;
}

static bool
start_sniff(struct site *site, const struct origin *o)
{
	if (site->sniffed)
		return false;
	site->sniffed = true;
	if (!sniff_start(&site->sniff, o))
		return false;
	site->scheme = SCHEME_SNIFFING;
	site->sniff_until = date_monotonic_ms() + site->patience;
	return true;
}

static void
look_after_sniffs(struct server *s)
{
	static const enum scheme means[] = {[SNIFF_TLS] = SCHEME_TLS, [SNIFF_PLAIN] = SCHEME_PLAIN,
	    [SNIFF_UNCLEAR] = SCHEME_UNKNOWN};

	for (struct site *site = s->sites; site; site = site->next) {
		enum sniff found;

		if (site->scheme != SCHEME_SNIFFING)
			continue;
		found = sniff_step(&site->sniff);
		if (found == SNIFF_WAITING && date_monotonic_ms() < site->sniff_until)
			continue;
		site->scheme = found == SNIFF_WAITING ? SCHEME_UNKNOWN : means[found];
		sniff_end(&site->sniff);
		s->progress = true;
	}
}

/* TLS is there and nothing was said yet: the server speaks https. Called from
 * within libcurl: the probe is stopped later. */
static void
on_connected(void *owner, void *transfer)
{
	struct server *s = owner;
	struct transfer *x = transfer;
	struct site *site = x->site;

	if (site->pilot != x || site->scheme != SCHEME_TRYING_TLS)
		return;
	site->scheme = SCHEME_TLS;
	site->pilot = NULL;
	s->progress = true;
}

/* An answer by http: that settles it. */
static void
on_first_head(void *owner, int64_t id, int status, struct span url, const struct shape_strs *headers)
{
	struct server *s = owner;

	for (struct site *site = s->sites; site; site = site->next)
		if (site->pilot && site->pilot->q.id == id && site->scheme == SCHEME_TRYING_PLAIN) {
			site->scheme = SCHEME_PLAIN;
			site->pilot = NULL;
			s->progress = true;
		}
	on_head(owner, id, status, url, headers);
}

static const struct transfer_events events = {on_first_head, on_body, on_connected};

/* --- running transfers -------------------------------------------------- */

static void
stop(struct server *s, struct transfer *x)
{
	if (!x->running)
		return;
	if (x->paused && s->paused)
		s->paused--;
	easy_put(s, x->easy);
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
	if (x->site && x->site->pilot == x) {
		x->site->pilot = NULL;
		x->site->scheme = SCHEME_UNKNOWN;
		stop_probe(s, x->site);
	}
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

/* Whether the scheme of this request is to be found out, and not named by a
 * redirect or the request itself. */
static bool
may_be_plain(const struct transfer *x)
{
	return x->q.plain && x->hops == 0 && span_starts(buf_span(&x->target), "https");
}

static void
launch(struct server *s, struct transfer *x)
{
	struct site *site = x->site;
	bool plain = may_be_plain(x) && (site->scheme == SCHEME_PLAIN || site->scheme == SCHEME_TRYING_PLAIN);
	struct err e = ERR_INIT;

	x->easy = easy_get(s);
	x->running = true;
	x->tried++;
	x->wide |= s->wide;
	if (!plain)
		free(take(&x->tls_text));
	site->active++;
	s->active++;
	if (transfer_set_up(x, x->easy, plain, &e))
		fail(s, x, &e);
	else if (curl_multi_add_handle(s->multi, x->easy))
		BUG("libcurl does not take a request");
}

static bool
may_start(struct server *s, struct transfer *x, int64_t now)
{
	struct site *site = x->site;
	struct origin o;

	if (x->running || x->wake || s->active >= ALL_TRANSFERS || site->active >= site->limit)
		return false;
	if (!may_be_plain(x) || site->scheme == SCHEME_TLS || site->scheme == SCHEME_PLAIN || site->pilot == x)
		return true;
	if (site->pilot || site->scheme == SCHEME_SNIFFING ||
	    (origin_parse(&o, buf_span(&x->target), NULL) == 0 && start_sniff(site, &o)))
		return false;
	site->pilot = x;
	site->scheme = SCHEME_TRYING_TLS;
	site->probe_at = now + site->patience;
	return true;
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
	x->site = site_of(s, &o);
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

/* The pilot could not speak TLS: it goes again, by http. */
static bool
falls_back(struct server *s, struct transfer *x, CURLcode code)
{
	struct site *site = x->site;

	if (site->pilot != x || site->scheme != SCHEME_TRYING_TLS || x->connected || !outcome_may_be_plain(code))
		return false;
	stop_probe(s, site);
	free(x->tls_text);
	x->tls_text = xstrdup(x->text[0] ? x->text : curl_easy_strerror(code));
	site->scheme = SCHEME_TRYING_PLAIN;
	stop(s, x);
	x->tried--;
	return true;
}

/* Its authority may be among those that were not read yet. */
static bool
widens(struct server *s, struct transfer *x, CURLcode code)
{
	if (code != CURLE_PEER_FAILED_VERIFICATION || x->wide || x->q.cacert.ptr || x->connected)
		return false;
	s->wide = x->wide = true;
	stop(s, x);
	x->tried--;
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
		outbox_end(&s->outbox, x->q.id, NULL);
		remove_transfer(s, x);
		break;
	case OUTCOME_AGAIN:
		/* Nobody answered by either scheme: both are tried again. */
		if (x->site->pilot == x && x->site->scheme == SCHEME_TRYING_PLAIN && !x->has_head) {
			x->site->scheme = SCHEME_TRYING_TLS;
			x->site->probe_at = x->wake + x->site->patience;
		} else if (x->site->pilot == x && x->has_head) {
			x->site->scheme = SCHEME_PLAIN;
			x->site->pilot = NULL;
		}
		again(s, x);
		break;
	case OUTCOME_FAILED:
		fail(s, x, &e);
		break;
	}
}

/* --- the probe ---------------------------------------------------------- */

static size_t
discard(char *ptr UNUSED, size_t size, size_t count, void *arg UNUSED)
{
	return size * count;
}

static void
start_probe(struct server *s, struct site *site)
{
	AUTO(charp) char *url = xasprintf("http://%s/v2/", site->authority);
	CURL *h = easy_get(s);
	struct origin o;
	struct err e = ERR_INIT;

	site->probe_at = 0;
	if (origin_parse(&o, span_str(url), &e) ||
	    transfer_set_peer(h, &site->pilot->q, &o, TRANSFER_FIRST, &e)) {
		easy_put(s, h);
		return;
	}
	curl_easy_setopt(h, CURLOPT_URL, url);
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, discard);
	curl_easy_setopt(h, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)FRAME_CHUNK_MAX);
	curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)TRANSFER_CONNECT_MS);
	site->probe = h;
	curl_multi_add_handle(s->multi, h);
}

static void
finish_probe(struct server *s, struct site *site, CURLcode code)
{
	struct transfer *pilot = site->pilot;
	long status = 0;

	curl_easy_getinfo(site->probe, CURLINFO_RESPONSE_CODE, &status);
	stop_probe(s, site);
	if (code != CURLE_OK || site->scheme != SCHEME_TRYING_TLS || !pilot || pilot->connected ||
	    !(status == 200 || status == 401 || status == 403 || status == 404))
		return;
	site->scheme = SCHEME_PLAIN;
	site->pilot = NULL;
	if (pilot->running) {
		stop(s, pilot);
		pilot->tried--;
	}
	pilot->wake = 0;
	s->progress = true;
}

static void
look_after_probes(struct server *s)
{
	int64_t now = date_monotonic_ms();

	for (struct site *site = s->sites; site; site = site->next) {
		if (site->scheme != SCHEME_TRYING_TLS)
			stop_probe(s, site);
		else if (site->probe_at && now >= site->probe_at && site->pilot && site->pilot->running)
			start_probe(s, site);
	}
}

static struct site *
site_of_probe(struct server *s, CURL *h)
{
	struct site *site = s->sites;

	while (site && site->probe != h)
		site = site->next;
	return site;
}

static void
collect(struct server *s)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(s->multi, &left))) {
		struct transfer *x = NULL;
		CURL *h = m->easy_handle;
		CURLcode code = m->data.result;
		struct site *probed = site_of_probe(s, h);

		if (m->msg != CURLMSG_DONE)
			continue;
		if (probed) {
			finish_probe(s, probed, code);
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
	for (const struct site *site = s->sites; site; site = site->next) {
		if (site->probe_at && site->probe_at < until && site->pilot && site->pilot->running)
			until = site->probe_at;
		else if (site->scheme == SCHEME_SNIFFING && site->sniff_until < until)
			until = site->sniff_until;
	}
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
	for (struct site *site = s->sites; site && n < countof(extra); site = site->next)
		if (site->scheme == SCHEME_SNIFFING)
			extra[n++] = (struct curl_waitfd){.fd = site->sniff.fd,
			    .events = site->sniff.sent ? CURL_WAIT_POLLIN : CURL_WAIT_POLLOUT};
	if (curl_multi_poll(s->multi, extra, n, wait_ms(s), NULL))
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
		look_after_sniffs(s);
		look_after_probes(s);
		if (curl_multi_perform(s->multi, &running))
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
	if (curl_global_init(CURL_GLOBAL_DEFAULT) || !(s->multi = curl_multi_init()) ||
	    !(s->share = curl_share_init()))
		return err_set(e, REASON_HELPER, "libcurl cannot be used");
	curl_share_setopt(s->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS, 64L);
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
	while (s->sites) {
		struct site *site = s->sites;

		stop_probe(s, site);
		if (site->scheme == SCHEME_SNIFFING)
			sniff_end(&site->sniff);
		s->sites = site->next;
		free(site->authority);
		free(site);
	}
	for (size_t i = 0; i < s->spare.count; i++)
		curl_easy_cleanup(s->spare.items[i]);
	VEC_FREE(&s->spare);
	curl_multi_cleanup(s->multi);
	curl_share_cleanup(s->share);
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
