/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SANDBOX_FILTER_H
#define BASE_SANDBOX_FILTER_H
/*
 * The seccomp half of base/sandbox.h: a list of system calls that are refused.
 * Whatever is not in it is allowed, so that a new libc does not break us.
 */
#include "base/attr.h"

/* Whether a sanitizer is built in, which looks at its own process. */
#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_INSTRUMENTED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_INSTRUMENTED 1
#endif
#endif
#ifndef SANDBOX_INSTRUMENTED
#define SANDBOX_INSTRUMENTED 0
#endif

/* keep as in base/sandbox.h; no_new_privs must be set. False when the kernel,
 * or this machine's architecture, has no such filter. */
bool	sandbox_filter_load(unsigned keep);
#endif
