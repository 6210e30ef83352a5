/* SPDX-License-Identifier: Apache-2.0 */
#include "client/oidcbrowser.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/sandbox.h"
#include "client/browser.h"
#include "client/hush.h"
#include "codec/url.h"
#include "json/errline.h"
#include "json/record.h"
#include "oci/dockercfg_helper.h"

#define PROGRAM "cosign-oidc-listen"
#define OUT_OF_BAND "urn:ietf:wg:oauth:2.0:oob"

enum {
	LINE_MAX_BYTES = 32 << 10,	/* of what the listener says */
	START_MS = 10 * 1000,	/* for it to listen */
	WAIT_MS = 120 * 1000,	/* for the browser */
	GLANCE_MS = 200,	/* between looks at the browser's fate */
	CODE_MAX = 4096,
};

/* What must come back with the code, or in the token. */
struct login {
	const struct oidc *o;
	struct oidc_proof proof;
	char state[OIDC_RANDOM + 1], nonce[OIDC_RANDOM + 1];
};

struct listener {
	struct proc proc;
	struct secret in;	/* read and not taken yet */
	pid_t browser;		/* 0: none */
};

static void
listener_cleanup(struct listener *l)
{
	if (l->proc.pid > 0)
		(void)proc_stop(&l->proc);
	secret_release(&l->in);
}

/* --- what the listener says ------------------------------------------------ */

static bool
take_line(struct listener *l, struct secret *line)
{
	ptrdiff_t end = span_find(secret_span(&l->in), '\n');

	if (end < 0)
		return false;
	secret_release(line);
	secret_copy(line, span_first(secret_span(&l->in), (size_t)end));
	l->in.len -= (size_t)end + 1;
	memmove(l->in.bytes, l->in.bytes + end + 1, l->in.len);
	return true;
}

static int
read_more(struct listener *l, struct err *e)
{
	ssize_t n;

	if (l->in.len == LINE_MAX_BYTES)
		return err_set(e, REASON_PROTOCOL, PROGRAM " says too much");
	n = read(l->proc.from, l->in.bytes + l->in.len, LINE_MAX_BYTES - l->in.len);
	if (n < 0 && errno != EINTR)
		return err_errno(e, REASON_HELPER, "cannot read from " PROGRAM);
	if (n == 0)
		return err_set(e, REASON_HELPER, PROGRAM " ended too soon");
	l->in.len += n > 0 ? (size_t)n : 0;
	return 0;
}

/* A line, or REASON_TIMEOUT, or REASON_HELPER when the browser gave up. */
static int
read_line(struct listener *l, int64_t until, struct secret *line, struct err *e)
{
	while (!take_line(l, line)) {
		struct pollfd fd = {.fd = l->proc.from, .events = POLLIN};
		int64_t left = until - date_monotonic_ms();

		if (left <= 0)
			return err_set(e, REASON_TIMEOUT, "no browser came back in time");
		if (poll(&fd, 1, (int)(left < GLANCE_MS ? left : GLANCE_MS)) > 0 && read_more(l, e))
			return -1;
		if (l->in.len == 0 && browser_failed(&l->browser))
			return err_set(e, REASON_HELPER, "the browser could not be opened");
	}
	return 0;
}

/* The record of that type; an error record is our own failure. */
static int
read_record(struct listener *l, const char *type, int64_t until, struct secret *line, struct record *rec, struct err *e)
{
	if (read_line(l, until, line, e) || errline_read(secret_span(line), e))
		return -1;
	if (record_parse(secret_span(line), rec, e) == 0 && record_is(rec, type))
		return 0;
	return err_set(e, REASON_PROTOCOL, PROGRAM " does not say what it should");
}

/* --- in the browser -------------------------------------------------------- */

