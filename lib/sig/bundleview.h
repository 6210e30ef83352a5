/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_BUNDLEVIEW_H
#define SIG_BUNDLEVIEW_H
/*
 * A bundle for people and programs that look at it: what is in it, unjudged.
 * With a trusted root (may be NULL) logs and authorities are named by their
 * URLs, which says nothing about whether they vouch.
 */
#include "json/emit.h"
#include "json/outline.h"
#include "sig/bundleloose.h"
#include "sig/trust.h"

enum { BUNDLEVIEW_MAX = 192 << 20 };

/* The tree that upstream's `bundle inspect` prints. */
void	bundleview_outline(const struct bundleloose *b, const struct trust *t, struct buf *out);
/* The members of a cosign.bundle-info/1 record, into an open object. refusal is
 * what bundle_parse said against it, or NULL. */
void	bundleview_emit(const struct bundleloose *b, const struct trust *t, const char *refusal,
    struct emit *j);
#endif
