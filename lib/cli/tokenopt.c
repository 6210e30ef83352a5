/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tokenopt.h"

const struct opt tokenopt_provider[] = {
	OPT_STR(struct tokenget, 0, "oidc-issuer", "URL", issuer, .help = "address of the identity provider",
	    .def = TOKENOPT_ISSUER),
	OPT_STR(struct tokenget, 0, "oidc-client-id", "ID", client_id, .help = "OAuth client id", .def = TOKENOPT_CLIENT),
	OPT_END};

const struct opt tokenopt_flags[] = {
	OPT_STR(struct tokenget, 0, "identity-token", "TOKEN", token, .help = "identity token, or a file that holds one"),
	OPT_STR(struct tokenget, 0, "fulcio-auth-flow", "FLOW", flow,
	    .help = "how to log in; without it by browser from a terminal, else by a code on another device",
	    .hints = "normal|device|token|client_credentials"),
	OPT_STR(struct tokenget, 0, "oidc-client-secret-file", "FILE", client_secret_file,
	    .help = "file with the OAuth client secret", .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct tokenget, 0, "oidc-redirect-url", "URL", redirect_url,
	    .help = "where the browser comes back to; a free port of this machine unless given"),
	OPT_STR(struct tokenget, 0, "oidc-provider", "NAME", provider, .help = "take the token from this provider alone",
	    .hints = "filesystem|envvar|github-actions|buildkite-agent|spiffe|google-workload-identity|google-impersonate"),
	OPT_FLAG(struct tokenget, 0, "oidc-disable-ambient-providers", no_ambient,
	    .help = "do not look for a token in the environment"),
	OPT_END};
