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

const struct opt group_annotations[] = {
	OPT_CSV(struct cli_annotations, 'a', "annotations", "KEY=VALUE", list,
	    .help = "annotation of the signed payload"),
	OPT_END
};

int
groups_check_annotations(const struct cli_annotations *a, struct err *e)
{
	for (size_t i = 0; i < a->list.count; i++) {
		if (strchr(a->list.items[i], '='))
			continue;
		err_set(e, REASON_USAGE, "--annotations");
		err_expected(e, "KEY=VALUE");
		return err_found(e, "'%.80s'", a->list.items[i]);
	}
	return 0;
}

const struct opt group_hash[] = {
	OPT_STR(struct cli_hash, 0, "signature-digest-algorithm", "NAME", algorithm,
	    .help = "hash that the signature was made over; without this flag the key decides",
	    .words = "sha224|sha256|sha384|sha512", .def = "sha256", .gone = "the key decides"),
	OPT_END
};

const struct opt group_token[] = {
	OPT_FLAG(struct cli_token, 0, "sk", sk, .help = "use the key of a hardware token", .later = "hardware keys"),
	OPT_STR(struct cli_token, 0, "slot", "NAME", slot, .help = "slot of the hardware token",
	    .hints = "authentication|signature|card-authentication|key-management", .later = "hardware keys"),
	OPT_END
};

#define KEYLESS .later = "signing without a key"

const struct opt group_keyless[] = {
	OPT_STR(struct cli_keyless, 0, "fulcio-url", "URL", fulcio_url, .help = "certificate authority to ask",
	    .def = "https://fulcio.sigstore.dev", .gone = DEP31, KEYLESS),
	OPT_STR(struct cli_keyless, 0, "identity-token", "TOKEN", identity_token,
	    .help = "identity token, or a file that holds one", .complete = OPT_COMPLETE_FILE, KEYLESS),
	OPT_STR(struct cli_keyless, 0, "fulcio-auth-flow", "FLOW", auth_flow, .help = "how to log in",
	    .hints = "normal|device|token|client_credentials", KEYLESS),
	OPT_FLAG(struct cli_keyless, 0, "insecure-skip-verify", insecure_skip_verify,
	    .help = "does nothing", .gone = DEP31),
	OPT_STR(struct cli_keyless, 0, "oidc-issuer", "URL", oidc_issuer, .help = "identity provider to log in at",
	    .def = "https://oauth2.sigstore.dev/auth", .gone = DEP31, KEYLESS),
	OPT_STR(struct cli_keyless, 0, "oidc-client-id", "ID", oidc_client_id,
	    .help = "client name at the identity provider", .def = "sigstore", KEYLESS),
	OPT_STR(struct cli_keyless, 0, "oidc-client-secret-file", "FILE", oidc_client_secret_file,
	    .help = "file of the client's secret", .complete = OPT_COMPLETE_FILE, KEYLESS),
	OPT_STR(struct cli_keyless, 0, "oidc-redirect-url", "URL", oidc_redirect_url,
	    .help = "where the identity provider sends the browser back to", KEYLESS),
	OPT_STR(struct cli_keyless, 0, "oidc-provider", "NAME", oidc_provider,
	    .help = "the one source of identity tokens to ask on this machine",
	    .hints = "filesystem|envvar|github-actions|buildkite-agent|spiffe|google-workload-identity|google-impersonate",
	    KEYLESS),
	OPT_FLAG(struct cli_keyless, 0, "oidc-disable-ambient-providers", no_ambient,
	    .help = "do not look for an identity token on this machine", KEYLESS),
	OPT_END
};

const struct opt group_rekor[] = {
	OPT_STR(struct cli_rekor, 0, "rekor-url", "URL", url, .help = "transparency log",
	    .def = "https://rekor.sigstore.dev", .gone = DEP31, .later = "transparency logs"),
	OPT_END
};

#define STAMPS .later = "timestamps"

