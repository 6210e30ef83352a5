/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "net/remote.h"
#include "net/task.h"

enum {
	TIME_MAX_MS = 5 * 60 * 1000,	/* of one exchange, when there is no deadline */
	GRACE_MS = 300,		/* for the co-process to say that time is up */
};

/* A request that was sent and not yet answered to the end; on the stack of
 * whoever waits for it. */
struct exchange {
	struct exchange *next;
	int64_t id;
	const struct http_request *q;
	struct http_response *r;
	struct err *e;
	size_t max, fed;
	int64_t until;
	bool has_head, done;
	int result;
	struct task *task;
};

static struct {
	struct exchange *waiting;
	int64_t last_id;
	struct span files[FRAME_FILES_MAX];	/* that requests may name */
	size_t file_count;
	bool told;		/* the co-process knows them */
} http;

static void
end(struct exchange *x, int result)
{
	struct exchange **at = &http.waiting;

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	x->done = true;
	x->result = result;
	if (x->task)
		task_wake(x->task);
}

/* Ends it on our side while the co-process is still at it. */
static void
abandon(struct exchange *x)
{
	AUTO(buf) struct buf line = BUF_INIT(BUF_TEXT_MAX);

	frame_request_emit(&(struct frame_request){.id = x->id, .cancel = true}, &line);
	remote_send(buf_span(&line), SPAN_NONE);
	end(x, -1);
}

static void
end_all(const struct err *why)
{
	while (http.waiting) {
		struct exchange *x = http.waiting;

		if (x->e)
			*x->e = *why;
		end(x, -1);
	}
}

static char *
lower(char *s)
{
	for (char *c = s; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 32);
	return s;
}

static void
add_headers(struct http_response *r, const struct shape_strs *lines)
{
	struct http_header *before = r->headers;
	struct span name, value;

	r->headers = pool_array(&r->pool, r->header_count + lines->count + 1, sizeof(*r->headers));
	for (size_t i = 0; i < r->header_count; i++)
		r->headers[i] = before[i];
	for (size_t i = 0; i < lines->count; i++) {
		struct http_header *h = &r->headers[r->header_count++];

		/* frame_answer_parse split it before. */
		(void)frame_header_split(lines->items[i], &name, &value);
		h->name = lower(pool_str(&r->pool, name));
		h->value = pool_str(&r->pool, value);
	}
}

static void
on_head(struct exchange *x, const struct frame_answer *a)
{
	struct http_response *r = x->r;

	/* A second head: the request was sent again. */
	pool_release(&r->pool);
	buf_reset(&r->body);
	x->has_head = true;
	r->status = (int)a->status;
	r->url = pool_str(&r->pool, a->url);
	r->headers = NULL;
	r->header_count = 0;
	add_headers(r, &a->headers);
}

static int
take_body(struct exchange *x, struct span bytes)
{
	bool sunk = x->q->sink && x->r->status / 100 == 2;
	size_t before = sunk ? x->fed : x->r->body.len;

	if (bytes.len > x->max - before) {
		err_set(x->e, REASON_TOO_LARGE, "%s %s: the answer is too large", x->q->method, x->r->url);
		return err_expected(x->e, "at most %zu bytes", x->max);
	}
	if (!sunk) {
		buf_add_span(&x->r->body, bytes);
		return 0;
	}
	x->fed += bytes.len;
	return x->q->sink->feed(x->q->sink, bytes, x->e);
}

static int
on_end(struct exchange *x, const struct frame_answer *a)
{
	enum reason reason = a->reason.ptr ? reason_find(a->reason) : REASON_NONE;

	if (!a->reason.ptr && x->has_head) {
		if (a->headers.count)
			add_headers(x->r, &a->headers);
		return 0;
	}
	if (reason == REASON_NONE)
		return err_set(x->e, REASON_PROTOCOL, "%s %s: the program that speaks HTTP ended it without an answer",
		    x->q->method, x->q->url);
	err_set(x->e, reason, "%.*s", SPAN_FMT(a->message));
	return a->hint.ptr ? err_hint(x->e, "%.*s", SPAN_FMT(a->hint)) : -1;
}

