/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_WITNESSTEXT_H
#define STEP_WITNESSTEXT_H
/*
 * What vouches for a signature, in the texts that the forms of before keep:
 * annotations of layers and files beside a signature. The texts live in the
 * pool.
 */
#include "step/witness.h"

/* The certificate as PEM; SPAN_NONE when a plain key signed. */
struct span	witnesstext_certificate(const struct witness *w, struct pool *pool);
/* The first log entry (sig/logset.h), the first timestamp (sig/stampfile.h), as
 * JSON; SPAN_NONE without one. */
struct span	witnesstext_log(const struct witness *w, struct pool *pool);
struct span	witnesstext_stamp(const struct witness *w, struct pool *pool);
#endif
