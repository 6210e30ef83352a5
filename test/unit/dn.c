/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/dn.h"
#include "json/outline.h"
#include "sig/certview.h"
#include "tap.h"

/* C=XX, O="A, B", CN=x + CN=y, emailAddress=e, O=#2 */
static const char name[] =
	"\x30\x51"
	"\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02XX"
	"\x31\x0d\x30\x0b\x06\x03\x55\x04\x0a\x0c\x04" "A, B"
	"\x31\x14\x30\x08\x06\x03\x55\x04\x03\x0c\x01x\x30\x08\x06\x03\x55\x04\x03\x0c\x01y"
	"\x31\x10\x30\x0e\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01\x16\x01" "e"
	"\x31\x0b\x30\x09\x06\x03\x55\x04\x0a\x0c\x02" "#2";

static void
test_name(void)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	struct span n = span_of(name, sizeof(name) - 1);

	dn_format(n, &out);
	is_str(buf_str(&out), "CN=x+CN=y,O=A\\, B+O=\\#2,C=XX,1.2.840.113549.1.9.1=#160165", "a name");
	is_span(dn_get(n, DN_COMMON_NAME, false), SPAN("x"), "the first of a type");
	is_span(dn_get(n, DN_COMMON_NAME, true), SPAN("y"), "the last");
	ok(!dn_get(n, SPAN("\x55\x04\x05"), true).ptr, "none");
	for (size_t i = 0; i < n.len; i++) {
		AUTO(buf) struct buf cut = BUF_INIT(BUF_TEXT_MAX);

		dn_format(span_first(n, i), &cut);
		(void)dn_get(span_first(n, i), DN_COUNTRY, true);
	}
	ok(true, "cut names do no harm");
}

static void
test_decimal(void)
{
	static const struct { struct span digits; const char *want; } cases[] = {
		{{"", 0}, "0"}, {{"\x01", 1}, "1"}, {{"\xff", 1}, "255"}, {{"\x01\x00", 2}, "256"},
		{{"\xff\xff\xff\xff\xff\xff\xff\xff", 8}, "18446744073709551615"},
		{{"\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 17},
		    "340282366920938463463374607431768211456"},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);

		certview_decimal(&out, cases[i].digits);
		is_str(buf_str(&out), cases[i].want, "%s", cases[i].want);
	}
}

static void
test_outline(void)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	struct outline o = {.out = &out};

	outline_label(&o, "a");
	o.depth++;
	outline_line(&o, "b", "%d", 7);
	outline_span(&o, "c", SPAN("x\n\x1b[1m\xc2\x9b\xe2\x80\xae\xff\xc3\xa4"));
	outline_span(&o, "d\n", SPAN_NONE);
	outline_hex(&o, "e", SPAN("\x01\xff"));
	is_str(buf_str(&out), "- a:\n  - b: 7\n  - c: x??[1m???\xc3\xa4\n  - d?:\n  - e: 01ff\n", "a tree");
}

int
main(void)
{
	test_name();
	test_decimal();
	test_outline();
	return tap_done();
}
