/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/selection.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1800000000 };

static size_t
last(void *ctx, size_t n)
{
	(void)ctx;
	if (n == 0)
		BUG("a choice among nothing");
	return n - 1;
}

static void
check_selection(struct signconf *c, const struct signconf_services *all, const struct signconf_selector *selector)
{
	struct selection_chance chance = {last, NULL};
	struct selection s;
	struct err e = ERR_INIT;

	if (selection_several(&s, all, selector, SELECTION_TLOG_VERSION, NOW, &chance, &c->pool, &e))
		return;
	if (s.count == 0 || s.count > all->count || (selector->mode == SIGNCONF_EXACT && s.count != selector->count))
		BUG("a wrong number of services");
	for (size_t i = 0; i < s.count; i++) {
		if (!trust_window_has(&s.items[i]->window, NOW) || s.items[i]->version != s.items[0]->version)
			BUG("a service that may not be used");
		for (size_t at = 0; at < i; at++)
			if (span_eq(s.items[at]->operator, s.items[i]->operator))
				BUG("an operator twice");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(signconf) struct signconf c = SIGNCONF_INIT, back = SIGNCONF_INIT;
	AUTO(buf) struct buf first = BUF_INIT(SIGNCONF_MAX * 8), second = BUF_INIT(SIGNCONF_MAX * 8);
	struct err e = ERR_INIT;

	if (signconf_parse(&c, span_of(data, size), &e)) {
		if (e.reason != REASON_CONFIG && e.reason != REASON_TOO_LARGE)
			BUG("refused for another reason");
		return 0;
	}
	(void)selection_one(&c.cas, SELECTION_CA_VERSION, NOW, NULL);
	check_selection(&c, &c.tlogs, &c.tlog_selector);
	check_selection(&c, &c.tsas, &c.tsa_selector);
	signconf_emit(&c, &first);
	if (first.over || first.len > SIGNCONF_MAX)
		return 0;
	if (signconf_parse(&back, buf_span(&first), &e))
		BUG("what was written cannot be read");
	signconf_emit(&back, &second);
	if (!span_eq(buf_span(&first), buf_span(&second)))
		BUG("what was written is read as something else");
	return 0;
}
