/* SPDX-License-Identifier: Apache-2.0 */
#include "base/date.h"

int64_t
date_now(void)
{
	return (int64_t)time(NULL);
}

int64_t
date_created(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	uint64_t when;

	if (epoch && span_decimal(span_str(epoch), 253402300799, &when))
		return (int64_t)when;
	return date_now();
}

int64_t
date_monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
date_days(int64_t year, unsigned month, unsigned day)
{
	/* Years start in March, so that the leap day is the last of its year. */
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* 0001-01-01 and the last second of 9999. */
#define DATE_FIRST INT64_C(-62135596800)
#define DATE_LAST INT64_C(253402300799)

const char *
date_format(int64_t when, char text[DATE_TEXT])
{
	time_t t = (time_t)when;
	struct tm tm;

	if (when < DATE_FIRST || when > DATE_LAST || !gmtime_r(&t, &tm)) {
		snprintf(text, DATE_TEXT, "%s", when < DATE_FIRST ? "0001-01-01T00:00:00Z" : "9999-12-31T23:59:59Z");
		return text;
	}
	snprintf(text, DATE_TEXT, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)(tm.tm_year + 1900) % 10000,
	    (unsigned)(tm.tm_mon + 1) % 100, (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100,
	    (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
	return text;
}

static bool
digits(struct span *s, unsigned count, unsigned max, unsigned *out)
{
	uint64_t v;

	if (s->len < count || !span_decimal(span_first(*s, count), max, &v))
		return false;
	*s = span_from(*s, count);
	*out = (unsigned)v;
	return true;
}

static bool
literal(struct span *s, char a, char b)
{
	if (!s->len || (s->ptr[0] != a && s->ptr[0] != b))
		return false;
	*s = span_from(*s, 1);
	return true;
}

static bool
skip_fraction(struct span *s)
{
	size_t n = 0;

	if (!s->len || s->ptr[0] != '.')
		return true;
	*s = span_from(*s, 1);
	while (s->len && s->ptr[0] >= '0' && s->ptr[0] <= '9') {
		*s = span_from(*s, 1);
		n++;
	}
	return n > 0 && n <= 9;
}

static bool
offset(struct span *s, int64_t *seconds)
{
	unsigned hours, minutes;
	int sign = s->len && s->ptr[0] == '-' ? -1 : 1;

	*seconds = 0;
	if (literal(s, 'Z', 'z'))
		return true;
	if (!literal(s, '+', '-') || !digits(s, 2, 23, &hours) || !literal(s, ':', ':') ||
	    !digits(s, 2, 59, &minutes))
		return false;
	*seconds = sign * (int64_t)(hours * 3600 + minutes * 60);
	return true;
}

int
date_parse(struct span text, int64_t *when, struct err *e)
{
	static const unsigned char month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	unsigned year, month, day, hour, minute, second;
	struct span s = text;
	int64_t shift;

	if (!digits(&s, 4, 9999, &year) || !literal(&s, '-', '-') || !digits(&s, 2, 12, &month) ||
	    !literal(&s, '-', '-') || !digits(&s, 2, 31, &day) || !literal(&s, 'T', 't') ||
	    !digits(&s, 2, 23, &hour) || !literal(&s, ':', ':') || !digits(&s, 2, 59, &minute) ||
	    !literal(&s, ':', ':') || !digits(&s, 2, 60, &second) || !skip_fraction(&s) ||
	    !offset(&s, &shift) || s.len || month == 0 || day == 0 || day > month_days[month - 1] ||
	    (month == 2 && day == 29 && (year % 4 || (year % 100 == 0 && year % 400)))) {
		err_set(e, REASON_BAD_ENCODING, "not a time");
		err_expected(e, "RFC 3339, as 2026-01-02T03:04:05Z");
		return err_found(e, "'%.*s'", SPAN_FMT(span_first(text, 40)));
	}
	*when = date_days(year, month, day) * 86400 + (int64_t)(hour * 3600 + minute * 60 + second) - shift;
	return 0;
}

static const struct {
	const char *unit;
	double ms;
} units[] = {{"ns", 1e-6}, {"us", 1e-3}, {"\xc2\xb5s", 1e-3}, {"\xce\xbcs", 1e-3}, {"ms", 1},
	{"s", 1000}, {"m", 60000}, {"h", 3600000}};

/* One "12.5h" of a duration; cuts it off s. */
static bool
duration_part(struct span *s, double *ms)
{
	double number = 0, scale = 1;
	size_t n = 0, unit_len = 0;
	bool dot = false, any = false;

	for (; n < s->len && n < 24; n++) {
		char c = s->ptr[n];

		if (c == '.' && !dot) {
			dot = true;
		} else if (c >= '0' && c <= '9') {
			any = true;
			if (dot)
				number += (c - '0') * (scale /= 10);
			else
				number = number * 10 + (c - '0');
		} else {
			break;
		}
	}
	*s = span_from(*s, n);
	while (unit_len < s->len && s->ptr[unit_len] != '.' && (s->ptr[unit_len] < '0' || s->ptr[unit_len] > '9'))
		unit_len++;
	for (size_t i = 0; any && i < countof(units); i++) {
		if (span_is(span_first(*s, unit_len), units[i].unit)) {
			*ms += number * units[i].ms;
			*s = span_from(*s, unit_len);
			return true;
		}
	}
	return false;
}

int
date_duration(struct span text, int64_t *ms, struct err *e)
{
	struct span s = text;
	double total = 0;
	bool negative = s.len && s.ptr[0] == '-';
	bool fine;

	if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+'))
		s = span_from(s, 1);
	fine = s.len > 0;
	if (!span_is(s, "0"))
		while (fine && s.len)
			fine = duration_part(&s, &total) && total < 9e15;
	if (!fine) {
		err_set(e, REASON_USAGE, "not a duration");
		err_expected(e, "a number and a unit, as 90s or 3m0s");
		return err_found(e, "'%.*s'", SPAN_FMT(span_first(text, 40)));
	}
	/* Short is not never. */
	if (total > 0 && total < 1)
		total = 1;
	*ms = (int64_t)(negative ? -total : total);
	return 0;
}
