/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_GROUPS_H
#define CLI_GROUPS_H
/*
 * Flags that several commands share, each group with its struct and table, and
 * what turns the flags into what lib/ wants.
 */
#include "cli/opt.h"
#include "client/registry.h"

/* G-REG: --allow-*, --registry-*, --k8s-keychain, --attachment-tag-prefix. */
struct cli_registry { struct registry_options options; };
extern const struct opt group_registry[];
/* --registry-referrers-mode, into the same struct. */
extern const struct opt group_refmode[];
#endif
