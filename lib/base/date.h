/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_DATE_H
#define BASE_DATE_H
/*
 * Times are seconds since 1970 in UTC, 64 bits; no local time zone anywhere.
 */
#include "base/err.h"

/* The system's clock. */
int64_t	date_now(void);
/* For what is written into artifacts: SOURCE_DATE_EPOCH when set and a number,
 * else the clock. */
int64_t	date_created(void);
/* Milliseconds that only go forward, for deadlines. */
int64_t	date_monotonic_ms(void);

/* "2026-01-02T03:04:05Z"; before year 1 or past 9999, the nearest that can be
 * written. */
enum { DATE_TEXT = 32 };
const char	*date_format(int64_t when, char text[DATE_TEXT]);
/* RFC 3339 with Z or an offset, fractions dropped. */
int	date_parse(struct span text, int64_t *when, struct err *e) MUST_CHECK;
/* Days since 1970 of a proleptic Gregorian date. */
int64_t	date_days(int64_t year, unsigned month, unsigned day);

/* Go's duration: "90s", "3m0s", "1h2m3.5s", "100ms", "0". In milliseconds,
 * at least one unless it is zero. */
int	date_duration(struct span text, int64_t *ms, struct err *e) MUST_CHECK;
#endif
