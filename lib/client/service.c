/* SPDX-License-Identifier: Apache-2.0 */
#include "client/service.h"

#include "client/hush.h"
#include "codec/url.h"
#include "json/shape.h"

enum { MESSAGE_MAX = 400 };

/* "NAME:PASSWORD" where the address has them; ptr NULL. */
static struct span
login_of(const char *url)
{
	const char *start = strstr(url, "://");
	struct span rest = span_str(start ? start + 3 : "");
	size_t len = strcspn(start ? start + 3 : "", "/?#");
	const char *at = memrchr(rest.ptr, '@', len);

	return at ? span_of(rest.ptr, (size_t)(at - rest.ptr)) : SPAN_NONE;
}

/* The address as it is asked and shown. */
static void
add_address(const struct service *s, struct buf *out)
{
	struct span url = span_str(s->url), login = login_of(s->url);
	size_t before = login.ptr ? (size_t)(login.ptr - url.ptr) : 0;

	buf_add_span(out, span_first(url, before));
	buf_add_span(out, span_from(url, login.ptr ? before + login.len + 1 : 0));
}

int
service_wrap(const struct service *s, struct err *e)
{
	AUTO(buf) struct buf shown = BUF_INIT(URL_MAX);

	add_address(s, &shown);
	return err_wrap(e, "%s %s", s->what, buf_str(&shown));
}

int
service_garbage(const struct service *s, struct err *e)
{
	if (e && !err_is(e, REASON_TOO_LARGE))
		e->reason = REASON_PROTOCOL;
	err_wrap(e, "its answer");
	return service_wrap(s, e);
}

/* A token is text without blanks: what else a file may hold goes into no header. */
static int
set_bearer(const struct secret *token, struct secret *line, struct err *e)
{
	static const char name[] = "Authorization: Bearer ";

	for (size_t i = 0; i < token->len; i++)
		if (token->bytes[i] <= ' ' || token->bytes[i] >= 0x7f)
			return err_set(e, REASON_USAGE, "the identity token is no token: it has other characters");
	secret_new(line, sizeof(name) + token->len);
	memcpy(line->bytes, name, sizeof(name) - 1);
	memcpy(line->bytes + sizeof(name) - 1, token->bytes, token->len);
	return 0;
}

/* RFC 7617. Where anybody can listen it is not said. */
static int
set_login(const struct service *s, const struct buf *url, struct secret *line, struct err *e)
{
	AUTO(buf) struct buf pair = BUF_INIT(URL_MAX);
	struct span login = login_of(s->url);
	struct url u;

	if (!login.len)
		return 0;
	if (url_parse(&u, buf_span(url), e))
		return -1;
	if (!u.tls && !url_host_is_private(u.host))
		return err_set(e, REASON_CONFIG, "a password goes there by https alone");
	(void)buf_room(&pair, URL_MAX / 2);
	url_decode(&pair, login);
	hush_basic(&pair, line);
	return 0;
}

static int
join(const struct service *s, const char *path, struct buf *url, struct err *e)
{
	struct url parsed;

	add_address(s, url);
	while (*path && span_ends(buf_span(url), "/"))
		url->len--;
	buf_add_str(url, path);
	return buf_check(url, "the address", e) || url_parse(&parsed, buf_span(url), e) ? -1 : 0;
}

int
service_do(const struct service *s, const struct service_call *c, struct http_response *r, struct err *e)
{
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);
	AUTO(secret) struct secret line = SECRET_INIT;
	struct http_header headers[2];
	struct http_request q = {.method = c->method, .headers = headers, .body = c->body, .peer = s->peer,
	    .max_body = c->max_body, .timeout = c->timeout, .repeatable = c->repeatable};

	if (c->type)
		headers[q.header_count++] = (struct http_header){"Content-Type", c->type};
	if (c->accept)
		headers[q.header_count++] = (struct http_header){"Accept", c->accept};
	if (join(s, c->path, &url, e) || (c->bearer ? set_bearer(c->bearer, &line, e) : set_login(s, &url, &line, e)))
		return service_wrap(s, e);
	q.url = buf_str(&url);
	q.secret_header = (const char *)line.bytes;
	return http_do(&q, r, e) ? service_wrap(s, e) : 0;
}

struct refusal { struct span message; };

static const struct field refusal_fields[] = {
	FIELD_STR(struct refusal, message, "message", FIELD_REQUIRED | FIELD_NONEMPTY),
	FIELD_END};

static enum reason
reason_of(int status)
{
	return status == 401 || status == 403 ? REASON_DENIED : status == 404 ? REASON_NOT_FOUND : REASON_HTTP;
}

int
service_refused(const struct service *s, const struct http_response *r, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct refusal body = {SPAN_NONE};
	const char *after = http_header(r, "retry-after");

	if (shape_parse(&body, refusal_fields, buf_span(&r->body), SHAPE_LENIENT, &pool, NULL))
		err_set(e, reason_of(r->status), "it answers with status %d", r->status);
	else
		err_set(e, reason_of(r->status), "it answers with status %d: %.*s", r->status,
		    SPAN_FMT(span_first(body.message, MESSAGE_MAX)));
	if (after)
		err_hint(e, "it asks to be left alone for %.40s seconds", after);
	return service_wrap(s, e);
}
