/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/dockercfg_file.h"

#include <sys/stat.h>
#include "base/env.h"
#include "base/mem.h"

static char *
below(const char *dir, const char *file)
{
	return dir ? xasprintf("%s/%s", dir, file) : NULL;
}

bool
dockercfg_file_is(const char *path)
{
	struct stat st;

	return path && stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

char *
dockercfg_file_docker(void)
{
	const char *dir = env_get_nonempty("DOCKER_CONFIG");

	return dir ? below(dir, "config.json") : below(env_get_nonempty("HOME"), ".docker/config.json");
}

/* Upstream's rule: if there is a config.json in either place, $DOCKER_CONFIG
 * says which is read, even when that one is missing. */
char *
dockercfg_file_find(void)
{
	AUTO(charp) char *named = dockercfg_file_docker();
	AUTO(charp) char *home = below(env_get_nonempty("HOME"), ".docker/config.json");
	const char *config_home = env_get_nonempty("XDG_CONFIG_HOME"), *given = env_get_nonempty("REGISTRY_AUTH_FILE");
	char *others[] = {
		given ? xstrdup(given) : NULL,
		below(env_get_nonempty("XDG_RUNTIME_DIR"), "containers/auth.json"),
		config_home ? below(config_home, "containers/auth.json")
			    : below(env_get_nonempty("HOME"), ".config/containers/auth.json"),
	};
	char *found = dockercfg_file_is(home) || dockercfg_file_is(named) ? take(&named) : NULL;

	for (size_t i = 0; i < countof(others); i++) {
		if (!found && dockercfg_file_is(others[i]))
			found = take(&others[i]);
		free(others[i]);
	}
	return found;
}
