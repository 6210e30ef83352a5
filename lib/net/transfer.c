/* SPDX-License-Identifier: Apache-2.0 */
#include "net/transfer.h"

#include <unistd.h>
#include "base/date.h"
#include "base/log.h"
#include "base/spill.h"
#include "net/proxy.h"
#include "net/retry.h"
#include "net/roots.h"

/* A body nobody will see is read this far, to keep the connection. */
enum { DISCARD_MAX = 64 << 10 };

struct transfer *
transfer_new(const struct transfer_events *events, void *owner)
{
	struct transfer *x = xcalloc(1, sizeof(*x));

	x->events = events;
	x->owner = owner;
	buf_init(&x->target, ORIGIN_URL_MAX * 4);
	buf_init(&x->url, ORIGIN_URL_MAX * 4);
	buf_init(&x->body, FRAME_BODY_MAX);
	err_clear(&x->err);
	return x;
}

static void
drop_lists(struct transfer *x)
{
	curl_slist_free_all(x->headers);
	curl_slist_free_all(x->connect_to);
	x->headers = x->connect_to = NULL;
}

void
transfer_free(struct transfer *x)
{
	drop_lists(x);
	if (x->q.secret.ptr)
		mem_wipe((char *)(uintptr_t)x->q.secret.ptr, x->q.secret.len);
	buf_release(&x->body);
	free(x->location);
	free(x->tls_text);
	VEC_FREE(&x->lines);
	pool_release(&x->answer);
	pool_release(&x->pool);
	buf_release(&x->target);
	buf_release(&x->url);
	free(x);
}

int
transfer_begin(struct transfer *x, struct err *e)
{
	int64_t now = date_monotonic_ms();
	struct origin o;

	if (!x->q.max)
		x->q.max = TRANSFER_BODY_MAX;
	x->until = now + (x->q.deadline ? x->q.deadline : 5 * 60 * 1000);
	x->retry_until = now + x->q.retry_time;
	buf_add_span(&x->target, x->q.url);
	return origin_parse(&o, x->q.url, e);
}

/* --- what goes out ------------------------------------------------------ */