static void
compose_url(const struct login *l, const char *redirect, struct buf *url)
{
	buf_add_span(url, l->o->authorize);
	url_add_query(url, "response_type", SPAN("code"));
	url_add_query(url, "client_id", span_str(l->o->login->client_id));
	url_add_query(url, "redirect_uri", span_str(redirect));
	url_add_query(url, "scope", SPAN("openid email"));
	url_add_query(url, "state", span_str(l->state));
	url_add_query(url, "nonce", span_str(l->nonce));
	url_add_query(url, "code_challenge", span_str(l->proof.challenge));
	url_add_query(url, "code_challenge_method", SPAN("S256"));
	url_add_query(url, "access_type", SPAN("online"));
}

static int
start_listener(const struct login *l, struct listener *n, int64_t until, struct err *e)
{
	AUTO(charp) char *sibling = proc_sibling(PROGRAM);
	AUTO(charp) char *time = xasprintf("--timeout=%lldms", (long long)(until - date_monotonic_ms()));
	AUTO(charp) char *where = xasprintf("--oidc-redirect-url=%s", l->o->login->redirect_url ? l->o->login->redirect_url : "");
	const char *argv[] = {sibling ? sibling : PROGRAM, "--report", time, where, NULL};

	secret_new(&n->in, LINE_MAX_BYTES);
	n->in.len = 0;
	return proc_start(&n->proc, argv, browser_drop, e);
}

static int
tell_state(const struct login *l, const struct listener *n, struct err *e)
{
	AUTO(charp) char *line = xasprintf("%s\n", l->state);

	return file_write_fd(n->proc.to, PROGRAM, span_str(line), e);
}

static bool
text_of(const struct record *rec, const char *name, struct pool *pool, struct span *out)
{
	struct node v;

	*out = SPAN_NONE;
	return node_member(rec->root, name, &v) && node_string(v, pool, out);
}

static int
take_code(const struct login *l, const struct record *rec, struct secret *code, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span text, more;
	struct node v;

	if (text_of(rec, "issuer", &pool, &text) && !span_is(text, l->o->login->issuer)) {
		err_set(e, REASON_PROTOCOL, "the browser comes from another identity provider");
		err_expected(e, "%s", l->o->login->issuer);
		return err_found(e, "%.*s", SPAN_FMT(text));
	}
	if (text_of(rec, "error", &pool, &text)) {
		(void)text_of(rec, "description", &pool, &more);
		err_set(e, REASON_DENIED, "the identity provider %s does not log you in", l->o->login->issuer);
		return err_found(e, "%.*s%s%.*s", SPAN_FMT(text), more.len ? ": " : "", SPAN_FMT(more));
	}
	if (node_member(rec->root, "code", &v) && dockercfg_helper_secret(v, code))
		return 0;
	return err_set(e, REASON_PROTOCOL, PROGRAM " names no code");
}

/* 0 and a code; 1 when it must be typed in; *redirect is where it was sent. */
static int
by_browser(const struct login *l, struct secret *code, struct buf *redirect, struct err *e)
{
	int64_t now = date_monotonic_ms(), until = now + WAIT_MS, limit = http_settings.deadline;
	__attribute__((__cleanup__(listener_cleanup))) struct listener n = {.proc = PROC_INIT};
	AUTO(secret) struct secret line = SECRET_INIT;
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);
	struct err why = ERR_INIT;
	struct record rec;
	struct span where;
	bool opened;

	if (limit && limit < until)
		until = limit;
	if (start_listener(l, &n, until, e) ||
	    read_record(&n, "cosign.listener/1", now + START_MS, &line, &rec, e) || tell_state(l, &n, e))
		return -1;
	if (!text_of(&rec, "url", &pool, &where))
		return err_set(e, REASON_PROTOCOL, PROGRAM " does not say where it listens");
	buf_add_span(redirect, where);
	compose_url(l, buf_str(redirect), &url);
	if (buf_check(&url, "the address of the login", e))
		return -1;
	opened = browser_open(buf_str(&url), &n.browser, &why) == 0;
	/* What was to be started runs. */
	(void)sandbox_enter(SANDBOX_SIGNAL, NULL, 0);
	if (opened) {
		log_say("Your browser will now be opened to:\n%s", buf_str(&url));
		if (read_record(&n, "cosign.callback/1", until, &line, &rec, &why) == 0)
			return take_code(l, &rec, code, e);
	}
	if (!err_is(&why, REASON_TIMEOUT) && !err_is(&why, REASON_HELPER)) {
		*e = why;
		return -1;
	}
	log_say("error opening browser: %s", err_part(&why, 0));
	return limit && date_monotonic_ms() >= limit ? err_set(e, REASON_TIMEOUT, "nobody logged in in time") : 1;
}