const struct opt group_tsa[] = {
	OPT_STR(struct cli_tsa, 0, "timestamp-client-cacert", "FILE", cacert,
	    .help = "PEM file of the authorities to trust for the timestamp server",
	    .complete = OPT_COMPLETE_FILE, STAMPS),
	OPT_STR(struct cli_tsa, 0, "timestamp-client-cert", "FILE", cert,
	    .help = "PEM file of the client certificate for the timestamp server",
	    .complete = OPT_COMPLETE_FILE, STAMPS),
	OPT_STR(struct cli_tsa, 0, "timestamp-client-key", "FILE", key,
	    .help = "PEM file of that certificate's private key", .complete = OPT_COMPLETE_FILE, STAMPS),
	OPT_STR(struct cli_tsa, 0, "timestamp-server-name", "NAME", server_name,
	    .help = "name that the timestamp server's certificate must have", STAMPS),
	OPT_STR(struct cli_tsa, 0, "timestamp-server-url", "URL", server_url,
	    .help = "timestamp server", .gone = DEP31, STAMPS),
	OPT_END
};

#define CERTS .later = "certificates"

const struct opt group_certificate[] = {
	OPT_STR(struct cli_certificate, 0, "certificate-identity", "NAME", identity,
	    .help = "name the certificate must be for", CERTS),
	OPT_STR(struct cli_certificate, 0, "certificate-identity-regexp", "PATTERN", identity_regexp,
	    .help = "pattern of names the certificate may be for", CERTS),
	OPT_STR(struct cli_certificate, 0, "certificate-oidc-issuer", "URL", issuer,
	    .help = "identity provider that must have vouched for the name", CERTS),
	OPT_STR(struct cli_certificate, 0, "certificate-oidc-issuer-regexp", "PATTERN", issuer_regexp,
	    .help = "pattern of such identity providers", CERTS),
	OPT_STR(struct cli_certificate, 0, "certificate-github-workflow-trigger", "EVENT", github_trigger,
	    .help = "event that must have started the GitHub workflow", CERTS),
	OPT_STR(struct cli_certificate, 0, "certificate-github-workflow-sha", "COMMIT", github_sha,
	    .help = "commit that the GitHub workflow must have run on", CERTS),
	OPT_STR(struct cli_certificate, 0, "certificate-github-workflow-name", "NAME", github_name,
	    .help = "name the GitHub workflow must have", CERTS),
	OPT_STR(struct cli_certificate, 0, "certificate-github-workflow-repository", "NAME", github_repository,
	    .help = "repository the GitHub workflow must be from", CERTS),
	OPT_STR(struct cli_certificate, 0, "certificate-github-workflow-ref", "REF", github_ref,
	    .help = "git reference the GitHub workflow must have run on", CERTS),
	OPT_STR(struct cli_certificate, 0, "certificate", "FILE", certificate,
	    .help = "the signer's certificate", .complete = OPT_COMPLETE_FILE, .gone = DEP31, CERTS),
	OPT_STR(struct cli_certificate, 0, "certificate-chain", "FILE", chain,
	    .help = "authorities of the signer's certificate, up to the root",
	    .complete = OPT_COMPLETE_FILE, .gone = DEP31, CERTS),
	OPT_STR(struct cli_certificate, 0, "ca-roots", "FILE", ca_roots, .help = "root authorities",
	    .complete = OPT_COMPLETE_FILE, .gone = DEP31, .excludes = "certificate-chain", CERTS),
	OPT_STR(struct cli_certificate, 0, "ca-intermediates", "FILE", ca_intermediates,
	    .help = "intermediate authorities, beside --ca-roots",
	    .complete = OPT_COMPLETE_FILE, .gone = DEP31, .excludes = "certificate-chain", CERTS),
	OPT_STR(struct cli_certificate, 0, "sct", "FILE", sct, .help = "detached proof of a certificate log",
	    .complete = OPT_COMPLETE_FILE, .gone = DEP31, CERTS),
	OPT_FLAG(struct cli_certificate, 0, "insecure-ignore-sct", ignore_sct,
	    .help = "do not ask for a proof of a certificate log"),
	OPT_END
};

const struct opt group_query[] = {
	OPT_STR(struct cli_query, 0, "jq", "FILTER", jq, .help = "jq filter for every record that is printed"),
	OPT_END
};
