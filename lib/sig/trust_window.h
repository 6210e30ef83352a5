/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_TRUST_WINDOW_H
#define SIG_TRUST_WINDOW_H
/*
 * From when to when a key, an authority or a service counts: the TimeRange of
 * trusted roots and signing configs.
 */
#include "json/emit.h"
#include "json/shape.h"

/* Milliseconds since 1970, both ends included; INT64_MIN and INT64_MAX are
 * open. */
struct trust_window { int64_t start, end; };

bool	trust_window_has(const struct trust_window *w, int64_t seconds);
bool	trust_window_has_ms(const struct trust_window *w, int64_t ms);
/* "from 2026-01-02T03:04:05Z to 2027-…", "from … on", "always", for messages. */
const char	*trust_window_text(const struct trust_window *w, char text[96]);

/* RFC 3339 to milliseconds; what is finer is rounded so that no window grows:
 * a start up, an end down. */
int	trust_window_time(struct span text, bool is_start, int64_t *ms, struct err *e) MUST_CHECK;
/* An object of optional members that may be null or not there itself (v
 * zeroed). REASON_BAD_TRUST among others; the caller says of what. */
int	trust_window_read(struct trust_window *w, struct node v, struct pool *pool,
	    struct err *e) MUST_CHECK;
/* "validFor":{"start":…,"end":…}, without what is open. */
void	trust_window_emit(struct emit *j, const struct trust_window *w);
#endif
