/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_CERTCHECK_H
#define SIG_CERTCHECK_H
/*
 * Whose certificate it is: the steps of the judgement that look at the path to
 * a trusted authority at every proved time, at certificate timestamps and at
 * the identity (bundle.md 4.5 steps 4, 5, 9; fulcio-oidc.md 6.5).
 */
#include "sig/job.h"

/* Reads the leaf, before anything is checked with it. */
int	certcheck_read(struct job *j) MUST_CHECK;
/* Path and certificate timestamps, once the times are known. */
int	certcheck_path(struct job *j) MUST_CHECK;
int	certcheck_identity(struct job *j) MUST_CHECK;
#endif
