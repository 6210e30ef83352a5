/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCI_DOCKERCFG_H
#define OCI_DOCKERCFG_H
/*
 * Credentials of registries as Docker, podman and their helper programs keep
 * them. Nothing found means anonymous; anything malformed is an error, never
 * anonymous.
 *
 * File: config.json of $DOCKER_CONFIG, else of ~/.docker, if either is there;
 * else $REGISTRY_AUTH_FILE, else containers/auth.json of $XDG_RUNTIME_DIR, of
 * $XDG_CONFIG_HOME, of ~/.config. Keys: HOST/REPOSITORY, its parents, HOST;
 * for Docker Hub https://index.docker.io/v1/. Each is asked of
 * DOCKER_AUTH_CONFIG (if there is a file), credHelpers, credsStore, auths.
 */
#include "crypto/secret.h"
#include "json/scan.h"

enum {
	DOCKERCFG_FILE_MAX = 4 << 20,
	DOCKERCFG_HELPER_MAX = 256 << 10,	/* what a helper may say */
	DOCKERCFG_HELPER_MS = 120000,		/* it may have to ask a person */
	DOCKERCFG_LOCK_MS = 10000,
};

/* What to log in with; all empty means anonymous. Whoever logs in tries
 * registry_token (a bearer token as it is), then identity_token (a refresh
 * token), then username and password. */
struct dockercfg_auth {
	char *username;			/* NULL when there is none */
	struct secret password, identity_token, registry_token;
	char *source;			/* where it was found, for messages; NULL */
};

#define DOCKERCFG_AUTH_INIT {NULL, SECRET_INIT, SECRET_INIT, SECRET_INIT, NULL}
void	dockercfg_auth_release(struct dockercfg_auth *a);
static inline void dockercfg_auth_cleanup(struct dockercfg_auth *a) { dockercfg_auth_release(a); }
bool	dockercfg_auth_is_empty(const struct dockercfg_auth *a);

/* registry as in struct ref; repository may be NULL (a bare login check).
 * REASON_CONFIG, REASON_BAD_JSON, REASON_BAD_ENCODING for the file;
 * REASON_HELPER, REASON_TIMEOUT, REASON_PROTOCOL for a helper program. */
int	dockercfg_find(const char *registry, const char *repository, struct dockercfg_auth *out,
	    struct err *e) MUST_CHECK;

/* Asks a helper program (docker-credential-NAME) for a server's credentials;
 * leaves *out empty when it has none. */
typedef int dockercfg_ask(void *ctx, const char *name, const char *server, struct dockercfg_auth *out,
	    struct err *e);
/* The same in texts: a whole config.json, and DOCKER_AUTH_CONFIG (ptr NULL when
 * unset). Without ask helpers have nothing. */
int	dockercfg_find_in(struct span json, struct span variable, const char *registry, const char *repository,
	    dockercfg_ask *ask, void *ctx, struct dockercfg_auth *out, struct err *e) MUST_CHECK;

/* For `login`: into the configured helper, else into auths of config.json
 * ($DOCKER_CONFIG or ~/.docker), made if missing, 0600, under a lock, every
 * other byte kept. *path (to be freed) is the file. */
int	dockercfg_store(const char *registry, const char *username, const struct secret *password, char **path,
	    struct err *e) MUST_CHECK;
/* config.json with the entry auths[key] exchanged or added: auth in base64, or
 * an empty entry for a len of 0, as Docker leaves one beside a helper. */
int	dockercfg_put_in(struct span json, struct span key, struct span auth, struct buf *out,
	    struct err *e) MUST_CHECK;
#endif
