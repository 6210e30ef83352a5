/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/dertime.h"

#include "base/date.h"

static bool
digits(struct span *s, size_t count, unsigned *value)
{
	uint64_t v;

	if (s->len < count || !span_decimal(span_first(*s, count), 9999, &v))
		return false;
	*value = (unsigned)v;
	*s = span_from(*s, count);
	return true;
}

static unsigned
month_days(unsigned year, unsigned month)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* MMDDHHMMSS behind the year. */
static bool
moment(struct span *s, unsigned year, int64_t *seconds)
{
	unsigned month, day, hour, minute, second;

	if (!digits(s, 2, &month) || !digits(s, 2, &day) || !digits(s, 2, &hour) || !digits(s, 2, &minute) ||
	    !digits(s, 2, &second))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > month_days(year, month))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*seconds = date_days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
	return true;
}

bool
dertime_get(struct span *rest, int64_t *seconds)
{
	struct span after = *rest, s;
	bool utc = der_is(after, DER_UTC_TIME);
	unsigned year;
	int64_t when;

	if (!der_get(&after, utc ? DER_UTC_TIME : DER_GENERALIZED_TIME, &s) || !digits(&s, utc ? 2 : 4, &year))
		return false;
	if (utc)
		year += year < 50 ? 2000 : 1900;
	if (!moment(&s, year, &when) || !span_is(s, "Z"))
		return false;
	*seconds = when;
	*rest = after;
	return true;
}

static bool
fraction(struct span *s, uint32_t *nanos)
{
	uint32_t unit = 100000000;
	size_t count = 0;

	*nanos = 0;
	if (!span_starts(*s, "."))
		return true;
	*s = span_from(*s, 1);
	for (; count < s->len && count < 9 && s->ptr[count] >= '0' && s->ptr[count] <= '9'; count++, unit /= 10)
		*nanos += (uint32_t)(s->ptr[count] - '0') * unit;
	if (count == 0 || s->ptr[count - 1] == '0')
		return false;
	*s = span_from(*s, count);
	return true;
}

bool
dertime_get_exact(struct span *rest, int64_t *seconds, uint32_t *nanos)
{
	struct span after = *rest, s;
	unsigned year;
	int64_t when;

	if (!der_get(&after, DER_GENERALIZED_TIME, &s) || !digits(&s, 4, &year) || !moment(&s, year, &when) ||
	    !fraction(&s, nanos) || !span_is(s, "Z"))
		return false;
	*seconds = when;
	*rest = after;
	return true;
}
