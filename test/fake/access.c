/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "exchange.h"

struct access_rules access_rules;

static VEC(char *) tokens;	/* "token-N" has the scopes of tokens.items[N] */

static bool
basic_ok(struct exchange *x)
{
	char *password = NULL, *user;
	bool same;

	if (!access_rules.user)
		return true;
	user = MHD_basic_auth_get_username_password(x->conn, &password);
	same = user && password && strncmp(access_rules.user, user, strlen(user)) == 0 &&
	    access_rules.user[strlen(user)] == ':' && strcmp(access_rules.user + strlen(user) + 1, password) == 0;
	MHD_free(user);
	MHD_free(password);
	return same;
}

/* A refresh token is the password; the form is small and plain enough for a
 * search. */
static bool
refresh_ok(struct exchange *x)
{
	AUTO(charp) char *want = xasprintf("refresh_token=%s",
	    access_rules.user && strchr(access_rules.user, ':') ? strchr(access_rules.user, ':') + 1 : "");

	return exchange_is(x, "POST") && strstr(buf_str(&x->body), want) != NULL;
}

static enum MHD_Result
add_scope(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void)kind;
	if (strcmp(name, "scope") == 0 && value)
		buf_printf(arg, " %s", value);
	return MHD_YES;
}

void
access_token(struct exchange *x)
{
	AUTO(buf) struct buf scopes = BUF_INIT(BUF_TEXT_MAX), b = BUF_INIT(BUF_TEXT_MAX);

	if (exchange_is(x, "POST") ? !refresh_ok(x) : !basic_ok(x)) {
		exchange_error(x, 401, "UNAUTHORIZED");
		return;
	}
	MHD_get_connection_values(x->conn, MHD_GET_ARGUMENT_KIND, add_scope, &scopes);
	if (exchange_is(x, "POST"))
		buf_add_span(&scopes, buf_span(&x->body));
	buf_printf(&b, "{\"token\":\"token-%zu\",\"expires_in\":300}", tokens.count);
	*VEC_PUSH(&tokens) = xstrdup(buf_str(&scopes));
	exchange_answer(x, 200, "application/json", buf_span(&b));
}

/* The scopes of the request's token, NULL without a good one. */
static const char *
token_scopes(struct exchange *x)
{
	const char *value = exchange_header(x, "Authorization");
	char *end;
	size_t i;

	if (!value || strncasecmp(value, "Bearer token-", 13) != 0)
		return NULL;
	i = strtoul(value + 13, &end, 10);
	return *end == '\0' && i < tokens.count ? tokens.items[i] : NULL;
}

/* "repository:NAME:" in either spelling, with the action behind it. */
static bool
scope_allows(const char *scopes, const char *repo, const char *action)
{
	AUTO(charp) char *plain = xasprintf("repository:%s:", repo);
	AUTO(buf) struct buf form = BUF_INIT(BUF_TEXT_MAX);
	AUTO(charp) char *granted = NULL;
	const char *at;

	buf_add_str(&form, "repository%3A");
	for (const char *p = repo; *p; p++)
		if (*p == '/')
			buf_add_str(&form, "%2F");
		else
			buf_add_char(&form, *p);
	buf_add_str(&form, "%3A");
	at = strstr(scopes, plain) ? strstr(scopes, plain) : strstr(scopes, buf_str(&form));
	if (!at)
		return false;
	granted = xspandup(span_cut(&(struct span){at, strlen(at)}, ' '));
	return strstr(granted, action) != NULL;
}

bool
access_allowed(struct exchange *x, const char *repo)
{
	const char *action = exchange_is_read(x) ? "pull" : "push", *scopes;
	AUTO(charp) char *scope = NULL;

	if (!access_rules.token) {
		if (basic_ok(x))
			return true;
		exchange_error(x, 401, "UNAUTHORIZED");
		exchange_add(x, "WWW-Authenticate", "Basic realm=\"tests\"");
		return false;
	}
	scopes = token_scopes(x);
	if (scopes && (!repo || scope_allows(scopes, repo, action)))
		return true;
	exchange_error(x, 401, "UNAUTHORIZED");
	if (repo)
		scope = xasprintf(",scope=\"repository:%s:%s\"%s", repo, exchange_is_read(x) ? "pull" : "pull,push",
		    scopes ? ",error=\"insufficient_scope\"" : "");
	exchange_add(x, "WWW-Authenticate", "Bearer realm=\"%s://127.0.0.1:%u/token\",service=\"tests\"%s",
	    access_rules.tls ? "https" : "http", access_rules.port, scope ? scope : "");
	return false;
}
