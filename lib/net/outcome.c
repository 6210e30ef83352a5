/* SPDX-License-Identifier: Apache-2.0 */
#include "net/outcome.h"

#include "base/date.h"
#include "net/retry.h"

enum { CLOCKS_MS = 10 };

enum again { NEVER, IF_REPEATABLE, ALWAYS /* nothing was sent */ };

static const struct {
	CURLcode code;
	enum reason reason;
	enum again again;
	const char *hint;
} failures[] = {
	{CURLE_COULDNT_RESOLVE_PROXY, REASON_NETWORK, ALWAYS, NULL},
	{CURLE_COULDNT_RESOLVE_HOST, REASON_NETWORK, ALWAYS, NULL},
	{CURLE_COULDNT_CONNECT, REASON_NETWORK, ALWAYS, NULL},
	{CURLE_PROXY, REASON_NETWORK, ALWAYS, NULL},
	{CURLE_SSL_CONNECT_ERROR, REASON_NETWORK, ALWAYS, NULL},
	{CURLE_PEER_FAILED_VERIFICATION, REASON_NETWORK, NEVER,
	    "give the authority of its certificate (a registry's: --registry-cacert FILE; a timestamp authority's: "
	    "--timestamp-client-cacert FILE)"},
	{CURLE_SSL_CACERT_BADFILE, REASON_CONFIG, NEVER, NULL},
	{CURLE_SSL_CERTPROBLEM, REASON_CONFIG, NEVER, NULL},
	{CURLE_OPERATION_TIMEDOUT, REASON_NETWORK, IF_REPEATABLE, NULL},
	{CURLE_GOT_NOTHING, REASON_NETWORK, IF_REPEATABLE, NULL},
	{CURLE_SEND_ERROR, REASON_NETWORK, IF_REPEATABLE, NULL},
	{CURLE_RECV_ERROR, REASON_NETWORK, IF_REPEATABLE, NULL},
	{CURLE_PARTIAL_FILE, REASON_NETWORK, IF_REPEATABLE, NULL},
	{CURLE_HTTP2, REASON_NETWORK, IF_REPEATABLE, NULL},
	{CURLE_HTTP2_STREAM, REASON_NETWORK, IF_REPEATABLE, NULL},
	{CURLE_WEIRD_SERVER_REPLY, REASON_PROTOCOL, NEVER, NULL},
	{CURLE_UNSUPPORTED_PROTOCOL, REASON_PROTOCOL, NEVER, NULL},
	{CURLE_BAD_CONTENT_ENCODING, REASON_PROTOCOL, NEVER, NULL},
};

/* A server that answers TLS with something else will do so again. */
static bool
is_no_tls(const struct transfer *x, CURLcode code)
{
	return code == CURLE_SSL_CONNECT_ERROR && (strstr(x->text, "wrong version number") ||
	    strstr(x->text, "http request") || strstr(x->text, "packet length too long"));
}

bool
outcome_may_be_plain(CURLcode code)
{
	return code == CURLE_COULDNT_CONNECT || code == CURLE_SSL_CONNECT_ERROR || code == CURLE_RECV_ERROR ||
	    code == CURLE_SEND_ERROR || code == CURLE_GOT_NOTHING || code == CURLE_OPERATION_TIMEDOUT ||
	    code == CURLE_PROXY;
}

static int
explain(struct transfer *x, CURLcode code, enum reason reason, const char *hint, struct err *e)
{
	AUTO(buf) struct buf url = BUF_INIT(BUF_TEXT_MAX);
	const char *text = x->text[0] ? x->text : curl_easy_strerror(code);
	char own[ERR_TEXT];

	origin_mask(buf_span(x->url.len ? &x->url : &x->target), &url);
	if (x->err.reason != REASON_NONE)
		text = err_text(&x->err, own, sizeof(own));
	if (reason == REASON_TIMEOUT)
		text = "the time is up";
	else if (code == CURLE_OPERATION_TIMEDOUT && x->connected)
		text = "the server says nothing any more";
	err_set(e, reason, "%.*s %.1000s: %s%s%s", SPAN_FMT(x->q.method), buf_str(&url), text,
	    x->tls_text ? "; by https: " : "", x->tls_text ? x->tls_text : "");
	if (is_no_tls(x, code))
		hint = "the server may speak plain http (a registry: --allow-http-registry)";
	return hint ? err_hint(e, "%s", hint) : -1;
}

/* libcurl measures by itself, and may be a little ahead. */
static bool
time_is_up(const struct transfer *x, CURLcode code)
{
	return date_monotonic_ms() >= x->until - (code == CURLE_OPERATION_TIMEDOUT ? CLOCKS_MS : 0);
}

static enum outcome
judge_failure(struct transfer *x, CURLcode code, struct err *e)
{
	enum reason reason = REASON_NETWORK;
	enum again again = NEVER;
	const char *hint = NULL;
	int64_t wait = retry_delay(x->tried, 0);

	for (size_t i = 0; i < countof(failures); i++)
		if (failures[i].code == code) {
			reason = failures[i].reason;
			again = failures[i].again;
			hint = failures[i].hint;
		}
	if (x->err.reason != REASON_NONE) {
		reason = x->err.reason;
		again = NEVER;
	}
	if (time_is_up(x, code))
		reason = REASON_TIMEOUT;
	if (is_no_tls(x, code) || (x->q.stream && x->delivered) || x->err.reason != REASON_NONE)
		again = NEVER;
	if (again == ALWAYS && x->connected)
		again = IF_REPEATABLE;
	if ((again == ALWAYS || (again == IF_REPEATABLE && x->q.repeatable)) && transfer_may_try_again(x, wait)) {
		x->wake = date_monotonic_ms() + wait;
		return OUTCOME_AGAIN;
	}
	explain(x, code, reason, hint, e);
	return OUTCOME_FAILED;
}

static enum outcome
follow(struct transfer *x, struct err *e)
{
	AUTO(buf) struct buf url = BUF_INIT(ORIGIN_URL_MAX * 4);
	struct origin to;

	if (++x->hops > TRANSFER_HOPS_MAX) {
		err_set(&x->err, REASON_PROTOCOL, "more than %d redirects", TRANSFER_HOPS_MAX);
		explain(x, CURLE_OK, REASON_PROTOCOL, NULL, e);
		return OUTCOME_FAILED;
	}
	if (origin_redirect(buf_span(&x->url), span_str(x->location), &url, &x->err) ||
	    origin_parse(&to, buf_span(&url), &x->err)) {
		explain(x, CURLE_OK, REASON_PROTOCOL, NULL, e);
		return OUTCOME_FAILED;
	}
	if (!origin_same(&x->origin, &to))
		x->left_origin = true;
	buf_reset(&x->target);
	buf_add_span(&x->target, buf_span(&url));
	x->tried = 0;
	return OUTCOME_AGAIN;
}

enum outcome
outcome_judge(struct transfer *x, CURLcode code, struct err *e)
{
	bool cut = code == CURLE_WRITE_ERROR && x->has_head && x->err.reason == REASON_NONE;

	if (x->has_head && x->then == TRANSFER_REDIRECT && (code == CURLE_OK || cut))
		return follow(x, e);
	if (x->has_head && x->then == TRANSFER_RETRY) {
		x->wake += date_monotonic_ms();
		return OUTCOME_AGAIN;
	}
	if (code == CURLE_OK && x->has_head)
		return OUTCOME_DONE;
	return judge_failure(x, code == CURLE_OK ? CURLE_WEIRD_SERVER_REPLY : code, e);
}
