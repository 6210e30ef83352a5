/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A clock that is wrong: CLOCK_SHIFT=SECONDS LD_PRELOAD=clock.so PROGRAM ...
 */
#include <stdlib.h>
#include <time.h>

time_t time(time_t *where);

time_t
time(time_t *where)
{
	const char *shift = getenv("CLOCK_SHIFT");
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec += shift ? atol(shift) : 0;
	if (where)
		*where = now.tv_sec;
	return now.tv_sec;
}
