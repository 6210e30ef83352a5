/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_FULCIO_H
#define CRYPTO_FULCIO_H
/*
 * What Fulcio says about a signer: the extensions 1.3.6.1.4.1.57264.1.N.
 * Numbers 1 to 6 hold bare text, those from 8 on a DER UTF8String; neither is
 * ever read as the other. Numbers without a name here are readable too.
 */
#include "crypto/cert.h"

enum {
	FULCIO_ISSUER_V1 = 1,
	FULCIO_TRIGGER = 2,
	FULCIO_SHA = 3,
	FULCIO_WORKFLOW = 4,
	FULCIO_REPOSITORY = 5,
	FULCIO_REF = 6,
	FULCIO_ISSUER = 8,
	FULCIO_LAST = 24,
};

/* "buildSignerURI"; NULL for a number without a name. */
const char	*fulcio_name(unsigned number);

/* The text of extension N, borrowed; ptr NULL when there is none.
 * REASON_BAD_CERTIFICATE when it has another form, or control characters. */
int	fulcio_get(const struct cert *c, unsigned number, struct span *text, struct err *e) MUST_CHECK;
/* Who vouched for the signer: number 8, else 1. REASON_BAD_CERTIFICATE when
 * both are there and differ, or one is malformed. */
int	fulcio_issuer(const struct cert *c, struct span *text, struct err *e) MUST_CHECK;
/* Any extension as text, by DER content of its identifier: Fulcio's as above,
 * of others the content of a DER UTF8String, or the bytes as they are. */
int	fulcio_text(const struct cert *c, struct span oid, struct span *text, struct err *e) MUST_CHECK;
#endif
