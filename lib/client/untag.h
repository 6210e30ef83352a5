/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_UNTAG_H
#define CLIENT_UNTAG_H
/*
 * Taking tags and manifests out of a registry. Many registries delete only by
 * digest, and then every tag of that digest goes: two images with the same SBOM
 * would lose it together. There a tag is first moved to a manifest that nothing
 * else is, which is then deleted with it.
 */
#include "client/registry.h"

/* Whether the registry deletes anything: REASON_HTTP or REASON_DENIED, with what to do,
 * if it does not. */
int	untag_check(const struct ref *repo, const struct registry_options *o, struct err *e) MUST_CHECK;

/* A tag, and what it named stays where other tags name it. One that is gone already is
 * no failure. Ask untag_check before. */
int	untag(const struct ref *repo, const char *tag, const struct registry_options *o, struct err *e) MUST_CHECK;
#endif