static int
dispatch(const struct frame_answer *a, struct span body, struct err *e)
{
	struct exchange *x = http.waiting;

	while (x && x->id != a->id)
		x = x->next;
	if (!x) {
		/* An answer to what was abandoned; or to nothing ever asked. */
		if (a->id > 0 && a->id <= http.last_id)
			return 0;
		return err_set(e, REASON_PROTOCOL, "an answer to request %lld, which was never made",
		    (long long)a->id);
	}
	if (a->kind == FRAME_END) {
		end(x, on_end(x, a));
		return 0;
	}
	if (a->kind == FRAME_BODY && !x->has_head)
		return err_set(e, REASON_PROTOCOL, "a body before its head");
	if (a->kind == FRAME_HEAD && x->fed)
		return err_set(e, REASON_PROTOCOL, "a streamed answer started again");
	if (a->kind == FRAME_HEAD)
		on_head(x, a);
	else if (take_body(x, body))
		abandon(x);
	return 0;
}

static int
receive(struct err *e)
{
	struct frame f;
	int more;

	while ((more = remote_next(&f, e)) > 0) {
		AUTO(pool) struct pool pool = POOL_INIT;
		struct frame_answer a;

		if (frame_answer_parse(&a, f.root, &pool, e) || dispatch(&a, f.body, e))
			return -1;
	}
	return more;
}

/* The co-process should have given up by itself long ago. */
static int
check_time(struct err *e)
{
	int64_t now = date_monotonic_ms();

	for (struct exchange *x = http.waiting; x; x = x->next)
		if (now > x->until)
			return err_set(e, REASON_TIMEOUT, "%s %s: the program that speaks HTTP does not answer",
			    x->q->method, x->q->url);
	return 0;
}

/* Waits at most ms for something to happen; false when there is nothing to
 * wait for. */
static bool
pump(int64_t ms)
{
	struct err e = ERR_INIT;
	int64_t until = INT64_MAX;
	int more;

	if (!http.waiting)
		return false;
	for (struct exchange *x = http.waiting; x; x = x->next)
		if (x->until < until)
			until = x->until;
	until -= date_monotonic_ms() - 1;
	more = remote_wait(until < ms ? until : ms, &e);
	if (more > 0)
		more = receive(&e);
	if (more == 0)
		more = check_time(&e);
	if (more < 0) {
		if (remote_is_running()) {
			err_wrap(&e, "the program that speaks HTTP");
			remote_kill();
		}
		end_all(&e);
	}
	return true;
}

static int
check_header(const char *name, const char *value, struct err *e)
{
	AUTO(buf) struct buf line = BUF_INIT(FRAME_HEADER_BYTES_MAX);
	struct span n, v;

	buf_printf(&line, "%s: %s", name, value);
	if (buf_check(&line, "a header", e))
		return -1;
	return frame_header_split(buf_span(&line), &n, &v) && n.len == strlen(name) ? 0 :
	    err_set(e, REASON_PROTOCOL, "header %s cannot be sent", name);
}

static int
set_headers(const struct http_request *q, struct shape_strs *out, struct pool *pool, struct err *e)
{
	if (q->header_count > FRAME_HEADERS_MAX)
		return err_set(e, REASON_TOO_LARGE, "too many headers");
	out->items = pool_array(pool, q->header_count + 1, sizeof(*out->items));
	for (size_t i = 0; i < q->header_count; i++) {
		const struct http_header *h = &q->headers[i];

		if (check_header(h->name, h->value, e))
			return -1;
		out->items[out->count++] = span_str(pool_printf(pool, "%s: %s", h->name, h->value));
	}
	return 0;
}

static int64_t
left(int64_t now)
{
	int64_t until = http_settings.deadline;

	return until && until - now < TIME_MAX_MS ? until - now : TIME_MAX_MS;
}

