/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_REKOR2TILES_H
#define CLIENT_REKOR2TILES_H
/*
 * An entry of Rekor v2 that is known by its number, with a proof made of the
 * log's tiles (C2SP tlog-tiles; transparency.md 5.5). Nothing the log says is
 * believed here: what is put together is judged by sig/tlog.h like any other.
 */
#include "client/service.h"
#include "sig/logbody.h"

enum { REKOR2TILES_PATH_MAX = 96, REKOR2TILES_WIDTH = 256 };

/* "/api/v2/tile/0/x001/067.p/8": level, number, and width unless it is whole. */
const char	*rekor2tiles_path(char text[REKOR2TILES_PATH_MAX], unsigned level, uint64_t number, unsigned width);

/* The entry's body is made from what was signed, not fetched. The log's key id is
 * the note's alone, and found by whoever judges: out->log_id is left empty.
 * Waits some seconds for a checkpoint that covers the entry.
 * REASON_NOT_FOUND, REASON_HTTP, REASON_PROTOCOL, … */
int	rekor2tiles_entry(const struct service *s, const struct logbody_subject *what, int64_t index,
	    struct bundle_entry *out, struct pool *pool, struct err *e) MUST_CHECK;
#endif
