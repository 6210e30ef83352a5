/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_RETRY_H
#define NET_RETRY_H
/*
 * The one retry policy of the suite: which answers mean "later", and how long
 * later is.
 */
#include "base/attr.h"

enum { RETRY_FIRST_MS = 200, RETRY_CAP_MS = 5000 };

/* 408 429 499 500 502 503 504 522. */
bool	retry_status(int status);
/* Before try number tried + 1: 200 ms, doubled each time, at most 5 s, less up
 * to a half at random; never less than what the server asked for (after_ms,
 * from Retry-After; 0 when it did not). */
int64_t	retry_delay(unsigned tried, int64_t after_ms);
#endif
