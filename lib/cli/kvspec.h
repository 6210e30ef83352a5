/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_KVSPEC_H
#define CLI_KVSPEC_H
/*
 * Flag values of the form "url=https://x,start-time=2026-01-01T00:00:00Z", by
 * which services are described. Blanks around keys and values do not count; a
 * value cannot hold a comma.
 */
#include "sig/trust_window.h"

enum { KVSPEC_TEXT_MAX = 4096 };

struct kvspec_key { const char *name; bool required; };

/* values[i] belongs to keys[i] and borrows text; ptr NULL when the key is
 * absent. REASON_USAGE for a key that is unknown, there twice, or missing or
 * empty though required, and for text that is not UTF-8. */
int	kvspec_parse(const char *text, const struct kvspec_key *keys, size_t count,
	    struct span *values, struct err *e) MUST_CHECK;

/* Text that may go into a document: UTF-8 of a bearable length. REASON_USAGE. */
int	kvspec_check_text(struct span text, struct err *e) MUST_CHECK;

/* Where a window's bounds come from, and what the messages call them. */
struct kvspec_times {
	struct span start, end;	/* ptr NULL: *w keeps its own */
	const char *start_name, *end_name;
};
/* Of the values of "start-time" and "end-time", of which an empty one does not
 * count. */
struct kvspec_times	kvspec_times(struct span start, struct span end);

/* REASON_USAGE for what is no time between the years 1 and 9999, and for an end
 * before the start. */
int	kvspec_window(struct trust_window *w, const struct kvspec_times *times, struct err *e) MUST_CHECK;
#endif
