/* SPDX-License-Identifier: Apache-2.0 */
#include "client/trustget.h"

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "client/tufhome.h"
#include "client/tuflegacy.h"
#include "json/errline.h"
#include "json/scan.h"
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

/* Runs the program for a target or two; second may be NULL. */
static int
run(const char *first, const char *second, struct buf *answer, struct err *e)
{
	AUTO(charp) char *beside = proc_sibling("cosign-get-trust");
	AUTO(charp) char *timeout = NULL, *retry = NULL, *retry_time = NULL;
	const struct http_settings *h = &http_settings;
	const char *argv[12];
	int64_t left = time_left();
	size_t n = 0;
	int status;

	timeout = xasprintf("--timeout=%lldms", (long long)left);
	retry = xasprintf("--retry=%u", h->retries);
	retry_time = xasprintf("--retry-max-time=%lldms", (long long)h->retry_max_ms);
	argv[n++] = beside ? beside : "cosign-get-trust";
	argv[n++] = "--report";
	argv[n++] = timeout;
	argv[n++] = retry;
	argv[n++] = retry_time;
	if (log_is_verbose())
		argv[n++] = "--verbose";
	argv[n++] = "--target";
	argv[n++] = first;
	if (second) {
		argv[n++] = "--target";
		argv[n++] = second;
	}
	argv[n] = NULL;
	if (proc_run(argv, drop, SPAN_NONE, answer, left + GRACE_MS, &status, e))
		return -1;
	if (status) {
		struct err why = ERR_INIT;

		/* The program's own error, as if it were ours. */
		if (!errline_read(span_trim(buf_span(answer)), &why))
			err_set(&why, REASON_HELPER, "cosign-get-trust ended with status %d", status);
		*e = why;
		return -1;
	}
	return 0;
}

int
trustget_fetch(const char *target, struct buf *out, struct err *e)
{
	AUTO(buf) struct buf answer = BUF_INIT(out->max + MESSAGE_MAX);

	if (run(target, NULL, &answer, e))
		return err_wrap(e, "%s of the TUF repository", target);
	buf_add_span(out, buf_span(&answer));
	return buf_check(out, target, e);
}

static int
split(struct span text, const char *const targets[2], struct buf *const outs[2], struct err *e)
{
	struct node value;

	for (size_t i = 0; i < 2; i++) {
		if (scan_value(text, &value, &text, e))
			return err_wrap(e, "%s", targets[i]);
		buf_add_span(outs[i], value.raw);
		if (buf_check(outs[i], targets[i], e))
			return -1;
	}
	return text.len ? err_set(e, REASON_BAD_JSON, "there is more behind %s", targets[1]) : 0;
}

int
trustget_fetch_both(const char *const targets[2], struct buf *const outs[2], struct err *e)
{
	AUTO(buf) struct buf answer = BUF_INIT(outs[0]->max + outs[1]->max + MESSAGE_MAX);

	if (run(targets[0], targets[1], &answer, e) || split(buf_span(&answer), targets, outs, e))
		return err_wrap(e, "%s and %s of the TUF repository", targets[0], targets[1]);
	return 0;
}

int
trustget_kept(const char *target, struct buf *out, struct err *e)
{
	AUTO(tufhome) struct tufhome h = TUFHOME_INIT;
	AUTO(tuf) struct tuf t = {0};

	if (tufhome_find(&h, NULL, e) || tufhome_trust(&h, e))
		return -1;
	struct tuf_options o = {.metadata_url = h.mirror, .targets_url = h.targets_url, .dir = h.dir,
	    .target_dir = h.target_dir, .frozen = true, .alone = true};
	if (tuf_start(&t, &o, buf_span(&h.root), date_now(), e) || tuf_refresh(&t, e) || tuflegacy_get(&t, target, out, e))
		return err_wrap(e, "%s of the TUF repository %s, as it is kept", target, h.mirror);
	return 0;
}
