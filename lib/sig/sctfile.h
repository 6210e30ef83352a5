/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_SCTFILE_H
#define SIG_SCTFILE_H
/*
 * A signed certificate timestamp by itself, as a certificate authority hands it
 * out beside a certificate (fulcio-oidc.md 6.5; RFC 6962 section 4.1):
 * {"sct_version","id","timestamp","extensions","signature"}.
 */
#include "crypto/sct.h"
#include "json/shape.h"

enum { SCTFILE_MAX = 64 << 10 };

/* Spans live in the pool. REASON_BAD_SCT. */
int	sctfile_parse(struct sct *out, struct span json, struct pool *pool, struct err *e) MUST_CHECK;
#endif