/* libcurl refuses only what it was built without, or when memory is short. */
#define SET(option, value)                                                             \
	do {                                                                           \
		if (curl_easy_setopt(h, option, value) != CURLE_OK)                    \
			return err_set(e, REASON_HELPER, "libcurl does not take " #option); \
	} while (0)

static bool
is_method(const struct transfer *x, const char *name)
{
	return span_is(x->q.method, name);
}

/* Headers that we write ourselves, or that belong to a connection. */
static bool
is_ours(struct span name)
{
	static const char *const names[] = {"host", "content-length", "transfer-encoding", "connection", "te",
	    "upgrade", "expect", "keep-alive", "proxy-connection", "proxy-authorization"};

	for (size_t i = 0; i < countof(names); i++)
		if (span_eq_nocase(name, span_str(names[i])))
			return true;
	return false;
}

static bool
is_secret(struct span name)
{
	return span_eq_nocase(name, SPAN("authorization")) || span_eq_nocase(name, SPAN("cookie")) ||
	    span_eq_nocase(name, SPAN("proxy-authorization")) || span_eq_nocase(name, SPAN("set-cookie"));
}

static void
add_line(struct transfer *x, const char *line)
{
	struct curl_slist *longer = curl_slist_append(x->headers, line);

	if (!longer)
		mem_exhausted();
	x->headers = longer;
}

/* An empty value is written "Name;" for libcurl. */
static void
add_header(struct transfer *x, struct span line)
{
	struct span name, value;
	AUTO(charp) char *text = NULL;

	if (!frame_header_split(line, &name, &value) || is_ours(name) || (x->left_origin && is_secret(name)))
		return;
	text = xasprintf("%.*s%s%.*s", SPAN_FMT(name), value.len ? ": " : ";", SPAN_FMT(value));
	add_line(x, text);
	if (x->q.verbose)
		log_say("> %.*s: %.*s", SPAN_FMT(name), SPAN_FMT(is_secret(name) ? SPAN("***") : value));
	mem_wipe(text, strlen(text));
}

static bool
has_header(const struct transfer *x, const char *wanted)
{
	struct span name, value;

	for (size_t i = 0; i < x->q.headers.count; i++)
		if (frame_header_split(x->q.headers.items[i], &name, &value) &&
		    span_eq_nocase(name, span_str(wanted)))
			return true;
	return false;
}

static void
say_request(const struct transfer *x)
{
	AUTO(buf) struct buf shown = BUF_INIT(BUF_TEXT_MAX);

	origin_mask(buf_span(&x->url), &shown);
	log_say("> %.*s %s", SPAN_FMT(x->q.method), buf_str(&shown));
}

static int
set_headers(struct transfer *x, CURL *h, struct err *e)
{
	struct span name, value;

	drop_lists(x);
	if (x->q.verbose)
		say_request(x);
	for (size_t i = 0; i < x->q.headers.count; i++)
		add_header(x, x->q.headers.items[i]);
	if (x->q.secret.ptr && !x->left_origin && frame_header_split(x->q.secret, &name, &value)) {
		AUTO(charp) char *text = xasprintf("%.*s: %.*s", SPAN_FMT(name), SPAN_FMT(value));

		add_line(x, text);
		mem_wipe(text, strlen(text));
		if (x->q.verbose)
			log_say("> %.*s: ***", SPAN_FMT(name));
	}
	/* libcurl would add these by itself. */
	add_line(x, "Expect:");
	/* gRPC wants it. */
	if (x->q.socket.ptr)
		add_line(x, "TE: trailers");
	if (!has_header(x, "content-type"))
		add_line(x, "Content-Type:");
	if (x->q.server_name.ptr && !x->left_origin) {
		AUTO(buf) struct buf host = BUF_INIT(1024);

		buf_add_str(&host, "Host: ");
		origin_authority(&x->origin, &host);
		add_line(x, buf_str(&host));
	}
	SET(CURLOPT_HTTPHEADER, x->headers);
	return 0;
}

/* libcurl asks for the body as it goes: of a large one, what went leaves. */
static size_t
on_send(char *to, size_t size, size_t count, void *arg)
{
	struct transfer *x = arg;
	struct span part = span_first(span_from(buf_span(&x->body), x->sent), size * count);
	size_t before = x->sent / SPILL_PIECE * SPILL_PIECE;

	if (part.len)
		memcpy(to, part.ptr, part.len);
	x->sent += part.len;
	if (x->sent - before >= SPILL_PIECE)
		spill_leave(x->body.ptr + before, x->sent - before);
	return part.len;
}

static int
on_rewind(void *arg, curl_off_t offset, int origin)
{
	struct transfer *x = arg;

	if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > x->body.len)
		return CURL_SEEKFUNC_FAIL;
	x->sent = (size_t)offset;
	return CURL_SEEKFUNC_OK;
}

static int
set_body(struct transfer *x, CURL *h, struct err *e)
{
	x->sent = 0;
	if (x->body.len < SPILL_MIN) {
		SET(CURLOPT_POSTFIELDS, buf_str(&x->body));
		return 0;
	}
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_READFUNCTION, on_send);
	SET(CURLOPT_READDATA, x);
	SET(CURLOPT_SEEKFUNCTION, on_rewind);
	SET(CURLOPT_SEEKDATA, x);
	return 0;
}

static int
set_method(struct transfer *x, CURL *h, struct err *e)
{
	bool sends = x->q.length || is_method(x, "POST") || is_method(x, "PUT") || is_method(x, "PATCH");
	AUTO(charp) char *method = xspandup(x->q.method);

	if (is_method(x, "HEAD"))
		SET(CURLOPT_NOBODY, 1L);
	else if (sends && set_body(x, h, e))
		return -1;
	if (sends)
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->q.length);
	if (!is_method(x, "GET") && !is_method(x, "HEAD"))
		SET(CURLOPT_CUSTOMREQUEST, method);
	return 0;
}

