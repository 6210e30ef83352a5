/* SPDX-License-Identifier: Apache-2.0 */
#include "client/trustget.h"

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "json/record.h"
#include "net/http.h"

enum {
	TIME_MAX_MS = 15 * 60 * 1000,	/* when nobody set a deadline */
	GRACE_MS = 1000,	/* for the program to say that time is up */
	MESSAGE_MAX = 64 << 10,
};

static int64_t
time_left(void)
{
	int64_t left;

	if (!http_settings.deadline)
		return TIME_MAX_MS;
	left = http_settings.deadline - date_monotonic_ms();
	return left > 1 ? left : 1;
}

static struct span
member(const struct record *rec, const char *name, struct pool *pool)
{
	struct span text = SPAN_NONE;
	struct node v;

	if (node_member(rec->root, name, &v))
		(void)node_string(v, pool, &text);
	return text;
}

/* The program's own error, as if it were ours. */
static int
relay(struct span answer, int status, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct record rec;
	struct span hint;
	enum reason why;

	if (record_parse(span_trim(answer), &rec, NULL) || !record_is(&rec, "cosign.error/1"))
		return err_set(e, REASON_HELPER, "cosign-get-trust ended with status %d", status);
	why = reason_find(member(&rec, "reason", &pool));
	hint = member(&rec, "hint", &pool);
	err_set(e, why == REASON_NONE ? REASON_HELPER : why, "%.*s",
	    SPAN_FMT(span_first(member(&rec, "message", &pool), ERR_TEXT / 2)));
	return hint.len ? err_hint(e, "%.*s", SPAN_FMT(span_first(hint, ERR_TEXT / 4))) : -1;
}

int
trustget_fetch(const char *target, struct buf *out, struct err *e)
{
	AUTO(charp) char *beside = proc_sibling("cosign-get-trust");
	AUTO(charp) char *timeout = NULL, *retry = NULL, *retry_time = NULL;
	AUTO(buf) struct buf answer = BUF_INIT(out->max + MESSAGE_MAX);
	const struct http_settings *h = &http_settings;
	int64_t left = time_left();
	int status;

	timeout = xasprintf("--timeout=%lldms", (long long)left);
	retry = xasprintf("--retry=%u", h->retries);
	retry_time = xasprintf("--retry-max-time=%lldms", (long long)h->retry_max_ms);
	const char *const argv[] = {beside ? beside : "cosign-get-trust", "--report", "--target", target, timeout, retry,
		retry_time, log_is_verbose() ? "--verbose" : NULL, NULL};

	if (proc_run(argv, NULL, SPAN_NONE, &answer, left + GRACE_MS, &status, e))
		return err_wrap(e, "%s of the TUF repository", target);
	if (status) {
		relay(buf_span(&answer), status, e);
		return err_wrap(e, "%s of the TUF repository", target);
	}
	buf_add_span(out, buf_span(&answer));
	return buf_check(out, target, e);
}
