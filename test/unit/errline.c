/* SPDX-License-Identifier: Apache-2.0 */
#include "json/errline.h"
#include "tap.h"

static void
round_trip(void)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT, back = ERR_INIT;
	char all[ERR_TEXT];

	err_set(&e, REASON_DENIED, "the server says \"no\"");
	err_wrap(&e, "issuer <x>");
	err_expected(&e, "yes");
	err_found(&e, "no");
	err_hint(&e, "ask again");
	errline_emit(&e, &text);
	if (!ok(errline_read(buf_span(&text), &back), "is read again"))
		return;
	is_int(back.reason, REASON_DENIED, "reason");
	is_str(err_text(&back, all, sizeof(all)), "issuer <x>: the server says \"no\": expected yes, found no", "message");
	is_str(err_get_expected(&back), "yes", "expected");
	is_str(err_get_found(&back), "no", "found");
	is_str(err_get_hint(&back), "ask again", "hint");
	is_str(err_part(&back, 1), "the server says \"no\"", "chain");
}

static void
others(void)
{
	static const char *const texts[] = {"", "Error: x", "[]", "{}", "{\"type\":\"cosign.error/1\"}",
	    "{\"type\":\"cosign.error/2\",\"reason\":\"denied\",\"chain\":[\"m\"]}",
	    "{\"type\":\"cosign.error/1\",\"reason\":\"none such\",\"chain\":[\"m\"]}",
	    "{\"type\":\"cosign.error/1\",\"reason\":\"denied\",\"chain\":[]}"};

	for (size_t i = 0; i < countof(texts); i++) {
		struct err e = ERR_INIT;

		ok(!errline_read(span_str(texts[i]), &e) && e.reason == REASON_NONE, "no error: %s", texts[i]);
	}
}

int
main(void)
{
	round_trip();
	others();
	return tap_done();
}
