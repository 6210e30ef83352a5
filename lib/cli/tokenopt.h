/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TOKENOPT_H
#define CLI_TOKENOPT_H
/*
 * Flags about where an identity token comes from, for get-token and whoever
 * signs without a key: a group over struct tokenget. --oidc-issuer and
 * --oidc-client-id are in cli/services.h too, which shows them to verifiers.
 */
#include "cli/opt.h"
#include "client/tokenget.h"

#define TOKENOPT_ISSUER "https://oauth2.sigstore.dev/auth"
#define TOKENOPT_CLIENT "sigstore"

/* --oidc-issuer and --oidc-client-id. */
extern const struct opt tokenopt_provider[];
/* All others. */
extern const struct opt tokenopt_flags[];
#endif
