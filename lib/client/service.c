/* SPDX-License-Identifier: Apache-2.0 */
#include "client/service.h"

#include "codec/url.h"
#include "json/shape.h"

enum { MESSAGE_MAX = 400 };

int
service_wrap(const struct service *s, struct err *e)
{
	return err_wrap(e, "%s %s", s->what, s->url);
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

static int
join(const struct service *s, const char *path, struct buf *url, struct err *e)
{
	struct span base = span_str(s->url);
	struct url parsed;

	while (*path && span_ends(base, "/"))
		base.len--;
	buf_add_span(url, base);
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
	if (join(s, c->path, &url, e) || (c->bearer && set_bearer(c->bearer, &line, e)))
		return service_wrap(s, e);
	q.url = buf_str(&url);
	q.secret_header = c->bearer ? (const char *)line.bytes : NULL;
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
