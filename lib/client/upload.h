/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_UPLOAD_H
#define CLIENT_UPLOAD_H
/*
 * Getting one blob into a repository (distribution specification, "Pushing a
 * blob monolithically").
 */
#include "client/registry.h"

/* POST, then one PUT with the bytes; PATCH and an empty PUT where the server
 * does not take that. */
int	upload_blob(const struct ref *repo, const char *digest, struct span bytes,
	    const struct registry_options *o, struct err *e) MUST_CHECK;
#endif
