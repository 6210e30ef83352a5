/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_EXPLODE_H
#define STEP_EXPLODE_H
/*
 * A bundle as a directory of files, one for each part, for programs that know
 * PEM, DER and notes but no bundles; and back. File names are fixed here and
 * never come from the bundle:
 *
 *	mediatype		text
 *	signature		base64
 *	certificate.pem		of the leaf; chain.pem, of the others, where the
 *				bundle has a chain, however short; or
 *	hint			of a public key
 *	digest			ALGORITHM:HEX of a message; or
 *	payload payloadtype keyid	of an envelope
 *	log-N.json		a log entry; log-N.body.json and log-N.checkpoint
 *				repeat parts of it for reading
 *	timestamp-N.tsr		DER
 */
#include "sig/bundle.h"

/* dir is made, or is there and empty (REASON_EXISTS). */
int	explode_write(const struct bundle *b, const char *dir, struct err *e) MUST_CHECK;

/* Fills b, which is BUNDLE_INIT. A name that is none of the above, a gap in the
 * numbers, or a repeated part that differs is REASON_BAD_BUNDLE. Whether the
 * whole makes a bundle is for bundle_parse to say of what is emitted. */
int	explode_read(struct bundle *b, const char *dir, struct err *e) MUST_CHECK;
#endif
