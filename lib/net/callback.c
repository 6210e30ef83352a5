/* SPDX-License-Identifier: Apache-2.0 */
#include "net/callback.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/date.h"
#include "base/mem.h"
#include "net/origin.h"

#define DEFAULT_URL "http://localhost/auth/callback"

enum {
	CONNECTIONS = 32,	/* at once */
	IDLE_S = 3,		/* who says nothing makes room */
	MEMORY = 32 << 10,	/* of a connection: what its headers may take */
	GLANCE_MS = 250,	/* libmicrohttpd listens again after its limit only when it runs */
	FAREWELL_MS = 2000,	/* for the browser to fetch its page */
};

void
callback_release(struct callback *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	buf_release(&c->url);
}

void
callback_got_release(struct callback_got *g)
{
	if (g->code.ptr)
		mem_wipe(g->code.ptr, g->code.room);
	buf_release(&g->code);
	buf_release(&g->error);
	buf_release(&g->description);
	buf_release(&g->issuer);
}

/* --- listening ------------------------------------------------------------ */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Names mean 127.0.0.1: what else they resolve to is not asked. */
static socklen_t
set_address(union address *a, struct span host, unsigned port)
{
	char text[64];

	memset(a, 0, sizeof(*a));
	snprintf(text, sizeof(text), "%.*s", SPAN_FMT(span_first(host, sizeof(text) - 1)));
	if (inet_pton(AF_INET6, text, &a->v6.sin6_addr) == 1) {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_port = htons((uint16_t)port);
		return sizeof(a->v6);
	}
	a->v4.sin_family = AF_INET;
	a->v4.sin_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, text, &a->v4.sin_addr) != 1)
		a->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sizeof(a->v4);
}

static int
listen_on(struct callback *c, struct span host, unsigned *port, struct err *e)
{
	union address a;
	socklen_t len = set_address(&a, host, *port);

	c->fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0 || bind(c->fd, &a.any, len) || listen(c->fd, CONNECTIONS) || getsockname(c->fd, &a.any, &len))
		return err_errno(e, REASON_IO, "cannot listen on %.*s, port %u", SPAN_FMT(host), *port);
	*port = ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
	return 0;
}

int
callback_open(struct callback *c, const char *url, struct err *e)
{
	const char *text = url && *url ? url : DEFAULT_URL;
	struct origin o;
	struct url u;

	if (url_parse(&u, span_str(text), e) || origin_parse(&o, span_str(text), e)) {
		if (e)
			e->reason = REASON_USAGE;
		return err_wrap(e, "--oidc-redirect-url");
	}
	if (u.tls || u.query.ptr || strchr(text, '#') || !url_host_is_loopback(u.host)) {
		err_set(e, REASON_USAGE, "--oidc-redirect-url is not where a browser can come back to");
		err_expected(e, "http://localhost:PORT/PATH");
		return err_found(e, "%s", text);
	}
	if (!o.port_given)
		o.port = 0;
	if (listen_on(c, span_str(o.host), &o.port, e))
		return -1;
	o.port_given = true;
	buf_add_str(&c->url, "http://");
	c->authority = c->url.len;
	origin_authority(&o, &c->url);
	c->authority_len = c->url.len - c->authority;
	c->path = c->url.len;
	buf_add_span(&c->url, u.path.len ? u.path : SPAN("/"));
	return buf_check(&c->url, "--oidc-redirect-url", e);
}

/* --- answering ------------------------------------------------------------ */

struct service {
	const struct callback *c;
	struct span state;
	struct callback_got *got;
	bool taken, gone;	/* the request came; its page is delivered */
};

#define PAGE(title, text) \
	"<!doctype html><html lang=en><meta charset=utf-8><title>" title "</title>" \
	"<h1>" title "</h1><p>" text "</p></html>\n"

static const struct page { unsigned status; const char *text; } pages[] = {
	{200, PAGE("Logged in", "You can close this window and go back to the terminal.")},
	{200, PAGE("Not logged in", "The identity provider said no; the terminal shows why.")},
	{400, PAGE("Not taken", "This request does not belong to the login that is waited for.")},
	{404, PAGE("Nothing here", "A login is waited for at another address.")},
	{405, PAGE("Not allowed", "Only GET is understood here.")},
};
enum page_name { PAGE_DONE, PAGE_DENIED, PAGE_WRONG, PAGE_MISSING, PAGE_METHOD };

