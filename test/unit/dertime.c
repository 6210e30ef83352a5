/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/dertime.h"
#include "base/date.h"
#include "tap.h"

#define UTC(text) {"\x17" text, sizeof(text)}
#define GEN(text) {"\x18" text, sizeof(text)}

static const struct {
	struct span der;
	const char *want;	/* NULL: refused */
} bounds[] = {
	{UTC("\x0d" "261122161826Z"), "2026-11-22T16:18:26Z"},
	{UTC("\x0d" "491231235959Z"), "2049-12-31T23:59:59Z"},
	{UTC("\x0d" "500101000000Z"), "1950-01-01T00:00:00Z"},
	{UTC("\x0d" "240229000000Z"), "2024-02-29T00:00:00Z"},
	{GEN("\x0f" "20500101000000Z"), "2050-01-01T00:00:00Z"},
	{GEN("\x0f" "99991231235959Z"), "9999-12-31T23:59:59Z"},
	{UTC("\x0d" "230229000000Z"), NULL},
	{UTC("\x0d" "261322161826Z"), NULL},
	{UTC("\x0d" "260022161826Z"), NULL},
	{UTC("\x0d" "261100161826Z"), NULL},
	{UTC("\x0d" "261122241826Z"), NULL},
	{UTC("\x0d" "261122166026Z"), NULL},
	{UTC("\x0d" "261122161860Z"), NULL},
	{UTC("\x0b" "2611221618Z"), NULL},
	{UTC("\x11" "261122161826+0100"), NULL},
	{UTC("\x0c" "261122161826"), NULL},
	{UTC("\x0d" "26112216182 Z"), NULL},
	{UTC("\x0f" "20500101000000Z"), NULL},
	{GEN("\x0d" "261122161826Z"), NULL},
	{GEN("\x11" "20500101000000.5Z"), NULL},
	{{"\x16\x0d" "261122161826Z", 15}, NULL},
	{{"", 0}, NULL},
};

static const struct {
	struct span der;
	int64_t nanos;		/* -1: refused */
} exact[] = {
	{GEN("\x0f" "20261122161826Z"), 0},
	{GEN("\x11" "20261122161826.5Z"), 500000000},
	{GEN("\x13" "20261122161826.025Z"), 25000000},
	{GEN("\x19" "20261122161826.123456789Z"), 123456789},
	{GEN("\x10" "20261122161826.Z"), -1},
	{GEN("\x11" "20261122161826.0Z"), -1},
	{GEN("\x12" "20261122161826.50Z"), -1},
	{GEN("\x1a" "20261122161826.1234567891Z"), -1},
	{GEN("\x11" "20261122161826,5Z"), -1},
	{GEN("\x10" "20261122161826.5"), -1},
	{UTC("\x0d" "261122161826Z"), -1},
};

int
main(void)
{
	for (size_t i = 0; i < countof(bounds); i++) {
		struct span rest = bounds[i].der;
		int64_t when;
		char text[DATE_TEXT];
		bool got = dertime_get(&rest, &when);

		is_str(got ? date_format(when, text) : NULL, bounds[i].want, "bound %zu", i);
		is_int((int64_t)rest.len, got ? 0 : (int64_t)bounds[i].der.len, "what is left of it");
	}
	for (size_t i = 0; i < countof(exact); i++) {
		struct span rest = exact[i].der;
		int64_t when = 0;
		uint32_t nanos;
		bool got = dertime_get_exact(&rest, &when, &nanos);

		is_int(got ? (int64_t)nanos : -1, exact[i].nanos, "fraction %zu", i);
		is_int(when, got ? 1795364306 : 0, "its second");
	}
	return tap_done();
}
