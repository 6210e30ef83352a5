/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_CREDENTIALS_H
#define CLIENT_CREDENTIALS_H
/*
 * Who the user is at a registry: from the flags, else from the configuration
 * files and helpers of Docker and podman.
 */
#include "client/registry.h"
#include "oci/dockercfg.h"

/* --registry-username with --registry-password, else --registry-token, else
 * what is configured. --k8s-keychain goes straight to the latter. All empty is
 * an anonymous user. */
int	credentials_find(struct dockercfg_auth *c, const char *registry, const char *repository,
	    const struct registry_options *o, struct err *e) MUST_CHECK;
#endif
