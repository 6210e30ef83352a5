/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/der.h"
#include "tap.h"

/* SPAN is no constant initializer. */
#define S(text) {text, sizeof(text) - 1}

static const struct { struct span der; bool good; const char *why; } lengths[] = {
	{S("\x30\x00"), true, "empty"},
	{S("\x30\x01\x00"), true, "one byte"},
	{S("\x30"), false, "no length"},
	{S(""), false, "nothing"},
	{S("\x31\x00"), false, "another tag"},
	{S("\x30\x02\x00"), false, "cut short"},
	{S("\x30\x80\x00\x00"), false, "indefinite"},
	{S("\x30\x81\x01\x00"), false, "long form where short fits"},
	{S("\x30\x82\x00\x80"), false, "leading zero in the length"},
	{S("\x30\x85\x00\x00\x00\x00\x01\x00"), false, "five bytes of length"},
	{S("\x30\x84\xff\xff\xff\xff"), false, "four gigabytes"},
	{S("\x30\xff"), false, "reserved"},
};

static const struct { struct span der; bool good; const char *why; } numbers[] = {
	{S("\x02\x01\x00"), true, "0"},
	{S("\x02\x01\x7f"), true, "127"},
	{S("\x02\x02\x00\x80"), true, "128"},
	{S("\x02\x00"), false, "no digits"},
	{S("\x02\x01\x80"), false, "negative"},
	{S("\x02\x02\x00\x7f"), false, "needless zero"},
	{S("\x02\x02\x00\x00"), false, "two zeros"},
};

static void
writes(void)
{
	unsigned char room[400];
	char big[300] = {1};
	struct der_out o;
	struct span rest, digits = SPAN_NONE;

	der_out_init(&o, room, sizeof(room));
	der_put_uint(&o, span_of(big, sizeof(big)));
	der_put_uint(&o, SPAN("\0\0\x80"));
	der_put_uint(&o, SPAN_NONE);
	der_wrap(&o, DER_SEQUENCE, sizeof(room));
	rest = der_out_span(&o);
	ok(!o.over && der_get(&rest, DER_SEQUENCE, &digits) && rest.len == 0, "what is written is read");
	rest = digits;
	ok(der_get_uint(&rest, &digits) && digits.len == 0, "zero");
	ok(der_get_uint(&rest, &digits) && span_eq(digits, SPAN("\x80")), "128 without its zeros");
	ok(der_get_uint(&rest, &digits) && digits.len == sizeof(big) && rest.len == 0, "a long one");
	der_out_init(&o, room, 4);
	der_put_uint(&o, span_of(big, sizeof(big)));
	ok(o.over, "what does not fit is remembered");
}

int
main(void)
{
	struct span rest, content;
	uint64_t n;

	for (size_t i = 0; i < countof(lengths); i++) {
		rest = lengths[i].der;
		ok(der_get(&rest, DER_SEQUENCE, &content) == lengths[i].good, "length: %s", lengths[i].why);
	}
	for (size_t i = 0; i < countof(numbers); i++) {
		rest = numbers[i].der;
		ok(der_get_uint(&rest, &content) == numbers[i].good, "integer: %s", numbers[i].why);
	}
	rest = SPAN("\x02\x02\x01\x00");
	ok(!der_get_number(&rest, 255, &n) && rest.len == 4, "256 is more than 255, and stays");
	ok(der_get_number(&rest, 256, &n) && n == 256 && rest.len == 0, "256");
	rest = SPAN("\x03\x02\x00\x05");
	ok(der_get_bits(&rest, &content) && span_eq(content, SPAN("\5")), "bits");
	rest = SPAN("\x03\x02\x01\x04");
	ok(!der_get_bits(&rest, &content), "a part of a byte");
	rest = SPAN("\x1f\x81\x00");
	ok(!der_skip(&rest), "a tag of several bytes");
	writes();
	return tap_done();
}