/* --- out of band ------------------------------------------------------------ */

static bool
can_answer(void)
{
	struct stat st;

	return isatty(STDIN_FILENO) || (fstat(STDIN_FILENO, &st) == 0 && !S_ISCHR(st.st_mode));
}

static int
nobody(struct err *e)
{
	err_set(e, REASON_NO_TERMINAL, "a code must be typed in, and there is nobody to ask");
	return err_hint(e, "--fulcio-auth-flow=device logs in on any device; --identity-token takes a token");
}

static int
type_in(struct secret *code, struct err *e)
{
	size_t len = 0;
	char c = 0;
	ssize_t n;

	secret_release(code);
	secret_new(code, CODE_MAX);
	while (len < CODE_MAX && c != '\n') {
		n = read(STDIN_FILENO, &c, 1);
		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		if (n > 0)
			code->bytes[len++] = (unsigned char)c;
	}
	while (len && strchr(" \t\r\n", code->bytes[len - 1]))
		len--;
	code->len = len;
	return len ? 0 : nobody(e);
}

static int
out_of_band(const struct login *l, struct secret *code, struct err *e)
{
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);

	if (!can_answer())
		return nobody(e);
	compose_url(l, OUT_OF_BAND, &url);
	if (buf_check(&url, "the address of the login", e))
		return -1;
	log_say("Go to the following link in a browser:\n\n\t %s", buf_str(&url));
	if (isatty(STDIN_FILENO))
		fputs("Enter verification code: ", stderr);
	return type_in(code, e);
}

static int
redeem(const struct login *l, const struct secret *code, const char *redirect, struct secret *token, struct err *e)
{
	AUTO(oidc_answer) struct oidc_answer a = {.json = SECRET_INIT};
	AUTO(oidc_form) struct oidc_form f = OIDC_FORM_INIT;

	f.once = true;
	oidc_form_add(&f, "grant_type", SPAN("authorization_code"));
	oidc_form_add(&f, "code", secret_span(code));
	oidc_form_add(&f, "redirect_uri", span_str(redirect));
	oidc_form_add(&f, "code_verifier", span_str(l->proof.verifier));
	return oidc_post(l->o, l->o->token, &f, &a, e) || oidc_take_token(l->o, &a, l->nonce, token, e) ? -1 : 0;
}

int
oidcbrowser_login(const struct oidc *o, struct secret *token, struct err *e)
{
	AUTO(secret) struct secret code = SECRET_INIT;
	AUTO(buf) struct buf redirect = BUF_INIT(URL_MAX);
	struct login l = {.o = o};
	int rc;

	if (!o->authorize.len) {
		err_set(e, REASON_UNSUPPORTED, "the identity provider %s has no login by browser", o->login->issuer);
		return err_expected(e, "an authorization_endpoint");
	}
	if (oidc_proof(o, &l.proof, e) || oidc_random(l.state, e) || oidc_random(l.nonce, e))
		return -1;
	rc = by_browser(&l, &code, &redirect, e);
	if (rc > 0) {
		buf_reset(&redirect);
		buf_add_str(&redirect, OUT_OF_BAND);
		rc = out_of_band(&l, &code, e);
	}
	return rc || redeem(&l, &code, buf_str(&redirect), token, e) ? -1 : 0;
}
