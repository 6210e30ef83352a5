/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/trustwrite.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_logs(const struct trust_logs *logs)
{
	char text[96];

	for (size_t i = 0; i < logs->count; i++) {
		const struct trust_log *log = &logs->items[i];

		if (log->window.start == INT64_MIN || log->window.start > log->window.end)
			BUG("a log without a window");
		if (log->key.type == KEY_NONE || log->id.len == 0 || !trust_find(logs, log->id, NULL))
			BUG("a log that cannot be found or used");
		trust_window_text(&log->window, text);
	}
}

/* What is written is read as the same. */
static void
check_again(const struct trust *t)
{
	AUTO(buf) struct buf first = BUF_INIT(TRUST_MAX), second = BUF_INIT(TRUST_MAX);
	AUTO(trust) struct trust back = TRUST_INIT;

	trustwrite_emit(t, &first);
	if (first.over)
		return;
	if (trust_parse(&back, buf_span(&first), NULL))
		BUG("what was written cannot be read");
	trustwrite_emit(&back, &second);
	if (!span_eq(buf_span(&first), buf_span(&second)))
		BUG("what was written is read as something else");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(trust) struct trust t = TRUST_INIT;
	struct err e = ERR_INIT;

	if (trust_parse(&t, span_of(data, size), &e)) {
		if (e.reason != REASON_BAD_TRUST && e.reason != REASON_TOO_LARGE)
			BUG("refused for another reason");
		return 0;
	}
	check_logs(&t.tlogs);
	check_logs(&t.ctlogs);
	for (size_t i = 0; i < t.cas.count; i++)
		if (t.cas.items[i].certs.count == 0)
			BUG("an authority without certificates");
	check_again(&t);
	return 0;
}