static const struct { const char *name, *value; } page_headers[] = {
	{"Content-Type", "text/html; charset=utf-8"},
	{"Cache-Control", "no-store"},
	{"Referrer-Policy", "no-referrer"},
	{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
	{"X-Content-Type-Options", "nosniff"},
	{"Connection", "close"},
};

static enum MHD_Result
answer(struct MHD_Connection *conn, enum page_name name)
{
	const struct page *p = &pages[name];
	struct MHD_Response *r = MHD_create_response_from_buffer(strlen(p->text), (void *)(uintptr_t)p->text,
	    MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result;

	if (!r)
		return MHD_NO;
	for (size_t i = 0; i < countof(page_headers); i++)
		(void)MHD_add_response_header(r, page_headers[i].name, page_headers[i].value);
	if (name == PAGE_METHOD)
		(void)MHD_add_response_header(r, "Allow", "GET");
	result = MHD_queue_response(conn, p->status, r);
	MHD_destroy_response(r);
	return result;
}

/* Takes as long whatever the bytes are. */
static bool
is_same(struct span a, struct span b)
{
	unsigned char differ = 0;

	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		differ |= (unsigned char)(a.ptr[i] ^ b.ptr[i]);
	return differ == 0;
}

struct parameters {
	struct span state, code, error, description, issuer;
	bool bad;
};

static enum MHD_Result
take_parameter(void *arg, enum MHD_ValueKind kind, const char *key, size_t key_len, const char *value, size_t value_len)
{
	struct parameters *p = arg;
	struct span name = span_of(key, key_len);
	struct { const char *name; struct span *to; } known[] = {
		{"state", &p->state}, {"code", &p->code}, {"error", &p->error},
		{"error_description", &p->description}, {"iss", &p->issuer},
	};

	(void)kind;
	for (size_t i = 0; i < countof(known); i++) {
		if (!span_is(name, known[i].name))
			continue;
		if (known[i].to->ptr || !value || value_len > CALLBACK_TEXT_MAX || memchr(value, 0, value_len))
			p->bad = true;
		*known[i].to = span_of(value ? value : "", value ? value_len : 0);
	}
	return MHD_YES;
}

static enum page_name
judge(struct service *s, struct MHD_Connection *conn)
{
	struct parameters p = {.bad = false};

	(void)MHD_get_connection_values_n(conn, MHD_GET_ARGUMENT_KIND, take_parameter, &p);
	if (s->taken || p.bad || !is_same(p.state, s->state) || !p.code.len == !p.error.len)
		return PAGE_WRONG;
	buf_add_span(&s->got->code, p.code);
	buf_add_span(&s->got->error, p.error);
	buf_add_span(&s->got->description, p.description);
	buf_add_span(&s->got->issuer, p.issuer);
	s->taken = true;
	return p.code.len ? PAGE_DONE : PAGE_DENIED;
}

/* A page elsewhere may have made its own name an address of this machine. */
static bool
is_for_us(const struct service *s, struct MHD_Connection *conn)
{
	const char *host = MHD_lookup_connection_value(conn, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
	struct span ours = span_of(s->c->url.ptr + s->c->authority, s->c->authority_len);

	return host && span_eq_nocase(span_str(host), ours);
}

static enum MHD_Result
handle(void *arg, struct MHD_Connection *conn, const char *path, const char *method, const char *version,
    const char *data, size_t *len, void **mark)
{
	struct service *s = arg;
	enum page_name name;
	bool before = s->taken;

	(void)version, (void)data;
	/* A body is not waited for. */
	*len = 0;
	if (strcmp(path, s->c->url.ptr + s->c->path) != 0)
		return answer(conn, PAGE_MISSING);
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0)
		return answer(conn, PAGE_METHOD);
	name = is_for_us(s, conn) ? judge(s, conn) : PAGE_WRONG;
	if (s->taken && !before)
		*mark = s;
	return answer(conn, name);
}

static void
ended(void *arg, struct MHD_Connection *conn, void **mark, enum MHD_RequestTerminationCode code)
{
	struct service *s = arg;

	(void)conn, (void)code;
	if (*mark)
		s->gone = true;
}

/* --- waiting -------------------------------------------------------------- */

static struct MHD_Daemon *
start(struct callback *c, struct service *s)
{
	struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_SUPPRESS_DATE_NO_CLOCK, 0, NULL, NULL, handle, s,
	    MHD_OPTION_LISTEN_SOCKET, c->fd,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
	    MHD_OPTION_NOTIFY_COMPLETED, ended, s, MHD_OPTION_END);

	if (d)
		c->fd = -1;	/* it closes it */
	return d;
}

/* Lets things happen for at most ms; false when nobody reads any more. */
static bool
turn(struct MHD_Daemon *d, int watched, int64_t ms)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd fds[] = {{.fd = info->epoll_fd, .events = POLLIN}, {.fd = watched}};
	MHD_UNSIGNED_LONG_LONG most;

	if (MHD_get_timeout(d, &most) == MHD_YES && (int64_t)most < ms)
		ms = (int64_t)most;
	(void)poll(fds, 2, (int)(ms < 0 ? 0 : ms > GLANCE_MS ? GLANCE_MS : ms));
	(void)MHD_run(d);
	return !(fds[1].revents & (POLLERR | POLLHUP | POLLNVAL));
}

static int
await(struct MHD_Daemon *d, const struct service *s, int64_t until, int watched, struct err *e)
{
	int64_t left, farewell;

	while (!s->taken) {
		left = until - date_monotonic_ms();
		if (left <= 0)
			return err_set(e, REASON_TIMEOUT, "no browser came back in time");
		if (!turn(d, watched, left))
			return err_set(e, REASON_OUTPUT, "nobody waits for the code any more");
	}
	farewell = date_monotonic_ms() + FAREWELL_MS;
	while (!s->gone && (left = farewell - date_monotonic_ms()) > 0)
		(void)turn(d, -1, left);
	return 0;
}

int
callback_await(struct callback *c, struct span state, int64_t until, int watched, struct callback_got *got, struct err *e)
{
	struct service s = {.c = c, .state = state, .got = got};
	struct MHD_Daemon *d = start(c, &s);
	int rc;

	if (!d)
		return err_set(e, REASON_IO, "cannot serve on %s", buf_str(&c->url));
	rc = await(d, &s, until, watched, e);
	MHD_stop_daemon(d);
	return rc;
}
