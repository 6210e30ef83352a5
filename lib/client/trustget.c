/* SPDX-License-Identifier: Apache-2.0 */
#include "client/trustget.h"

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "json/errline.h"
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

/* Not for the child: none of its business. */
static const char *const drop[] = {"COSIGN_IDENTITY_TOKEN", "COSIGN_PASSWORD", "COSIGN_PKCS11_PIN",
    "COSIGN_PRIVATE_KEY", "DOCKER_AUTH_CONFIG", "GITHUB_TOKEN", "GITLAB_TOKEN", "SIGSTORE_ID_TOKEN", NULL};

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

	if (proc_run(argv, drop, SPAN_NONE, &answer, left + GRACE_MS, &status, e))
		return err_wrap(e, "%s of the TUF repository", target);
	if (status) {
		struct err why = ERR_INIT;

		/* The program's own error, as if it were ours. */
		if (!errline_read(span_trim(buf_span(&answer)), &why))
			err_set(&why, REASON_HELPER, "cosign-get-trust ended with status %d", status);
		*e = why;
		return err_wrap(e, "%s of the TUF repository", target);
	}
	buf_add_span(out, buf_span(&answer));
	return buf_check(out, target, e);
}
