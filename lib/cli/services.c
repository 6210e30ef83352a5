/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/services.h"

const struct opt services_urls[] = {
	OPT_STR(struct services_urls, 0, "fulcio-url", "URL", fulcio, .help = "address of the certificate authority",
	    .def = SERVICES_FULCIO, .gone = "name it in a signing config"),
	OPT_STR(struct services_urls, 0, "rekor-url", "URL", rekor, .help = "address of the transparency log",
	    .def = SERVICES_REKOR, .gone = "name it in a signing config or trusted root"),
	OPT_STR(struct services_urls, 0, "oidc-issuer", "URL", oidc_issuer, .help = "address of the identity provider",
	    .def = TOKENOPT_ISSUER, .gone = "name it in a signing config"),
	OPT_STR(struct services_urls, 0, "oidc-client-id", "ID", oidc_client, .help = "OAuth client id",
	    .def = TOKENOPT_CLIENT),
	OPT_FLAG(struct services_urls, 0, "insecure-skip-verify", insecure_skip_verify, .help = "has no effect",
	    .gone = "it has no effect"),
	OPT_END};

const struct opt services_keyless[] = {
	OPT_GROUP(struct services_keyless, token, tokenopt_flags),
	OPT_FLAG(struct services_keyless, 0, "issue-certificate", issue_certificate,
	    .help = "ask for a certificate even with a key"),
	OPT_STR(struct services_keyless, 0, "certificate-request", "FORM", request,
	    .help = "what the certificate authority is sent: the public key with the identity signed by it, or a PKCS #10 "
	    "signing request (csr)", .def = "public-key", .words = "public-key|csr"),
	OPT_STR(struct services_keyless, 0, "certificate", "FILE", certificate, .help = "certificate of the signing key",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct services_keyless, 0, "certificate-chain", "FILE", certificate_chain,
	    .help = "the certificate's parents", .complete = OPT_COMPLETE_FILE),
	OPT_END};

const struct opt services_tsa[] = {
	OPT_STR(struct services_tsa, 0, "timestamp-client-cacert", "FILE", cacert, .help = "CA of the timestamp authority's server",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct services_tsa, 0, "timestamp-client-cert", "FILE", cert, .help = "client certificate for it",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct services_tsa, 0, "timestamp-client-key", "FILE", key, .help = "client key for it",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct services_tsa, 0, "timestamp-server-name", "NAME", name, .help = "its name in TLS"),
	OPT_STR(struct services_tsa, 0, "timestamp-server-url", "URL", url, .help = "address of a timestamp authority"),
	OPT_END};

const struct opt services_config[] = {
	OPT_FLAG(struct services_config, 0, "use-signing-config", use_signing_config,
	    .help = "take the services from the public signing config", .def = "true",
	    .given_offset = offsetof(struct services_config, use_given)),
	OPT_STR(struct services_config, 0, "signing-config", "FILE", signing_config,
	    .help = "take the services from this signing config (v0.2)", .complete = OPT_COMPLETE_FILE,
	    .excludes = "use-signing-config"),
	OPT_STR(struct services_config, 0, "trusted-root", "FILE", trusted_root,
	    .help = "check what the services answer against this trusted root", .complete = OPT_COMPLETE_FILE),
	OPT_FLAG(struct services_config, 0, "tlog-upload", tlog_upload, .help = "record the signature in the transparency log",
	    .def = "true", .given_offset = offsetof(struct services_config, tlog_given)),
	OPT_END};

const struct opt services_sk[] = {
	OPT_FLAG(struct services_sk, 0, "sk", sk, .help = "use a hardware token", .later = "hardware keys"),
	OPT_STR(struct services_sk, 0, "slot", "SLOT", slot, .help = "slot of the hardware token", .def = "signature",
	    .hints = "authentication|signature|card-authentication|key-management", .later = "hardware keys"),
	OPT_END};

const struct opt services_identity[] = {
	OPT_LIST(struct services_identity, 0, "certificate-identity", "NAME", identity,
	    .help = "the signer, exactly as the certificate names it (repeatable: any of them)"),
	OPT_LIST(struct services_identity, 0, "certificate-identity-regexp", "REGEXP", identity_regexp,
	    .help = "the signer, by regular expression, which is searched for anywhere (repeatable)"),
	OPT_LIST(struct services_identity, 0, "certificate-oidc-issuer", "URL", issuer,
	    .help = "who vouched for the signer, exactly; one for all signers, or one for each"),
	OPT_LIST(struct services_identity, 0, "certificate-oidc-issuer-regexp", "REGEXP", issuer_regexp,
	    .help = "who vouched for the signer, by regular expression; the same"),
	OPT_STR(struct services_identity, 0, "certificate-github-workflow-trigger", "EVENT", trigger,
	    .help = "event that started the GitHub workflow"),
	OPT_STR(struct services_identity, 0, "certificate-github-workflow-sha", "COMMIT", sha,
	    .help = "commit of the GitHub workflow"),
	OPT_STR(struct services_identity, 0, "certificate-github-workflow-name", "NAME", name,
	    .help = "name of the GitHub workflow"),
	OPT_STR(struct services_identity, 0, "certificate-github-workflow-repository", "OWNER/REPO", repository,
	    .help = "repository of the GitHub workflow"),
	OPT_STR(struct services_identity, 0, "certificate-github-workflow-ref", "REF", ref,
	    .help = "git reference of the GitHub workflow"),
	OPT_LIST(struct services_identity, 0, "certificate-extension", "OID=VALUE", extension,
	    .help = "the certificate must have this extension with just this text (repeatable)"),
	OPT_LIST(struct services_identity, 0, "identity-file", "FILE", files,
	    .help = "further signers, a JSON object a line (repeatable)", .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct services_identity, 0, "certificate", "FILE", certificate,
	    .help = "the signer's certificate, in place of the one that comes with a legacy signature",
	    .complete = OPT_COMPLETE_FILE, .gone = "bundles have it inside"),
	OPT_STR(struct services_identity, 0, "certificate-chain", "FILE", chain,
	    .help = "the certificate's parents; the last one is trusted", .complete = OPT_COMPLETE_FILE,
	    .gone = "use --trusted-root"),
	OPT_STR(struct services_identity, 0, "ca-roots", "FILE", ca_roots, .help = "certificate authorities that are trusted",
	    .complete = OPT_COMPLETE_FILE, .excludes = "certificate-chain", .gone = "use --trusted-root"),
	OPT_STR(struct services_identity, 0, "ca-intermediates", "FILE", ca_intermediates,
	    .help = "certificates between them and the signer's", .complete = OPT_COMPLETE_FILE,
	    .excludes = "certificate-chain", .gone = "use --trusted-root"),
	OPT_STR(struct services_identity, 0, "sct", "FILE", sct, .help = "signed certificate timestamp beside --certificate",
	    .complete = OPT_COMPLETE_FILE, .gone = "certificates have it inside"),
	OPT_STR(struct services_identity, 0, "timestamp-certificate-chain", "FILE", tsa_chain,
	    .help = "certificates of the timestamp authority; asks for a signed timestamp",
	    .complete = OPT_COMPLETE_FILE, .gone = "use --trusted-root"),
	OPT_FLAG(struct services_identity, 0, "insecure-ignore-sct", ignore_sct, .help = "do not ask for a certificate timestamp"),
	OPT_FLAG(struct services_identity, 0, "allow-certificate-chain", allow_chain,
	    .help = "accept certificate chains in bundles of version 0.3"),
	OPT_END};
