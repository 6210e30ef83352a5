/* SPDX-License-Identifier: Apache-2.0 */
#include "base/env.h"

#include "base/mem.h"

const struct env_var env_vars[] = {
	{"COSIGN_DOCKER_MEDIA_TYPES", "writes legacy signature manifests with Docker media types", "1 or 0", false},
	{"COSIGN_EXPERIMENTAL", "allows the oci-1-1 referrers mode", "1 or 0", false},
	{"COSIGN_MAX_ATTACHMENT_SIZE", "limits the size of a downloaded attachment", "a size, as 64MiB", false},
	{"COSIGN_PASSWORD", "opens the private key, or protects a new one", "a password", true},
	{"COSIGN_REMOTE_HTTP", "replaces the program that speaks HTTP for the others", "a path", false},
	{"COSIGN_REPOSITORY", "names the repository that signatures are stored in", "HOST/REPOSITORY", false},
	{"DOCKER_AUTH_CONFIG", "holds registry credentials", "JSON as in config.json", true},
	{"DOCKER_CONFIG", "names the directory of Docker's config.json", "a directory", false},
	{"HOME", "names the user's directory", "a directory", false},
	{"REGISTRY_AUTH_FILE", "names a file of registry credentials", "a path", false},
	{"XDG_CONFIG_HOME", "names the directory of containers/auth.json", "a directory", false},
	{"XDG_RUNTIME_DIR", "names the directory of containers/auth.json, looked at first", "a directory", false},
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
