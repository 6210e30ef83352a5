/* SPDX-License-Identifier: Apache-2.0 */
#include "base/date.h"
#include "tap.h"

static void
formats(void)
{
	char text[DATE_TEXT];

	is_str(date_format(0, text), "1970-01-01T00:00:00Z", "the epoch");
	is_str(date_format(-1, text), "1969-12-31T23:59:59Z", "before it");
	is_str(date_format(951782400, text), "2000-02-29T00:00:00Z", "a leap day");
	is_str(date_format(253402300799, text), "9999-12-31T23:59:59Z", "the last second");
	is_int(date_days(1970, 1, 1), 0, "day 0");
	is_int(date_days(2000, 3, 1) - date_days(2000, 2, 28), 2, "2000 is a leap year");
	is_int(date_days(1900, 3, 1) - date_days(1900, 2, 28), 1, "1900 is none");
}

static void
parses(void)
{
	static const struct { const char *text; int64_t when; } good[] = {
		{"1970-01-01T00:00:00Z", 0}, {"2026-01-02T03:04:05Z", 1767323045},
		{"2026-01-02T03:04:05.999999999Z", 1767323045}, {"2026-01-02T05:04:05+02:00", 1767323045},
		{"2026-01-01T23:34:05-03:30", 1767323045}, {"0001-01-01T00:00:00Z", -62135596800},
	};
	static const char *const bad[] = {"", "2026", "2026-01-02", "2026-01-02 03:04:05Z", "2026-13-02T03:04:05Z",
		"2026-02-29T03:04:05Z", "2026-01-02T24:00:00Z", "2026-01-02T03:60:05Z", "2026-01-02T03:04:05",
		"2026-01-02T03:04:05+2:00", "2026-01-02T03:04:05Zx", "2026-1-02T03:04:05Z", "2026-01-02T03:04:05.Z",
		"-026-01-02T03:04:05Z"};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(good); i++) {
		int64_t when = -7;

		if (succeeds(date_parse(span_str(good[i].text), &when, &e), &e, "%s", good[i].text))
			is_int(when, good[i].when, "its value");
	}
	for (size_t i = 0; i < countof(bad); i++) {
		int64_t when;

		ok(date_parse(span_str(bad[i]), &when, &e) == -1, "'%s' is refused", bad[i]);
	}
}

static void
durations(void)
{
	static const struct { const char *text; int64_t ms; } good[] = {
		{"0", 0}, {"90s", 90000}, {"3m0s", 180000}, {"1h2m3.5s", 3723500}, {"100ms", 100}, {"1.5h", 5400000},
		{"0s", 0}, {"1ns", 1}, {"-1ns", -1},
	};
	static const char *const bad[] = {"", "s", "5", "1x", "1h2", "1 s", "99999999999999h", "."};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(good); i++) {
		int64_t ms = -7;

		if (succeeds(date_duration(span_str(good[i].text), &ms, &e), &e, "%s", good[i].text))
			is_int(ms, good[i].ms, "its value");
	}
	for (size_t i = 0; i < countof(bad); i++) {
		int64_t ms;

		ok(date_duration(span_str(bad[i]), &ms, &e) == -1, "'%s' is refused", bad[i]);
	}
}

static void
reproducible(void)
{
	setenv("SOURCE_DATE_EPOCH", "1234567890", 1);
	is_int(date_created(), 1234567890, "SOURCE_DATE_EPOCH");
	setenv("SOURCE_DATE_EPOCH", "yesterday", 1);
	ok(date_created() > 1700000000, "no number: the clock");
	unsetenv("SOURCE_DATE_EPOCH");
}

int
main(void)
{
	formats();
	parses();
	durations();
	reproducible();
	return tap_done();
}
