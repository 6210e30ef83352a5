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

/* A file: in pieces of UPLOAD_PIECE bytes, each a PATCH, so that memory does not
 * grow with it; all at once where the server takes no more than one. */
enum { UPLOAD_PIECE = 8 << 20 };
int	upload_file(const struct ref *repo, const char *digest, const struct registry_file *file,
	    const struct registry_options *o, struct err *e) MUST_CHECK;
#endif
