/* SPDX-License-Identifier: Apache-2.0 */
#include "client/auth.h"

#include "base/log.h"
#include "base/mem.h"
#include "client/credentials.h"
#include "codec/b64.h"
#include "codec/challenge.h"
#include "codec/url.h"
#include "net/task.h"

/* A line that was sent may still be on its way in another task: old ones stay. */
struct auth_line {
	struct secret text;		/* NUL-terminated */
	struct auth_line *older;
};

struct auth {
	struct peer *peer;
	char *repository;
	bool push;
	struct auth_line *line;
	unsigned version;		/* counts exchanges */
	struct task_group exchange;	/* one at a time */
	struct err failed;		/* of the last one */
	struct auth *next;
};

struct auth *
auth_find(struct peer *p, const char *repository)
{
	struct auth *a = p->auths;

	while (a && strcmp(a->repository, repository) != 0)
		a = a->next;
	if (a)
		return a;
	a = xcalloc(1, sizeof(*a));
	a->peer = p;
	a->repository = xstrdup(repository);
	task_group_init(&a->exchange, 1);
	a->next = p->auths;
	p->auths = a;
	return a;
}

void
auth_expect_push(struct auth *a)
{
	a->push = true;
}

struct auth_sent
auth_header(const struct auth *a)
{
	const struct auth_line *line = a->line ? a->line : a->peer->basic;

	return (struct auth_sent){line ? (const char *)line->text.bytes : NULL, a->version};
}

static void
set_line(struct auth_line **where, const char *scheme, struct span value)
{
	static const char name[] = "Authorization: ";
	struct auth_line *line = xcalloc(1, sizeof(*line));
	size_t n = strlen(scheme);
	unsigned char *p;

	secret_new(&line->text, sizeof(name) + n + value.len + 1);
	p = line->text.bytes;
	memcpy(p, name, sizeof(name) - 1);
	memcpy(p + sizeof(name) - 1, scheme, n);
	p[sizeof(name) - 1 + n] = ' ';
	memcpy(p + sizeof(name) + n, value.ptr, value.len);
	line->older = *where;
	*where = line;
}

static void
wipe(struct buf *b)
{
	if (b->ptr)
		mem_wipe(b->ptr, b->room);
}

/* Base64 of "user:password". */
static void
basic_value(struct buf *out, const struct dockercfg_auth *c)
{
	AUTO(buf) struct buf plain = BUF_INIT(BUF_TEXT_MAX);

	buf_add_str(&plain, c->username ? c->username : "");
	buf_add_char(&plain, ':');
	buf_add_span(&plain, secret_span(&c->password));
	b64_encode(out, buf_span(&plain), B64_STD);
	wipe(&plain);
}

/* Passwords go over plain http only to this machine, or when the user said so. */
static int
check_channel(const struct auth *a, const struct registry_options *o, const char *url, struct err *e)
{
	if (strncmp(url, "https:", 6) == 0 || o->allow_http || o->allow_insecure ||
	    url_host_is_loopback(peer_host(a->peer)))
		return 0;
	err_set(e, REASON_DENIED, "%s wants a login and is reached without encryption", a->peer->registry);
	return err_hint(e, "give --allow-http-registry to send the credentials over http all the same");
}

static bool
has_login(const struct dockercfg_auth *c)
{
	return (c->username && *c->username) || c->password.len;
}

static int
no_credentials(const struct auth *a, struct err *e)
{
	err_set(e, REASON_DENIED, "%s wants a login, and there are no credentials for it", a->peer->registry);
	return err_hint(e, "log in with: cosign login %s", a->peer->registry);
}

static int
answer_basic(struct auth *a, const struct dockercfg_auth *c, bool sent, struct err *e)
{
	AUTO(buf) struct buf value = BUF_INIT(BUF_TEXT_MAX);

	if (sent) {
		err_set(e, REASON_DENIED, "%s refuses the credentials", a->peer->registry);
		return err_hint(e, "log in again with: cosign login %s", a->peer->registry);
	}
	if (c->registry_token.len) {
		set_line(&a->line, "Bearer", secret_span(&c->registry_token));
		return 0;
	}
	if (!has_login(c))
		return no_credentials(a, e);
	basic_value(&value, c);
	set_line(&a->peer->basic, "Basic", buf_span(&value));
	wipe(&value);
	return 0;
}

/* The token server is named by the registry: it must be as protected as the
 * registry is, and may not point into a network that the registry is not in. */
static int
check_realm(const struct auth *a, const struct registry_options *o, struct span realm, const char *url,
    struct err *e)
{
	struct span host = peer_host(a->peer);
	struct url u;

