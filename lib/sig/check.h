/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_CHECK_H
#define SIG_CHECK_H
/*
 * The checks a signature goes through, and how each of them ended. Both storage
 * forms have the same list; what does not apply is skipped.
 */
#include "base/attr.h"

enum check {
	CHECK_FORMAT,		/* the bundle, or the legacy payload, can be read */
	CHECK_KEY,		/* the credential is of the kind asked for */
	CHECK_SIGNATURE,	/* a key that was given made it over these bytes */
	CHECK_TYPE,		/* the statement is of the type asked for */
	CHECK_SUBJECT,		/* it is about this image */
	CHECK_ANNOTATIONS,	/* the annotations asked for are signed */
	CHECK_LOG,		/* transparency logs vouch for it */
	CHECK_TIMESTAMP,	/* timestamp authorities do */
	CHECK_CERTIFICATE,	/* a path leads to a trusted authority, at every proved time */
	CHECK_IDENTITY,		/* it was issued to whom was asked for */
	CHECK_SCT,		/* certificate logs vouch for the certificate */
	CHECK_AGE,		/* it was made lately enough */
	CHECK_POLICY,		/* the policies over statements are content with it */
	CHECK_COUNT
};

enum check_status {
	CHECK_NOT_RUN,		/* another check failed before */
	CHECK_PASSED,
	CHECK_FAILED,
	CHECK_SKIPPED,		/* not asked for, or there is no such thing in this form */
};

const char	*check_name(enum check c);			/* "signature" */
const char	*check_status_name(enum check_status s);	/* "not-run" */
#endif