static int
set_file(CURL *h, CURLoption option, struct span path, const char *what, struct err *e)
{
	AUTO(charp) char *name = xspandup(path);

	if (!path.ptr)
		return 0;
	if (access(name, R_OK))
		return err_errno(e, REASON_IO, "cannot read the %s %s", what, name);
	SET(option, name);
	return 0;
}

static int
set_roots(CURL *h, const struct frame_request *q, bool wide, struct err *e)
{
	const struct roots *r;

	if (!q->cacert.ptr && !q->insecure && roots_get(wide, &r, e))
		return -1;
	if (!q->cacert.ptr && !q->insecure && r->built_in)
		return 0;
	SET(CURLOPT_CAINFO, NULL);
	SET(CURLOPT_CAPATH, NULL);
	if (q->cacert.ptr)
		return set_file(h, CURLOPT_CAINFO, q->cacert, "CA certificates", e);
	if (q->insecure)
		return 0;
	if (r->pem.len) {
		struct curl_blob blob = {r->pem.ptr, r->pem.len, CURL_BLOB_NOCOPY};

		SET(CURLOPT_CAINFO_BLOB, &blob);
		return 0;
	}
	SET(CURLOPT_CAINFO, r->file);
	SET(CURLOPT_CAPATH, r->dirs);
	return 0;
}

int
transfer_set_peer(CURL *h, const struct frame_request *q, const struct origin *o, unsigned how, struct err *e)
{
	static struct proxy_env env;
	static bool known;
	AUTO(buf) struct buf proxy = BUF_INIT(ORIGIN_URL_MAX);

	if (!known)
		env = proxy_env();
	known = true;
	if (proxy_for(&env, o, &proxy, e))
		return -1;
	SET(CURLOPT_PROXY, buf_str(&proxy));
	SET(CURLOPT_NOPROXY, "");
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_NOSIGNAL, 1L);
	/* A name server that says nothing must not hold up the rest. */
	SET(CURLOPT_QUICK_EXIT, 1L);
	if (!o->tls)
		return 0;
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	SET(CURLOPT_PIPEWAIT, 1L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, q->insecure ? 0L : 1L);
	SET(CURLOPT_SSL_VERIFYHOST, q->insecure ? 0L : 2L);
	if (set_roots(h, q, how & TRANSFER_WIDE, e))
		return -1;
	if (!(how & TRANSFER_FIRST))
		return 0;
	if (set_file(h, CURLOPT_SSLCERT, q->client_cert, "client certificate", e))
		return -1;
	return set_file(h, CURLOPT_SSLKEY, q->client_key, "client key", e);
}

static int
set_socket(struct transfer *x, CURL *h, struct err *e)
{
	AUTO(charp) char *path = xspandup(x->q.socket);

	SET(CURLOPT_UNIX_SOCKET_PATH, path);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE);
	return 0;
}

/* libcurl has no option for the name alone: the URL gets the wanted name, and
 * the connection goes to the host that the URL had. */
static int
set_server_name(struct transfer *x, CURL *h, struct err *e)
{
	AUTO(charp) char *name = xspandup(x->q.server_name), *to = NULL;
	AUTO(buf) struct buf url = BUF_INIT(ORIGIN_URL_MAX * 4);
	bool v6 = strchr(x->origin.host, ':');
	struct origin checked;

	buf_printf(&url, "https://%s:%u", name, x->origin.port);
	if (origin_parse(&checked, buf_span(&url), e) || checked.rest.len)
		return err_set(e, REASON_CONFIG, "'%s' is no name of a server", name);
	buf_add_span(&url, x->origin.rest);
	to = xasprintf("::%s%s%s:%u", v6 ? "[" : "", x->origin.host, v6 ? "]" : "", x->origin.port);
	x->connect_to = curl_slist_append(NULL, to);
	SET(CURLOPT_CONNECT_TO, x->connect_to);
	SET(CURLOPT_URL, buf_str(&url));
	return 0;
}

