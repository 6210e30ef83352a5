/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TRUSTGET_H
#define CLIENT_TRUSTGET_H
/*
 * What the TUF repository says, for programs that do not speak TUF themselves:
 * cosign-get-trust is run, which refreshes what is known, and its output read.
 * Which repository that is, the environment and the cache say (TUF_MIRROR,
 * TUF_ROOT, TUF_ROOT_JSON, `cosign initialize`).
 */
#include "base/buf.h"

#define TRUSTGET_ROOT "trusted_root.json"
#define TRUSTGET_CONFIG "signing_config.v0.2.json"
#define TRUSTGET_CONFIG_REKOR2 "signing_config_rekor_v2.v0.2.json"

/* Appends a verified target, in full or not at all. Must be called before the
 * sandbox is entered, for a program is started. The error is that of the
 * program, which has reached what it could: REASON_NETWORK, REASON_NOT_FOUND for
 * a target that the repository has not, … */
int	trustget_fetch(const char *target, struct buf *out, struct err *e) MUST_CHECK;

/* The same from what is kept alone: no program is started and nobody is asked.
 * REASON_NOT_FOUND when there is nothing, REASON_EXPIRED_METADATA. */
int	trustget_kept(const char *target, struct buf *out, struct err *e) MUST_CHECK;

/* Two, which are JSON, of one state of the repository and with one refresh of
 * what is known. REASON_BAD_JSON when they are none. */
int	trustget_fetch_both(const char *const targets[2], struct buf *const outs[2], struct err *e) MUST_CHECK;
#endif
