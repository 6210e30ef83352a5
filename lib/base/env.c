/* SPDX-License-Identifier: Apache-2.0 */
#include "base/env.h"

#include "base/mem.h"

/* In the order of bytes, as `cosign env` prints them. */
const struct env_var env_vars[] = {
	{"ACTIONS_ID_TOKEN_REQUEST_TOKEN",
	    "opens the door to GitHub Actions' identity tokens",
	    "a bearer token", true},
	{"ACTIONS_ID_TOKEN_REQUEST_URL",
	    "tells where GitHub Actions gives out identity tokens",
	    "a URL", false},
	{"BROWSER",
	    "names the program that shows a page when you log in",
	    "commands, separated by colons; %s is the address", false},
	{"BUILDKITE_AGENT_ACCESS_TOKEN",
	    "lets a Buildkite job ask its agent for an identity token",
	    "an access token", true},
	{"BUILDKITE_AGENT_ENDPOINT", "tells where Buildkite's agent API is", "a URL", false},
	{"BUILDKITE_AGENT_LOG_LEVEL",
	    "sets how much the Buildkite agent says",
	    "debug, notice, info, warn, error or fatal", false},
	{"BUILDKITE_JOB_ID",
	    "names the Buildkite job that the identity token is for",
	    "a job id", false},
	{"COSIGN_DOCKER_MEDIA_TYPES",
	    "writes signature manifests of the old form with Docker's media types",
	    "1 or 0", false},
	{"COSIGN_EXPERIMENTAL", "allows --registry-referrers-mode=oci-1-1", "1 or 0", false},
	{"COSIGN_MAX_ATTACHMENT_SIZE",
	    "limits the size of what is attached to an image and read from there",
	    "a size, as 5120, 20K, 3M or 45MiB", false},
	{"COSIGN_OIDC_TOKEN_FILE",
	    "names the file of an identity token, in place of /var/run/sigstore/cosign/oidc-token",
	    "a path", false},
	{"COSIGN_PASSWORD",
	    "opens the private key, or protects a new one; no question is asked when it is set",
	    "a password, which may be empty", true},
	{"COSIGN_PKCS11_IGNORE_CERTIFICATE",
	    "keeps a token's certificate out of signatures",
	    "1 or 0", false},
	{"COSIGN_PKCS11_MODULE_PATH", "names the PKCS #11 module", "an absolute path", false},
	{"COSIGN_PKCS11_PIN", "opens a PKCS #11 token", "a PIN", true},
	{"COSIGN_REMOTE_HTTP",
	    "replaces the program that speaks HTTP for the others",
	    "a path", false},
	{"COSIGN_REPOSITORY",
	    "names the repository that signatures are stored in, instead of the image's",
	    "HOST/REPOSITORY", false},
	{"DOCKER_AUTH_CONFIG",
	    "holds registry credentials",
	    "JSON as in Docker's config.json", true},
	{"DOCKER_CONFIG", "names the directory of Docker's config.json", "a directory", false},
	{"GCE_METADATA_HOST",
	    "tells where the metadata server of Google's cloud is",
	    "HOST or HOST:PORT", false},
	{"GITHUB_HOST", "names the GitHub server", "a host name", false},
	{"GITHUB_TOKEN", "logs in to GitHub", "a token", true},
	{"GITLAB_HOST", "names the GitLab server", "a host name or URL", false},
	{"GITLAB_TOKEN", "logs in to GitLab", "a token", true},
	{"GOOGLE_SERVICE_ACCOUNT_NAME",
	    "names the Google service account to act as",
	    "an account name", false},
	{"HOME", "names the user's directory", "a directory", false},
	{"HTTPS_PROXY", "names the proxy for https, as https_proxy does", "a URL", true},
	{"HTTP_PROXY", "names the proxy for plain http, as http_proxy does", "a URL", true},
	{"NO_PROXY",
	    "lists the hosts that no proxy is used for, as no_proxy does",
	    "host names, separated by commas", false},
	{"PATH",
	    "lists the directories in which helper programs are looked for",
	    "directories, separated by colons", false},
	{"REGISTRY_AUTH_FILE", "names a file of registry credentials", "a path", false},
	{"REQUEST_METHOD", "makes HTTP_PROXY be ignored, as a web server sets both", "anything", false},
	{"SIGSTORE_CT_LOG_PUBLIC_KEY_FILE",
	    "replaces the keys of certificate logs",
	    "a PEM or DER file", false},
	{"SIGSTORE_ID_TOKEN", "is the identity token to sign with", "a token", true},
	{"SIGSTORE_NO_CACHE", "keeps what a TUF repository says in memory only", "1 or 0", false},
	{"SIGSTORE_REKOR_PUBLIC_KEY",
	    "replaces the keys of transparency logs",
	    "a PEM file", false},
	{"SIGSTORE_ROOT_FILE",
	    "replaces the certificate authorities of signers",
	    "a PEM file", false},
	{"SIGSTORE_TSA_CERTIFICATE_FILE",
	    "replaces the certificates of timestamp authorities",
	    "a PEM file", false},
	{"SOURCE_DATE_EPOCH",
	    "is the time written into what is made, instead of now",
	    "seconds since 1970", false},
	{"SPIFFE_ENDPOINT_SOCKET", "names the SPIFFE workload socket", "a path", false},
	{"SSL_CERT_DIR",
	    "names a directory of certificate authorities for TLS",
	    "a directory", false},
	{"SSL_CERT_FILE",
	    "names the file of certificate authorities for TLS",
	    "a PEM file", false},
	{"TMPDIR", "names the directory of temporary files", "a directory", false},
	{"TUF_MIRROR", "tells where the TUF repository is", "a URL", false},
	{"TUF_ROOT", "names the directory in which TUF metadata is kept", "a directory", false},
	{"TUF_ROOT_JSON",
	    "names the root.json to start trust in another TUF repository from",
	    "a path", false},
	{"XDG_CONFIG_HOME", "names the directory of containers/auth.json", "a directory", false},
	{"XDG_RUNTIME_DIR",
	    "names the directory of containers/auth.json that is looked at first",
	    "a directory", false},
	{"http_proxy", "names the proxy for plain http", "a URL", true},
	{"https_proxy", "names the proxy for https", "a URL", true},
	{"no_proxy",
	    "lists the hosts that no proxy is used for",
	    "host names, separated by commas", false},
};
const size_t env_vars_count = countof(env_vars);

const char *
env_get(const char *name)
{
	for (size_t i = 0; i < env_vars_count; i++)
		if (strcmp(env_vars[i].name, name) == 0)
			return getenv(name);
	BUG("%s is not in the table of variables", name);
}

const char *
env_get_nonempty(const char *name)
{
	const char *value = env_get(name);

	return value && *value ? value : NULL;
}

bool
env_get_bool(const char *name)
{
	static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"};
	const char *value = env_get(name);

	for (size_t i = 0; value && i < countof(yes); i++)
		if (strcmp(value, yes[i]) == 0)
			return true;
	return false;
}
