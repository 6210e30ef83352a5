/* SPDX-License-Identifier: Apache-2.0 */
#include "client/transport.h"

#include "client/auth.h"
#include "codec/url.h"
#include "crypto/digest.h"

/* Logins for one request: a token, and one more with the scope it then lacks. */
enum { LOGINS_MAX = 2 };

struct flight {
	struct peer *peer;
	struct auth *auth;
	const struct registry_options *options;
	const struct transport_call *call;
	bool foreign;			/* the URL is not the registry's */
};

static int
check_foreign(const struct flight *f, struct span url, struct err *e)
{
	struct url u;

	if (url_parse(&u, url, e))
		return err_wrap(e, "%s names", f->peer->registry);
	if (url_host_is_private(u.host) && !span_eq_nocase(u.host, peer_host(f->peer)))
		return err_set(e, REASON_DENIED, "%s points to the private address %.*s", f->peer->registry,
		    SPAN_FMT(u.host));
	return 0;
}

static int
send_once(const struct flight *f, struct auth_sent sent, struct http_response *r, struct err *e)
{
	AUTO(buf) struct buf url = BUF_INIT(2 * URL_MAX);
	struct http_peer elsewhere = {.insecure = f->peer->http.insecure, .cacert = f->peer->http.cacert};
	struct http_request q = {
		.method = f->call->method, .headers = f->call->headers, .header_count = f->call->header_count,
		.secret_header = sent.line, .body = f->call->body, .peer = f->foreign ? &elsewhere : &f->peer->http,
		.max_body = f->call->max_body, .repeatable = f->call->repeatable, .sink = f->call->sink,
	};

	if (f->call->url[0] == '/')
		peer_base(f->peer, &url);
	buf_add_str(&url, f->call->url);
	if (buf_check(&url, "a URL", e))
		return -1;
	q.url = buf_str(&url);
	return http_do(&q, r, e);
}

/* http is found out once: later requests go there at once. */
static void
learn_scheme(struct peer *p, const char *url)
{
	struct url u;

	if (p->plain || !p->http.plain_allowed || url_parse(&u, span_str(url), NULL) || u.tls)
		return;
	p->plain = true;
	if (!peer_owns(p, span_str(url)))
		p->plain = false;
}

static bool
wants_login(const struct http_response *r)
{
	const char *challenge = http_header(r, "www-authenticate");

	return r->status == 401 || (r->status == 403 && challenge && strstr(challenge, "insufficient_scope"));
}

/* An answer from where a redirect led says nothing about our login. */
static bool
is_own_answer(const struct flight *f, const struct http_response *r)
{
	return !f->foreign && r->url && peer_owns(f->peer, span_str(r->url));
}

static int
fly(const struct flight *f, struct http_response *r, struct err *e)
{
	for (unsigned logins = 0;; logins++) {
		struct auth_sent sent = {0};

		if (!f->foreign)
			sent = auth_header(f->auth);
		if (send_once(f, sent, r, e))
			return -1;
		if (!f->foreign && r->url)
			learn_scheme(f->peer, r->url);
		if (!wants_login(r) || !is_own_answer(f, r) || logins == LOGINS_MAX)
			return 0;
		if (auth_answer(f->auth, f->options, r, sent, e))
			return -1;
		http_response_release(r);
		*r = (struct http_response)HTTP_RESPONSE_INIT;
	}
}

int
transport_do(const struct ref *repo, const struct registry_options *o, const struct transport_call *c,
    struct http_response *r, struct err *e)
{
	struct flight f = {.peer = peer_find(repo->registry, o, e), .options = o, .call = c};

	if (!f.peer)
		return -1;
	/* While the co-process starts there is time for what answers will need. */
	digest_warm();
	f.auth = auth_find(f.peer, repo->repository ? repo->repository : "");
	if (c->push)
		auth_expect_push(f.auth);
	if (c->url[0] != '/' && !peer_owns(f.peer, span_str(c->url))) {
		f.foreign = true;
		if (check_foreign(&f, span_str(c->url), e))
			return -1;
	}
	return fly(&f, r, e);
}

struct refusal { struct span code, message; };
struct refusals { struct shape_objs errors; };

static const struct field refusal_fields[] = {
	FIELD_STR(struct refusal, code, "code", 0),
	FIELD_STR(struct refusal, message, "message", 0),
	FIELD_END,
};
static const struct field refusals_fields[] = {
	FIELD_OBJS(struct refusals, errors, "errors", refusal_fields, struct refusal, 0),
	FIELD_END,
};

/* "CODE: message" of the first error, or "status N". */
static void
describe(const struct http_response *r, struct pool *pool, struct buf *out)
{
	struct refusals all = {0};
	const struct refusal *first;

	if (r->body.len && r->body.len <= TRANSPORT_ERRORS_MAX &&
	    shape_parse(&all, refusals_fields, buf_span(&r->body), SHAPE_LENIENT, pool, NULL) == 0 &&
	    all.errors.count) {
		first = all.errors.items;
		buf_printf(out, "%.*s", SPAN_FMT(span_first(first->code, 80)));
		if (first->message.len)
			buf_printf(out, "%s%.*s", first->code.len ? ": " : "", SPAN_FMT(span_first(first->message, 300)));
	}
	if (out->len == 0)
		buf_printf(out, "status %d", r->status);
	else
		buf_printf(out, " (%d)", r->status);
}

static enum reason
refusal_reason(int status)
{
	if (status == 404)
		return REASON_NOT_FOUND;
	return status == 401 || status == 403 ? REASON_DENIED : REASON_HTTP;
}

int
transport_refused(const struct transport_call *c, const struct http_response *r, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(buf) struct buf what = BUF_INIT(BUF_TEXT_MAX);
	struct span url = span_str(r->url ? r->url : c->url);

	/* A query may hold the state of an upload, or a signature. */
	url = span_cut(&url, '?');
	describe(r, &pool, &what);
	return err_set(e, refusal_reason(r->status), "%s %.*s: %s", c->method, SPAN_FMT(span_first(url, 400)),
	    buf_str(&what));
}