	if (url_parse(&u, realm, e))
		return err_wrap(e, "%s names as its token server", a->peer->registry);
	if (!u.tls && strncmp(url, "http:", 5) != 0 && !o->allow_http && !o->allow_insecure)
		return err_set(e, REASON_DENIED, "%s sends credentials to %.*s, without encryption", a->peer->registry,
		    SPAN_FMT(realm));
	if (url_host_is_private(u.host) && !span_eq_nocase(u.host, host) &&
	    !(url_host_is_loopback(u.host) && url_host_is_loopback(host)))
		return err_set(e, REASON_DENIED, "%s sends credentials to the private address %.*s", a->peer->registry,
		    SPAN_FMT(u.host));
	return 0;
}

/* Scopes of the challenge, and our own where it does not cover it, one a call. */
static void
each_scope(const struct auth *a, struct span challenged, void (*fn)(struct buf *, struct span), struct buf *out)
{
	AUTO(buf) struct buf own = BUF_INIT(BUF_TEXT_MAX);
	bool covered = a->repository[0] == '\0';

	buf_printf(&own, "repository:%s:%s", a->repository, a->push ? "push,pull" : "pull");
	while (challenged.len) {
		struct span one = span_cut(&challenged, ' ');

		if (one.len == 0)
			continue;
		fn(out, one);
		covered |= span_eq(one, buf_span(&own)) || (a->push && span_ends(one, ":pull,push") &&
		    one.len == own.len && memcmp(one.ptr, own.ptr, one.len - 9) == 0);
	}
	if (!covered)
		fn(out, buf_span(&own));
}

static void
add_query_scope(struct buf *out, struct span scope)
{
	url_add_query(out, "scope", scope);
}

static void
add_form_scope(struct buf *out, struct span scope)
{
	if (out->len && out->ptr[out->len - 1] != '=')
		buf_add_str(out, "%20");
	url_encode(out, scope);
}

/* Certificates and names that were given for the registry go to no other host. */
static struct http_peer
token_peer(const struct peer *p, struct span realm)
{
	struct http_peer h = p->http;
	struct url u;

	h.plain_allowed = false;
	if (url_parse(&u, realm, NULL) || !span_eq_nocase(u.host, peer_host(p))) {
		h.client_cert = h.client_key = NULL;
		h.server_name = NULL;
	}
	return h;
}

/* GET realm?scope=…&service=…, with the user's name where there is one. */
static int
get_token(struct auth *a, const struct dockercfg_auth *c, const struct challenge *ch, struct http_response *r,
    struct err *e)
{
	AUTO(buf) struct buf url = BUF_INIT(2 * URL_MAX);
	AUTO(buf) struct buf line = BUF_INIT(BUF_TEXT_MAX);
	struct http_peer peer = token_peer(a->peer, ch->realm);
	struct span realm = ch->realm;
	struct http_request q = {.method = "GET", .peer = &peer, .max_body = AUTH_TOKEN_MAX, .repeatable = true};
	int rc;

	buf_add_span(&url, span_cut(&realm, '#'));
	each_scope(a, ch->scope, add_query_scope, &url);
	if (ch->service.len)
		url_add_query(&url, "service", ch->service);
	if (buf_check(&url, "the token server's URL", e))
		return -1;
	if (has_login(c)) {
		buf_add_str(&line, "Authorization: Basic ");
		basic_value(&line, c);
		q.secret_header = buf_str(&line);
	}
	q.url = buf_str(&url);
	rc = http_do(&q, r, e);
	wipe(&line);
	return rc;
}

/* POST with the identity token, as OAuth 2 has it. */
static int
post_token(struct auth *a, const struct dockercfg_auth *c, const struct challenge *ch, struct http_response *r,
    struct err *e)
{
	static const struct http_header form = {"Content-Type", "application/x-www-form-urlencoded"};
	AUTO(buf) struct buf body = BUF_INIT(BUF_TEXT_MAX);
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX + 1);
	struct http_peer peer = token_peer(a->peer, ch->realm);
	struct span realm = ch->realm;
	struct http_request q = {.method = "POST", .headers = &form, .header_count = 1, .peer = &peer,
	    .max_body = AUTH_TOKEN_MAX, .repeatable = true};
	int rc;

	buf_add_span(&url, span_cut(&realm, '#'));
	buf_add_str(&body, "scope=");
	each_scope(a, ch->scope, add_form_scope, &body);
	buf_add_str(&body, "&service=");
	url_encode(&body, ch->service);
	buf_add_str(&body, "&client_id=cosign&grant_type=refresh_token&refresh_token=");
	url_encode(&body, secret_span(&c->identity_token));
	q.url = buf_str(&url);
	q.body = buf_span(&body);
	rc = http_do(&q, r, e);
	wipe(&body);
	return rc;
}

struct token_answer { struct span token, access_token; };

