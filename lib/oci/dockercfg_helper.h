/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCI_DOCKERCFG_HELPER_H
#define OCI_DOCKERCFG_HELPER_H
/*
 * Programs docker-credential-NAME on PATH, which keep credentials for Docker.
 */
#include "oci/dockercfg.h"

/* What it has for a server; *out stays empty when it says it has nothing. A
 * dockercfg_ask; ctx is not used. */
int	dockercfg_helper_get(void *ctx, const char *name, const char *server, struct dockercfg_auth *out,
	    struct err *e) MUST_CHECK;
int	dockercfg_helper_store(const char *name, const char *server, const char *username,
	    const struct secret *password, struct err *e) MUST_CHECK;
/* A string's value as a secret; no copy of it is left. False if v is no string. */
bool	dockercfg_helper_secret(struct node v, struct secret *out);
#endif
