/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/check.h"

static const char *const names[CHECK_COUNT] = {
	[CHECK_FORMAT] = "format",
	[CHECK_KEY] = "key",
	[CHECK_SIGNATURE] = "signature",
	[CHECK_TYPE] = "type",
	[CHECK_SUBJECT] = "subject",
	[CHECK_ANNOTATIONS] = "annotations",
	[CHECK_LOG] = "log",
	[CHECK_TIMESTAMP] = "timestamp",
	[CHECK_CERTIFICATE] = "certificate",
	[CHECK_IDENTITY] = "identity",
	[CHECK_SCT] = "sct",
	[CHECK_AGE] = "age",
	[CHECK_POLICY] = "policy",
};

static const char *const statuses[] = {
	[CHECK_NOT_RUN] = "not-run",
	[CHECK_PASSED] = "passed",
	[CHECK_FAILED] = "failed",
	[CHECK_SKIPPED] = "skipped",
};

const char *
check_name(enum check c)
{
	return names[c];
}

const char *
check_status_name(enum check_status s)
{
	return statuses[s];
}
