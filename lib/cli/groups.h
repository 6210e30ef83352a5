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

/* -a/--annotations key=value, as given; groups_check_annotations() judges. */
struct cli_annotations { struct opt_list list; };
extern const struct opt group_annotations[];
/* REASON_USAGE for an item without "=". */
int	groups_check_annotations(const struct cli_annotations *a, struct err *e) MUST_CHECK;

/* --signature-digest-algorithm. */
struct cli_hash { const char *algorithm; };
extern const struct opt group_hash[];

/* --sk and --slot: hardware keys come later. */
struct cli_token { bool sk; const char *slot; };
extern const struct opt group_token[];

/* --fulcio-url, --oidc-*, --identity-token, --fulcio-auth-flow,
 * --insecure-skip-verify: signing without a key comes later. */
struct cli_keyless {
	const char *fulcio_url, *identity_token, *auth_flow, *oidc_issuer, *oidc_client_id;
	const char *oidc_client_secret_file, *oidc_redirect_url, *oidc_provider;
	bool insecure_skip_verify, no_ambient;
};
extern const struct opt group_keyless[];

/* --rekor-url. */
struct cli_rekor { const char *url; };
extern const struct opt group_rekor[];

/* --timestamp-client-*, --timestamp-server-*. */
struct cli_tsa { const char *cacert, *cert, *key, *server_name, *server_url; };
extern const struct opt group_tsa[];

/* --certificate-*, --ca-*, --sct, --insecure-ignore-sct: judging
 * certificates comes later. */
struct cli_certificate {
	const char *identity, *identity_regexp, *issuer, *issuer_regexp;
	const char *github_trigger, *github_sha, *github_name, *github_repository, *github_ref;
	const char *certificate, *chain, *ca_roots, *ca_intermediates, *sct;
	bool ignore_sct;
};
extern const struct opt group_certificate[];

/* --jq, for commands that print records. Kept apart from the global flags, so
 * that others need not link libjq. */
struct cli_query { const char *jq; };
extern const struct opt group_query[];
#endif
