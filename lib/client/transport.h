/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TRANSPORT_H
#define CLIENT_TRANSPORT_H
/*
 * One request to a registry, with whatever logging in that takes, and what its
 * refusals mean.
 */
#include "client/registry.h"

enum { TRANSPORT_ERRORS_MAX = 64 << 10 };	/* of a refusal's body that is read */

struct transport_call {
	const char *method;
	const char *url;		/* "/v2/…", or a whole URL that the registry gave */
	const struct http_header *headers;
	size_t header_count;
	struct span body;
	size_t max_body;
	bool repeatable;
	bool push;			/* needs the right to push */
	struct sink *sink;		/* as of struct http_request */
};

/* Any status is success, as with http_do, but 401 is answered with a login
 * first. A whole URL of another origin gets no credentials, and may not lie in
 * a private network that the registry is not in. */
int	transport_do(const struct ref *repo, const struct registry_options *o, const struct transport_call *c,
	    struct http_response *r, struct err *e) MUST_CHECK;

/* The error of a status that was not wanted: REASON_NOT_FOUND, REASON_DENIED or
 * REASON_HTTP, with the registry's own code and message. Returns -1. */
int	transport_refused(const struct transport_call *c, const struct http_response *r, struct err *e);
#endif