static const struct field token_fields[] = {
	FIELD_STR(struct token_answer, token, "token", 0),
	FIELD_STR(struct token_answer, access_token, "access_token", 0),
	FIELD_END,
};

static bool
token_is_sane(struct span t)
{
	for (size_t i = 0; i < t.len; i++)
		if (t.ptr[i] <= ' ' || t.ptr[i] >= 0x7f)
			return false;
	return t.len > 0;
}

static int
take_token(struct auth *a, struct http_response *r, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct token_answer answer = {0};
	struct span token;

	if (shape_parse(&answer, token_fields, buf_span(&r->body), SHAPE_LENIENT, &pool, e))
		return err_wrap(e, "the token server of %s", a->peer->registry);
	token = answer.token.len ? answer.token : answer.access_token;
	if (!token_is_sane(token))
		return err_set(e, REASON_PROTOCOL, "the token server of %s gives no usable token", a->peer->registry);
	set_line(&a->line, "Bearer", token);
	mem_wipe((void *)(uintptr_t)token.ptr, token.len);
	wipe(&r->body);
	return 0;
}

static int
token_refused(const struct auth *a, const struct dockercfg_auth *c, int status, struct err *e)
{
	if (status != 401 && status != 403)
		return err_set(e, REASON_HTTP, "the token server of %s answers %d", a->peer->registry, status);
	if (!has_login(c) && !c->identity_token.len)
		return no_credentials(a, e);
	err_set(e, REASON_DENIED, "the token server of %s refuses the credentials (%d)", a->peer->registry, status);
	return err_hint(e, "log in again with: cosign login %s", a->peer->registry);
}

static int
answer_bearer(struct auth *a, const struct registry_options *o, const struct dockercfg_auth *c,
    const struct challenge *ch, const char *url, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;

	if (c->registry_token.len) {
		if (a->line)
			return err_set(e, REASON_DENIED, "%s refuses the token", a->peer->registry);
		set_line(&a->line, "Bearer", secret_span(&c->registry_token));
		return 0;
	}
	if (check_realm(a, o, ch->realm, url, e))
		return -1;
	if (c->identity_token.len) {
		if (post_token(a, c, ch, &r, e))
			return err_wrap(e, "logging in to %s", a->peer->registry);
		if (r.status == 200)
			return take_token(a, &r, e);
		if (r.status != 404)
			return token_refused(a, c, r.status, e);
		http_response_release(&r);
		r = (struct http_response)HTTP_RESPONSE_INIT;
	}
	if (get_token(a, c, ch, &r, e))
		return err_wrap(e, "logging in to %s", a->peer->registry);
	return r.status == 200 ? take_token(a, &r, e) : token_refused(a, c, r.status, e);
}

static int
read_challenge(struct challenge *ch, const struct http_response *r, struct pool *pool, struct err *e)
{
	struct span values[16];
	size_t n = 0;
	const char *v;

	while (n < countof(values) && (v = http_header_nth(r, "www-authenticate", n)))
		values[n++] = span_str(v);
	return challenge_parse(ch, values, n, pool, e);
}

struct exchange {
	struct auth *auth;
	const struct registry_options *options;
	const struct http_response *response;
	bool sent;
};

static int
exchange(struct exchange *x, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(dockercfg_auth) struct dockercfg_auth c = DOCKERCFG_AUTH_INIT;
	struct auth *a = x->auth;
	struct challenge ch;

	if (read_challenge(&ch, x->response, &pool, e))
		return err_wrap(e, "%s", a->peer->registry);
	if (credentials_find(&c, a->peer->registry, a->repository, x->options, e))
		return err_wrap(e, "credentials of %s", a->peer->registry);
	if (!dockercfg_auth_is_empty(&c) &&
	    check_channel(a, x->options, x->response->url, e))
		return -1;
	return ch.kind == CHALLENGE_BASIC ? answer_basic(a, &c, x->sent, e) :
	    answer_bearer(a, x->options, &c, &ch, x->response->url, e);
}

static void
exchange_task(void *arg)
{
	struct exchange *x = arg;

	err_clear(&x->auth->failed);
	(void)!exchange(x, &x->auth->failed);
	x->auth->version++;
}

int
auth_answer(struct auth *a, const struct registry_options *o, const struct http_response *r,
    struct auth_sent sent, struct err *e)
{
	struct exchange x = {a, o, r, sent.line != NULL};

	task_wait(&a->exchange);
	/* Somebody else was told the same meanwhile, and has the answer. */
	if (!sent.line && auth_header(a).line)
		return 0;
	if (a->version == sent.version) {
		task_start(&a->exchange, exchange_task, &x);
		task_wait(&a->exchange);
	}
	if (a->failed.reason != REASON_NONE) {
		*e = a->failed;
		return -1;
	}
	return 0;
}
