/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SERVICES_H
#define CLI_SERVICES_H
/*
 * Flags about Sigstore's services (certificate authority, identity provider,
 * transparency log, timestamp authority) that signing and verifying share. What
 * signing makes of them is in serviceplan.h.
 */
#include "cli/tokenopt.h"

#define SERVICES_FULCIO "https://fulcio.sigstore.dev"
#define SERVICES_REKOR "https://rekor.sigstore.dev"

/* G-FULCIO, G-OIDC, G-REKOR: where services are. */
struct services_urls { const char *fulcio, *rekor, *oidc_issuer, *oidc_client; bool insecure_skip_verify; };
extern const struct opt services_urls[];

/* Certificates: of an identity, or of the key's own. */
struct services_keyless {
	struct tokenget token;	/* but for issuer and client, which are services_urls' */
	bool issue_certificate;
	const char *request, *certificate, *certificate_chain;
};
extern const struct opt services_keyless[];

/* G-TSA. */
struct services_tsa { const char *cacert, *cert, *key, *name, *url; };
extern const struct opt services_tsa[];

/* G-SVC and --tlog-upload. */
struct services_config {
	const char *signing_config, *trusted_root;
	bool use_signing_config, use_given, tlog_upload, tlog_given;
};
extern const struct opt services_config[];

/* G-SK. */
struct services_sk { bool sk; const char *slot; };
extern const struct opt services_sk[];

/* G-CERT: identities and certificates to verify against; what it makes of them
 * is for identityopt.h and trustopt.h. */
struct services_identity {
	struct opt_list identity, identity_regexp, issuer, issuer_regexp, extension, files;
	const char *trigger, *sha, *name, *repository, *ref;
	const char *certificate, *chain, *ca_roots, *ca_intermediates, *sct, *tsa_chain;
	bool ignore_sct, allow_chain;
};
extern const struct opt services_identity[];

#endif
