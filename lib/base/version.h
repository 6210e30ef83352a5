/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H
/*
 * What this build is: from the file VERSION and the commit it was made of.
 */
#include "base/attr.h"

const char	*version_text(void);	/* "v0.1.0" */
const char	*version_commit(void);	/* 40 hex digits, or "unknown" */
const char	*version_tree_state(void);	/* "clean", "dirty" or "unknown" */
/* Of SOURCE_DATE_EPOCH at build time, else of the commit; or "unknown". */
const char	*version_date(void);
const char	*version_compiler(void);	/* "gcc" or "clang" */
const char	*version_compiler_text(void);	/* with its number */
const char	*version_platform(void);	/* "linux/amd64", in Go's words */
/* For HTTP: "cosign/v0.1.0 (linux; amd64)". */
const char	*version_user_agent(void);
#endif