static int
set_limits(struct transfer *x, CURL *h, struct err *e)
{
	int64_t left = x->until - date_monotonic_ms();

	SET(CURLOPT_TIMEOUT_MS, (long)(left > 1 ? left : 1));
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)TRANSFER_CONNECT_MS);
	SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(CURLOPT_LOW_SPEED_TIME, (long)TRANSFER_STALL_S);
	SET(CURLOPT_TCP_NODELAY, 1L);
	/* libcurl sends anew, by itself, what went out on a kept connection that is
	 * found dead. */
	SET(CURLOPT_FRESH_CONNECT, x->q.fresh ? 1L : 0L);
	/* Only speed hangs on it, and a handle that is used again may refuse. */
	(void)curl_easy_setopt(h, CURLOPT_BUFFERSIZE, 64L << 10);
	return 0;
}

/* --- what comes in ------------------------------------------------------ */

static void
forget_answer(struct transfer *x)
{
	pool_release(&x->answer);
	x->lines.count = 0;
	x->lines_size = 0;
	x->has_head = false;
	x->then = TRANSFER_DELIVER;
	free(take(&x->location));
	x->got = 0;
}

static int
status_of(const struct transfer *x)
{
	long status = 0;

	curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

bool
transfer_may_try_again(const struct transfer *x, int64_t wait)
{
	int64_t then = date_monotonic_ms() + wait;

	return x->tried <= (uint64_t)x->q.retries && then <= x->retry_until && then < x->until;
}

static int64_t
retry_after_ms(const struct transfer *x)
{
	curl_off_t s = 0;

	curl_easy_getinfo(x->easy, CURLINFO_RETRY_AFTER, &s);
	return s > 0 && s < 1000000 ? (int64_t)s * 1000 : s > 0 ? INT64_C(1000000000) : 0;
}

static void
say_answer(const struct transfer *x, int status)
{
	log_say("< %d", status);
	for (size_t i = 0; i < x->lines.count; i++) {
		struct span name = SPAN_NONE, value = SPAN_NONE;
		AUTO(buf) struct buf shown = BUF_INIT(BUF_TEXT_MAX);

		(void)frame_header_split(x->lines.items[i], &name, &value);
		if (is_secret(name))
			buf_add_str(&shown, "***");
		else
			origin_mask(value, &shown);
		log_say("< %.*s: %s", SPAN_FMT(name), buf_str(&shown));
	}
}

/* The head is whole: what is to become of the answer? */
static void
decide(struct transfer *x)
{
	int status = status_of(x);
	bool reads = is_method(x, "GET") || is_method(x, "HEAD");
	bool moved = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
	struct shape_strs headers = {x->lines.items, x->lines.count};

	x->has_head = true;
	x->head_lines = x->lines.count;
	if (x->q.verbose)
		say_answer(x, status);
	if (moved && reads && x->location) {
		x->then = TRANSFER_REDIRECT;
		return;
	}
	if (retry_status(status) && x->q.repeatable) {
		x->wake = retry_delay(x->tried, retry_after_ms(x));
		if (transfer_may_try_again(x, x->wake)) {
			x->then = TRANSFER_RETRY;
			return;
		}
		x->wake = 0;
	}
	x->events->head(x->owner, x->q.id, status, buf_span(&x->url), &headers);
}

static int
keep_line(struct transfer *x, struct span line)
{
	struct span name, value;
	char *kept;

	x->lines_size += line.len;
	if (x->lines_size > FRAME_HEADER_BYTES_MAX || x->lines.count >= FRAME_HEADERS_MAX)
		return err_set(&x->err, REASON_TOO_LARGE, "the headers of the answer are too large");
	/* Lines that are no header (folded ones, say) are passed over. */
	if (!frame_header_split(line, &name, &value))
		return 0;
	if (span_eq_nocase(name, SPAN("location")) && !x->location)
		x->location = xspandup(value);
	kept = pool_alloc(&x->answer, name.len + 2 + value.len);
	for (size_t i = 0; i < name.len; i++)
		kept[i] = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] + 32 : name.ptr[i]);
	memcpy(kept + name.len, ": ", 2);
	if (value.len)
		memcpy(kept + name.len + 2, value.ptr, value.len);
	*VEC_PUSH(&x->lines) = span_of(kept, name.len + 2 + value.len);
	return 0;
}

