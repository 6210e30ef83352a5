/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_SELECTION_H
#define SIG_SELECTION_H
/*
 * Which services of a signing config are asked (trusted-root.md 10.3). Clock
 * and chance are the caller's. Callers leave it out where the list is empty:
 * no log then means not to log, no timestamp authority no timestamp.
 */
#include "sig/signconf.h"

/* API versions that this suite speaks: 1 up to these. */
enum {
	SELECTION_CA_VERSION = 1,
	SELECTION_OIDC_VERSION = 1,
	SELECTION_TSA_VERSION = 1,
	SELECTION_TLOG_VERSION = 2,
};

/* A number below n, which is at least 1; any will do. */
struct selection_chance { size_t (*below)(void *ctx, size_t n); void *ctx; };

struct selection { const struct signconf_service **items; size_t count; };

/* The one service to use (certificates, identities): the highest version up to
 * newest that is valid at now (seconds), of these the one that started last;
 * between equals the later in the list. NULL and REASON_CONFIG when there is
 * none. */
const struct signconf_service	*selection_one(const struct signconf_services *all,
	    uint32_t newest, int64_t now, struct err *e);

/* The services to use together (logs, timestamps): of the highest version up to
 * newest that any valid service has, the newest of each operator; of those as
 * many as the selector says. Items are in the pool. REASON_CONFIG. */
int	selection_several(struct selection *out, const struct signconf_services *all,
	    const struct signconf_selector *selector, uint32_t newest, int64_t now,
	    const struct selection_chance *chance, struct pool *pool, struct err *e) MUST_CHECK;
#endif
