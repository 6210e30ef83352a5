/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_SERVICE_H
#define CLIENT_SERVICE_H
/*
 * One request to one of Sigstore's services, and what its refusals mean. Every
 * error names the service and its address first.
 */
#include "crypto/secret.h"
#include "net/http.h"

/* Borrowed. */
struct service {
	const char *what;		/* "certificate authority" */
	const char *url;		/* base address, or the whole endpoint; a NAME:PASSWORD@ in it
					   is shown to the server, and to nobody else */
	const struct http_peer *peer;	/* NULL: strict TLS */
};

struct service_call {
	const char *method;
	const char *path;		/* behind the base address; "" for an endpoint */
	const char *type, *accept;	/* media types; NULL: none is sent */
	const struct secret *bearer;	/* identity token, or NULL */
	struct span body;
	size_t max_body;
	int64_t timeout;		/* ms */
	bool repeatable;
};

/* Any status is success, as with http_do. */
int	service_do(const struct service *s, const struct service_call *c, struct http_response *r,
	    struct err *e) MUST_CHECK;
/* The error of a status that was not wanted: REASON_DENIED, REASON_NOT_FOUND or
 * REASON_HTTP, with the message of the service's JSON where it has one. */
int	service_refused(const struct service *s, const struct http_response *r, struct err *e);
/* "WHAT URL: " in front. */
int	service_wrap(const struct service *s, struct err *e);
/* An answer that breaks the service's protocol: sets REASON_PROTOCOL, unless
 * the reason is REASON_TOO_LARGE, and wraps. */
int	service_garbage(const struct service *s, struct err *e);
#endif
