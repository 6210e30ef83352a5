/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_TRUSTWRITE_H
#define SIG_TRUSTWRITE_H
/*
 * Trusted roots written (trusted-root.md 10.1): version 0.1, as protobuf's JSON
 * in the order of its fields; what is empty is left out.
 */
#include "json/emit.h"
#include "sig/trust.h"

/* What trust_parse reads back the same, members of version 0.2 among it. */
void	trustwrite_emit(const struct trust *t, struct buf *out);
#endif
