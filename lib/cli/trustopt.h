/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TRUSTOPT_H
#define CLI_TRUSTOPT_H
/*
 * Whom to trust, from flags and environment: a trusted root, or single files
 * that replace parts of it (trusted-root.md 10.1, its sources in order).
 */
#include "cli/services.h"
#include "sig/anchors.h"

struct trustopt_args { const char *trusted_root; };
extern const struct opt trustopt_opts[];

/* What the TUF repository says (client/trustget.h), for who named nothing and
 * needs something; offline: what it said last, as far as that is kept. Before the
 * sandbox is entered. */
int	trustopt_fetch(struct anchors *a, bool offline, struct err *e) MUST_CHECK;

/* Fills *a; *given says whether anything was named. What a file replaces is not
 * taken from the trusted root. REASON_NOT_FOUND, REASON_BAD_TRUST,
 * REASON_BAD_CERTIFICATE, REASON_BAD_KEY. */
int	trustopt_make(struct anchors *a, bool *given, const struct trustopt_args *t,
	    const struct services_identity *s, struct err *e) MUST_CHECK;
#endif
