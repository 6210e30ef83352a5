/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tokenget.h"

#include <unistd.h>
#include "base/date.h"
#include "base/mem.h"
#include "base/proc.h"
#include "json/errline.h"
#include "net/http.h"

#define PROGRAM "cosign-get-token"

/* Not for the child: what redirects its output, or is none of its business. */
static const char *const drop[] = {"COSIGN_OUTPUT_FILE", "COSIGN_JSON", "COSIGN_IDENTITY_TOKEN", "COSIGN_PASSWORD",
    "COSIGN_PKCS11_PIN", "COSIGN_PRIVATE_KEY", "DOCKER_AUTH_CONFIG", "GITHUB_TOKEN", "GITLAB_TOKEN", NULL};

/* A file may end in a line's end, and often does. */
static void
trim(struct secret *s)
{
	struct span t = span_trim(secret_span(s));

	if (t.len)
		memmove(s->bytes, t.ptr, t.len);
	s->len = t.len;
}

int
tokenget_file(const char *path, struct secret *token, struct err *e)
{
	if (secret_read_file(token, path, TOKENGET_FILE_MAX, e))
		return -1;
	trim(token);
	return 0;
}

int
tokenget_given(const char *value, struct secret *token, struct err *e)
{
	secret_release(token);
	if (idtoken_is_form(span_str(value))) {
		secret_copy(token, span_str(value));
		return 0;
	}
	/* It may be a token that somebody broke: it is not repeated whole. */
	if (strlen(value) > 255) {
		err_set(e, REASON_BAD_TOKEN, "--identity-token is neither a token nor the name of a file");
		return err_found(e, "%zu bytes", strlen(value));
	}
	return tokenget_file(value, token, e) ? err_wrap(e, "--identity-token") : 0;
}

int
tokenget_read(const struct secret *token, struct idtoken *claims, struct err *e)
{
	AUTO(idtoken) struct idtoken own = IDTOKEN_INIT;
	struct idtoken *t = claims ? claims : &own;
	struct span who;

	return idtoken_parse(t, secret_span(token), e) || idtoken_check_time(t, date_now(), e) ||
	    idtoken_identity(t, &who, e) ? -1 : 0;
}

struct line {
	const char *argv[24];
	size_t count;
	struct pool pool;
};

static void
add(struct line *l, const char *flag, const char *value)
{
	if (value && *value)
		l->argv[l->count++] = pool_printf(&l->pool, "--%s=%s", flag, value);
}

static void
compose(struct line *l, const char *program, const struct tokenget *how)
{
	const struct http_settings *s = &http_settings;
	int64_t left = s->deadline - date_monotonic_ms();

	l->argv[l->count++] = program;
	l->argv[l->count++] = "--report";
	add(l, "fulcio-auth-flow", how->flow);
	add(l, "oidc-issuer", how->issuer);
	add(l, "oidc-client-id", how->client_id);
	add(l, "oidc-client-secret-file", how->client_secret_file);
	add(l, "oidc-redirect-url", how->redirect_url);
	add(l, "oidc-provider", how->provider);
	if (how->no_ambient)
		l->argv[l->count++] = "--oidc-disable-ambient-providers";
	if (how->notice)
		l->argv[l->count++] = "--notice";
	if (how->yes)
		l->argv[l->count++] = "--yes";
	if (s->verbose)
		l->argv[l->count++] = "--verbose";
	l->argv[l->count++] = pool_printf(&l->pool, "--timeout=%lldms", s->deadline ? left > 1 ? (long long)left : 1LL : 0LL);
	l->argv[l->count++] = pool_printf(&l->pool, "--retry=%u", s->retries);
	l->argv[l->count++] = pool_printf(&l->pool, "--retry-max-time=%lldms", (long long)s->retry_max_ms);
	l->argv[l->count] = NULL;
}

/* Its standard input is ours, so that it can ask; or ends at once. */
static int
start(struct proc *p, const char *const argv[], bool stdin_is_taken, struct err *e)
{
	if (!stdin_is_taken)
		return proc_start_beside(p, argv, drop, e);
	if (proc_start(p, argv, drop, e))
		return -1;
	close(p->to);
	p->to = -1;
	return 0;
}

static int
ask(const struct tokenget *how, struct secret *token, struct err *e)
{
	AUTO(charp) char *sibling = proc_sibling(PROGRAM);
	struct line l = {.pool = POOL_INIT};
	struct proc p = PROC_INIT;
	int rc, status;

	compose(&l, sibling ? sibling : PROGRAM, how);
	rc = start(&p, l.argv, how->stdin_is_taken, e);
	pool_release(&l.pool);
	if (rc)
		return -1;
	rc = secret_read_fd(token, p.from, "what " PROGRAM " says", IDTOKEN_MAX + ERRLINE_MAX, e);
	status = proc_stop(&p);
	if (rc)
		return -1;
	trim(token);
	if (status == 0)
		return 0;
	if (errline_read(secret_span(token), e))
		return -1;
	err_set(e, REASON_HELPER, "there is no identity token: " PROGRAM " failed");
	return err_found(e, status > 128 ? "signal %d" : "exit status %d", status > 128 ? status - 128 : status);
}

int
tokenget(const struct tokenget *how, struct secret *token, struct idtoken *claims, struct err *e)
{
	int rc;

	secret_release(token);
	rc = how->token && *how->token ? tokenget_given(how->token, token, e) : ask(how, token, e);
	if (rc || tokenget_read(token, claims, e)) {
		secret_release(token);
		return -1;
	}
	return 0;
}
