/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/groups.h"

#define R(f) options.f
#define DEP31 "it will be removed in the original's next major version"

const struct opt group_registry[] = {
	OPT_FLAG(struct cli_registry, 0, "allow-insecure-registry", R(allow_insecure),
	    .help = "do not check the registry's TLS certificate"),
	OPT_FLAG(struct cli_registry, 0, "allow-http-registry", R(allow_http),
	    .help = "allow plain HTTP to the registry"),
	OPT_FLAG(struct cli_registry, 0, "k8s-keychain", R(k8s_keychain),
	    .help = "use the credentials of the cloud that this machine runs in", .later = "cloud credentials"),
	OPT_STR(struct cli_registry, 0, "registry-username", "NAME", R(username),
	    .help = "user name for the registry; needs --registry-password"),
	OPT_STR(struct cli_registry, 0, "registry-password", "PASSWORD", R(password),
	    .help = "password for the registry; anybody on this machine can see it in the list of processes"),
	OPT_STR(struct cli_registry, 0, "registry-token", "TOKEN", R(token),
	    .help = "bearer token for the registry, unless a user name and password are given"),
	OPT_STR(struct cli_registry, 0, "registry-cacert", "FILE", R(cacert),
	    .help = "PEM file of the only certificate authorities to trust for the registry",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct cli_registry, 0, "registry-client-cert", "FILE", R(client_cert),
	    .help = "PEM file of the client certificate to show; needs --registry-client-key",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct cli_registry, 0, "registry-client-key", "FILE", R(client_key),
	    .help = "PEM file of the client certificate's private key", .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct cli_registry, 0, "registry-server-name", "NAME", R(server_name),
	    .help = "name that the registry's certificate must have"),
	OPT_STR(struct cli_registry, 0, "attachment-tag-prefix", "PREFIX", R(tag_prefix),
	    .help = "prefix of the tags that signatures of the old form are stored under", .gone = DEP31),
	OPT_END
};

const struct opt group_refmode[] = {
	OPT_STR(struct cli_registry, 0, "registry-referrers-mode", "MODE", R(referrers_mode),
	    .help = "where signatures of the old form are stored; oci-1-1 also needs COSIGN_EXPERIMENTAL=1",
	    .words = "legacy|oci-1-1"),
	OPT_END
};
