/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_CERTVIEW_H
#define SIG_CERTVIEW_H
/*
 * A certificate for people and programs that look at it. Nothing is judged.
 * With a trusted root (may be NULL) its authority and logs are named by their
 * URLs; that it names them does not mean that they made this certificate.
 */
#include "crypto/cert.h"
#include "json/emit.h"
#include "json/outline.h"
#include "sig/trust.h"

/* What upstream's `bundle inspect` prints of a certificate. */
void	certview_outline(struct outline *o, struct span der, const struct trust *t);
/* An object: of what cannot be read, {"error"}. */
void	certview_emit(struct emit *j, struct span der, const struct trust *t);

/* Big-endian digits as a decimal number, appended. */
void	certview_decimal(struct buf *out, struct span digits);
#endif
