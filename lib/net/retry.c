/* SPDX-License-Identifier: Apache-2.0 */
#include "net/retry.h"

#include <sys/random.h>

bool
retry_status(int status)
{
	static const int later[] = {408, 429, 499, 500, 502, 503, 504, 522};

	for (size_t i = 0; i < countof(later); i++)
		if (later[i] == status)
			return true;
	return false;
}

int64_t
retry_delay(unsigned tried, int64_t after_ms)
{
	int64_t ms = RETRY_FIRST_MS;
	uint32_t noise = 0;
	ssize_t n;

	for (; tried > 1 && ms < RETRY_CAP_MS; tried--)
		ms *= 2;
	if (ms > RETRY_CAP_MS)
		ms = RETRY_CAP_MS;
	/* Without randomness all waiters come back at once; that is all. */
	n = getrandom(&noise, sizeof(noise), GRND_NONBLOCK);
	(void)n;
	ms -= noise % (uint32_t)(ms / 2);
	return ms > after_ms ? ms : after_ms;
}
