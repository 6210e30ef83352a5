/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_HTTP_H
#define NET_HTTP_H
/*
 * HTTP without a socket: every request goes through the co-process
 * cosign-remote-http, started on first use and stopped at exit. It owns
 * connections, TLS, proxies, redirects, retries and caps. Nothing here parses
 * what a server says beyond status and headers.
 */
#include "base/sink.h"
#include "base/pool.h"

/* How one server is to be spoken to. Strings are borrowed. */
struct http_peer {
	bool plain_allowed;	/* http may be tried when https does not answer */
	bool insecure;		/* certificates are not checked */
	const char *cacert, *client_cert, *client_key;	/* paths or NULL */
	const char *server_name;	/* TLS name instead of the URL's host */
	const char *socket;	/* a Unix socket, on which HTTP/2 is spoken at once (gRPC) */
};

struct http_header { const char *name; const char *value; };

struct http_request {
	const char *method;	/* "GET" */
	const char *url;	/* https://… or http://…; https with plain_allowed
				   falls back to http once it is known to be needed */
	const struct http_header *headers;
	size_t header_count;
	const char *secret_header;	/* a full "Authorization: …" line, never logged,
					   dropped when a redirect leaves the origin; or NULL */
	struct span body;
	const struct http_peer *peer;	/* NULL: strict https, http only if the URL says so */
	size_t max_body;	/* of the answer; 0 = HTTP_BODY_MAX */
	int64_t timeout;	/* ms for this exchange, retries and all; 0 = as long as the process has */
	bool repeatable;	/* may be sent again after a failure (GET, HEAD and
				   whatever is known to be idempotent) */
	bool once;		/* may not even be sent again where a connection that was
				   kept has gone: a new one is opened for it */
	struct sink *sink;	/* takes the body of a 2xx answer as it comes; NULL: response.body.
				   Its feed may not make requests. Once it was fed, a
				   failure is final: nothing is fed twice */
};

struct http_response {
	int status;
	struct buf body;	/* of any status when there is no sink; else of non-2xx */
	struct pool pool;
	struct http_header *headers;	/* names in lower case, in order, repeated ones each;
					   where a Unix socket was asked, trailers behind them */
	size_t header_count;
	const char *url;	/* the last one, after redirects; scheme as used */
};

enum { HTTP_BODY_MAX = 8 << 20 };
#define HTTP_RESPONSE_INIT {.body = BUF_INIT(0), .pool = POOL_INIT}

/* Settings of the process: deadline of each exchange in ms (0 = none beyond
 * http's own 5 minutes), retries, verbose dump. Set once, by lib/cli. */
struct http_settings {
	int64_t deadline;	/* date_monotonic_ms() past which all fails with REASON_TIMEOUT; 0 = none */
	unsigned retries;	/* --retry, default 3 */
	int64_t retry_max_ms;	/* --retry-max-time, default 30 s */
	const char *user_agent;
	bool verbose;
};
extern struct http_settings http_settings;

/* One exchange. Any status is success; -1 is REASON_NETWORK, REASON_TIMEOUT,
 * REASON_TOO_LARGE, REASON_PROTOCOL, REASON_IO (a certificate or key file of the
 * peer), REASON_CONFIG (the proxy), REASON_HELPER (the co-process) or the sink's
 * own reason. Inside a task it lets other tasks run meanwhile. From the first
 * call on SIGPIPE is ignored. */
int	http_do(const struct http_request *q, struct http_response *r, struct err *e) MUST_CHECK;
void	http_response_release(struct http_response *r);
/* Starts the co-process without waiting for it, so that it is ready when the
 * first request comes, and running when this process may start no programs any
 * more (base/sandbox.h). REASON_HELPER. */
int	http_warm(struct err *e) MUST_CHECK;
/* Enters the sandbox with what it is to keep and the files it may still read
 * (base/sandbox.h); if there will be requests, starts the co-process before, and
 * stays able to end it. REASON_HELPER. */
int	http_confine(bool asks, unsigned keep, const char *const reads[], size_t count, struct err *e) MUST_CHECK;
/* Names a file that the peer of a later request will name; "" and NULL are none.
 * The co-process asks the system for no other files from its first request on.
 * The text is borrowed for good. */
void	http_will_read(const char *path);
/* In a forked child, before anything is asked there: the parent's co-process is
 * the parent's. */
void	http_forget(void);
/* While http waits for answers it also looks at this descriptor, and gives way
 * when it can be read; -1: none. */
void	http_watch(int fd);
static inline void http_response_cleanup(struct http_response *r) { http_response_release(r); }

/* First header of that name (lower case), or NULL; the i-th with _nth. */
const char	*http_header(const struct http_response *r, const char *name);
const char	*http_header_nth(const struct http_response *r, const char *name, size_t nth);
#endif
