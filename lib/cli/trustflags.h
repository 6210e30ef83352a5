/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TRUSTFLAGS_H
#define CLI_TRUSTFLAGS_H
/*
 * The flags of `trusted-root create`, old and new, and the trusted root that
 * they and the files they name make.
 */
#include "cli/opt.h"
#include "sig/trust.h"

/* A log: described as a whole, or by four flags paired by position. */
struct trustflags_log { struct opt_list specs, keys, urls, starts, ends; };
/* An authority: the same with two. */
struct trustflags_ca { struct opt_list specs, chains, urls; };

struct trustflags {
	struct trustflags_ca fulcio, tsa;
	struct trustflags_log rekor, ctfe;
};

/* *t is TRUST_INIT. What is in base (may be NULL) comes before what the flags
 * say; its logs move to t, and it must outlive t. The error names the flag. REASON_USAGE, and those of the
 * files: REASON_NOT_FOUND, REASON_BAD_KEY, REASON_BAD_CERTIFICATE, … */
int	trustflags_build(const struct trustflags *f, struct trust *base, struct trust *t, struct err *e) MUST_CHECK;
#endif
