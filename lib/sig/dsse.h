/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_DSSE_H
#define SIG_DSSE_H
/*
 * Dead Simple Signing Envelope v1: the bytes that are signed.
 */
#include "base/buf.h"

/* Appends PAE(type, payload). */
void	dsse_pae(struct buf *out, struct span type, struct span payload);
#endif