static int
send_request(struct exchange *x, int64_t ms)
{
	static const struct http_peer strict;
	const struct http_request *q = x->q;
	const struct http_peer *p = q->peer ? q->peer : &strict;
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(buf) struct buf line = BUF_INIT(FRAME_LINE_MAX);
	struct frame_request f = {
		.id = x->id, .method = span_str(q->method), .url = span_str(q->url),
		.secret = span_str(q->secret_header), .cacert = span_str(p->cacert),
		.client_cert = span_str(p->client_cert), .client_key = span_str(p->client_key),
		.server_name = span_str(p->server_name), .socket = span_str(p->socket),
		.user_agent = span_str(http_settings.user_agent),
		.plain = p->plain_allowed, .insecure = p->insecure, .repeatable = q->repeatable, .fresh = q->once,
		.stream = q->sink, .verbose = http_settings.verbose, .max = (int64_t)x->max, .deadline = ms,
		.retry_time = http_settings.retry_max_ms, .retries = http_settings.retries,
		.length = (int64_t)q->body.len,
	};
	int failed;

	if (!http.told)
		f.files = (struct shape_strs){http.files, http.file_count};
	if (set_headers(q, &f.headers, &pool, x->e))
		return -1;
	frame_request_emit(&f, &line);
	failed = buf_check(&line, "a request", x->e);
	if (!failed) {
		remote_send(buf_span(&line), q->body);
		http.told = true;
	}
	mem_wipe(line.ptr, line.len);
	return failed;
}

static int
start(struct exchange *x, struct err *e)
{
	int64_t now = date_monotonic_ms(), ms = left(now);

	if (x->q->timeout > 0 && x->q->timeout < ms)
		ms = x->q->timeout;
	if (ms <= 0)
		return err_set(e, REASON_TIMEOUT, "%s %s: the time is up", x->q->method, x->q->url);
	if (x->q->body.len > FRAME_BODY_MAX)
		return err_set(e, REASON_TOO_LARGE, "%s %s: the body is too large", x->q->method, x->q->url);
	if (!remote_is_running())
		http.told = false;
	if (remote_start(e) || send_request(x, ms))
		return -1;
	x->until = now + ms + GRACE_MS;
	x->next = http.waiting;
	http.waiting = x;
	return 0;
}

int
http_do(const struct http_request *q, struct http_response *r, struct err *e)
{
	struct exchange x = {.id = ++http.last_id, .q = q, .r = r, .e = e, .task = task_self(),
	    .max = q->max_body ? q->max_body : HTTP_BODY_MAX};

	http_response_release(r);
	buf_init(&r->body, x.max);
	task_set_idle(pump);
	if (start(&x, e))
		return -1;
	while (!x.done) {
		if (x.task) {
			task_park();
			continue;
		}
		task_run();
		if (!x.done)
			(void)task_idle();
	}
	return x.result;
}

int
http_warm(struct err *e)
{
	if (!remote_is_running())
		http.told = false;
	return remote_start(e);
}

int
http_confine(bool asks, unsigned keep, const char *const reads[], size_t count, struct err *e)
{
	if (asks && http_warm(e))
		return -1;
	if (remote_is_running())
		keep |= SANDBOX_SIGNAL;
	(void)sandbox_enter(keep, reads, count);
	return 0;
}

void
http_will_read(const char *path)
{
	struct span name = span_str(path);

	if (!name.len || http.file_count == FRAME_FILES_MAX)
		return;
	for (size_t i = 0; i < http.file_count; i++)
		if (span_eq(http.files[i], name))
			return;
	http.files[http.file_count++] = name;
}

void
http_forget(void)
{
	remote_disown();
}

void
http_watch(int fd)
{
	remote_watch(fd);
}

void
http_response_release(struct http_response *r)
{
	buf_release(&r->body);
	pool_release(&r->pool);
	r->headers = NULL;
	r->header_count = 0;
	r->status = 0;
	r->url = NULL;
}

const char *
http_header_nth(const struct http_response *r, const char *name, size_t nth)
{
	for (size_t i = 0; i < r->header_count; i++)
		if (strcmp(r->headers[i].name, name) == 0 && nth-- == 0)
			return r->headers[i].value;
	return NULL;
}

const char *
http_header(const struct http_response *r, const char *name)
{
	return http_header_nth(r, name, 0);
}
