/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <unistd.h>
#include "base/date.h"

enum { PROGRESS_MS = 200 };

void
progress_init(struct progress *p)
{
	*p = (struct progress){.on = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO), .last = date_monotonic_ms()};
}

void
progress_show(struct progress *p, size_t done, size_t taken, size_t failed)
{
	int64_t now;

	if (!p->on)
		return;
	now = date_monotonic_ms();
	if (now - p->last < PROGRESS_MS)
		return;
	p->last = now;
	p->shown = true;
	fprintf(stderr, "\r\033[K%zu/%zu, %zu failed", done, taken, failed);
	fflush(stderr);
}

void
progress_clear(struct progress *p)
{
	if (!p->shown)
		return;
	p->shown = false;
	fputs("\r\033[K", stderr);
	fflush(stderr);
}
