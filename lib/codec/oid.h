/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CODEC_OID_H
#define CODEC_OID_H
/*
 * Object identifiers as people write them, 1.3.6.1.4.1.57264.1.8, and as DER
 * has them: the content of an OBJECT IDENTIFIER, without its head.
 */
#include "base/err.h"

enum { OID_DER_MAX = 64, OID_TEXT_MAX = 256 };

struct oid {
	unsigned char der[OID_DER_MAX];
	size_t len;
};

/* REASON_BAD_ENCODING for anything but two or more numbers below 2^32 with
 * dots between them, or what does not fit. */
int	oid_parse(struct oid *oid, struct span text, struct err *e) MUST_CHECK;
static inline struct span oid_span(const struct oid *oid) { return span_of(oid->der, oid->len); }
/* Whether DER content is one: whole numbers in the fewest bytes. */
bool	oid_is_valid(struct span der);
/* With NUL; "?" for what is no identifier or too long to be written. */
const char	*oid_format(struct span der, char text[OID_TEXT_MAX]);
#endif