static size_t
on_header(char *ptr, size_t size, size_t count, void *arg)
{
	struct transfer *x = arg;
	struct span line = span_of(ptr, size * count);

	while (line.len && (line.ptr[line.len - 1] == '\n' || line.ptr[line.len - 1] == '\r'))
		line.len--;
	/* A new head begins; or trailers, which gRPC alone needs. */
	if (span_starts(line, "HTTP/") && !x->got)
		forget_answer(x);
	else if (x->has_head)
		return x->q.socket.ptr && line.len && keep_line(x, line) ? 0 : size * count;
	else if (line.len == 0 && status_of(x) >= 200)
		decide(x);
	else if (line.len && keep_line(x, line))
		return 0;
	return size * count;
}

static size_t
on_body(char *ptr, size_t size, size_t count, void *arg)
{
	struct transfer *x = arg;
	size_t n = size * count;

	if (!x->has_head || n == 0)
		return n;
	if (x->then != TRANSFER_DELIVER) {
		x->got += n;
		return x->got > DISCARD_MAX ? 0 : n;
	}
	if (n > (uint64_t)x->q.max - x->got) {
		err_set(&x->err, REASON_TOO_LARGE, "the answer is too large");
		err_expected(&x->err, "at most %lld bytes", (long long)x->q.max);
		return 0;
	}
	if (!x->events->body(x->owner, x->q.id, span_of(ptr, n))) {
		x->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	x->got += n;
	x->delivered = true;
	return n;
}

static int
on_connected(void *arg, char *remote UNUSED, char *local UNUSED, int remote_port UNUSED, int local_port UNUSED)
{
	struct transfer *x = arg;

	x->connected = true;
	x->events->connected(x->owner, x);
	return CURL_PREREQFUNC_OK;
}

static int
set_callbacks(struct transfer *x, CURL *h, struct err *e)
{
	SET(CURLOPT_PRIVATE, x);
	SET(CURLOPT_ERRORBUFFER, x->text);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, x);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, x);
	SET(CURLOPT_PREREQFUNCTION, on_connected);
	SET(CURLOPT_PREREQDATA, x);
	return 0;
}

int
transfer_set_up(struct transfer *x, CURL *h, bool plain, struct err *e)
{
	AUTO(charp) char *agent = x->q.user_agent.ptr ? xspandup(x->q.user_agent) : NULL;
	struct span target = buf_span(&x->target);

	forget_answer(x);
	x->connected = x->delivered = x->paused = false;
	x->wake = 0;
	x->text[0] = '\0';
	buf_reset(&x->url);
	buf_add_str(&x->url, plain ? "http" : "");
	buf_add_span(&x->url, span_from(target, plain ? 5 : 0));
	if (buf_check(&x->url, "the URL", e) || origin_parse(&x->origin, buf_span(&x->url), e))
		return -1;
	SET(CURLOPT_URL, buf_str(&x->url));
	SET(CURLOPT_USERAGENT, agent);
	if (set_callbacks(x, h, e) || set_limits(x, h, e) || set_method(x, h, e) || set_headers(x, h, e) ||
	    transfer_set_peer(h, &x->q, &x->origin, (x->left_origin ? 0 : TRANSFER_FIRST) |
	    (x->wide ? TRANSFER_WIDE : 0), e))
		return -1;
	if (x->q.socket.ptr && !x->left_origin && set_socket(x, h, e))
		return -1;
	return x->origin.tls && x->q.server_name.ptr && !x->left_origin ? set_server_name(x, h, e) : 0;
}
