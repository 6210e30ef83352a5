/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CODEC_B64_H
#define CODEC_B64_H
/*
 * Base64 (RFC 4648).
 */
#include "base/buf.h"

enum b64_kind {
	B64_STD,	/* standard alphabet, padded; CR and LF inside are skipped, as Go does */
	B64_ANY,	/* standard or url-safe, padding optional: what protobuf JSON accepts */
	B64_URL,	/* url-safe without padding: JWT */
};

/* Appends the text; STD is padded, URL is not. */
void	b64_encode(struct buf *out, struct span bytes, enum b64_kind kind);
/* Appends the bytes. REASON_BAD_ENCODING; leftover bits must be zero. */
int	b64_decode(struct buf *out, struct span text, enum b64_kind kind, struct err *e) MUST_CHECK;
/* Most bytes that len characters can decode to. */
size_t	b64_decoded_max(size_t len);
#endif
