/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/trust.h"

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
	return 0;
}
