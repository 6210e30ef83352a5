/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CODEC_DERTIME_H
#define CODEC_DERTIME_H
/*
 * The times of certificates and timestamps: UTCTime and GeneralizedTime in the
 * one form that DER allows, with seconds and in UTC.
 */
#include "codec/der.h"

/* A validity bound (RFC 5280 section 4.1.2.5): either type, no fraction. Two
 * digits of a year mean 1950 to 2049. */
bool	dertime_get(struct span *rest, int64_t *seconds);
/* genTime (RFC 3161 section 2.4.2): a GeneralizedTime, up to nine digits of a
 * fraction, the last not 0. */
bool	dertime_get_exact(struct span *rest, int64_t *seconds, uint32_t *nanos);
#endif
