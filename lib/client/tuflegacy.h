/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TUFLEGACY_H
#define CLIENT_TUFLEGACY_H
/*
 * TUF repositories from before there were trusted roots: keys and certificates
 * are targets of their own, and "custom" of each says what for
 * ({"sigstore":{"usage":"Fulcio","status":"Active","uri":…}}), or its name does.
 */
#include "client/tuf.h"

/* Appends the trusted root that the targets make, as JSON. REASON_NOT_FOUND
 * when there is no such target. */
int	tuflegacy_root(struct tuf *t, struct buf *out, struct err *e) MUST_CHECK;
/* tuf_get(); and that for a trusted root that is no target. */
int	tuflegacy_get(struct tuf *t, const char *target, struct buf *out, struct err *e) MUST_CHECK;
#endif
