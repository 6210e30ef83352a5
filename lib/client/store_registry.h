/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_STORE_REGISTRY_H
#define CLIENT_STORE_REGISTRY_H
/*
 * The registry's side of store.h: reading. Many requests are on their way at
 * once; what they bring is handed over in order.
 */
#include "client/store.h"

/* Signatures of a digest in repository where. */
int	store_registry_candidates(const struct store *s, const struct ref *where, struct span digest,
	    unsigned forms, store_each *each, void *ctx, struct err *e) MUST_CHECK;
#endif
