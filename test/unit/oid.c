/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/oid.h"
#include "codec/hex.h"
#include "tap.h"

static const struct {
	const char *text, *der;
} good[] = {
	{"2.5.29.17", "551d11"},
	{"1.3.6.1.4.1.57264.1.8", "2b0601040183bf300108"},
	{"1.2.840.113549.1.9.16.1.4", "2a864886f70d0109100104"},
	{"0.0", "00"},
	{"2.999.4294967295", "88378fffffff7f"},
};

static const char *const bad[] = {
	"", "1", "1.", ".1", "3.1", "1.40", "1.2.", "1..2", "1.02", "1.2.x", "1.2.4294967296", "1.2.-3", " 1.2", "1,2",
};

static const struct span bad_der[] = {
	{"", 0}, {"\x80\x01", 2}, {"\x2a\x86", 2}, {"\x2a\x80\x01", 3},
	{"\x2a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 12},
};

int
main(void)
{
	struct err e = ERR_INIT;
	struct oid oid;
	char text[OID_TEXT_MAX], hex[2 * OID_DER_MAX + 1];

	for (size_t i = 0; i < countof(good); i++) {
		succeeds(oid_parse(&oid, span_str(good[i].text), &e), &e, "%s", good[i].text);
		hex_format(hex, oid.der, oid.len);
		is_str(hex, good[i].der, "its bytes");
		is_str(oid_format(oid_span(&oid), text), good[i].text, "and back");
	}
	for (size_t i = 0; i < countof(bad); i++)
		fails_with(oid_parse(&oid, span_str(bad[i]), &e), &e, REASON_BAD_ENCODING, "'%s'", bad[i]);
	for (size_t i = 0; i < countof(bad_der); i++)
		is_str(oid_format(bad_der[i], text), "?", "bytes that are none, %zu", i);
	memset(text, '9', sizeof(text));
	memcpy(text, "1.", 2);
	for (size_t i = 3; i < sizeof(text); i += 2)
		text[i] = '.';
	fails_with(oid_parse(&oid, span_of(text, sizeof(text) - 1), &e), &e, REASON_BAD_ENCODING, "too long");
	is_str(oid_format(SPAN("\x7f\x7f\x7f\x7f"), text), "2.47.127.127.127", "numbers of one byte");
	memset(hex, 0x7f, sizeof(hex));
	is_str(oid_format(span_of(hex, sizeof(hex)), text), "?", "too long to be written");
	return tap_done();
}
