/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H
/*
 * One line on stderr that says how far a long run is, rewritten a few times a
 * second; only where stderr is a terminal and standard output goes elsewhere.
 */
#include "base/attr.h"

struct progress {
	bool on, shown;
	int64_t last;		/* date_monotonic_ms() when it was written */
};

void	progress_init(struct progress *p);
void	progress_show(struct progress *p, size_t done, size_t taken, size_t failed);
/* Takes the line away, before anything else is said and at the end. */
void	progress_clear(struct progress *p);
#endif
