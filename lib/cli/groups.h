/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_GROUPS_H
#define CLI_GROUPS_H
/*
 * Flags that several commands share: each group has its struct, in the shape
 * that lib/ wants, and its table, for OPT_GROUP.
 */
#include "cli/opt.h"
#include "client/registry.h"

/* --allow-*, --registry-*, --k8s-keychain, --attachment-tag-prefix. */
struct cli_registry { struct registry_options options; };
extern const struct opt group_registry[];
/* --registry-referrers-mode, into the same struct: use both tables on one
 * field. */
extern const struct opt group_refmode[];
#endif
