/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_ORIGIN_H
#define NET_ORIGIN_H
/*
 * Where a URL leads: scheme, host and port, which together say who may see a
 * secret. Unlike codec/url.h it owns what it says, and it judges redirects.
 */
#include "codec/url.h"

enum { ORIGIN_URL_MAX = URL_MAX };

struct origin {
	bool tls;
	char host[256];		/* lower case; IPv6 without its brackets */
	unsigned port;
	bool port_given;	/* as text: "host:80" */
	struct span rest;	/* path and query, from the URL; may be empty */
};

/* As url_parse: REASON_PROTOCOL. */
int	origin_parse(struct origin *o, struct span url, struct err *e) MUST_CHECK;
/* Scheme, host and port are the same (RFC 6454). */
bool	origin_same(const struct origin *a, const struct origin *b);
/* As url_host_is_private and url_host_is_loopback, with the dot that may end a
 * name taken off. */
bool	origin_is_private(const struct origin *o);
bool	origin_is_loopback(const struct origin *o);
/* "host:port", or "host" where the URL named no port; IPv6 in brackets. */
void	origin_authority(const struct origin *o, struct buf *out);

/*
 * Where a redirect from the URL leads to (RFC 3986 section 5, the fragment
 * dropped, bytes that may not stand in a URL percent-encoded), judged: another
 * scheme than http and https, from https to http, and from a public server to
 * an address that is private are refused.
 */
int	origin_redirect(struct span url, struct span location, struct buf *out, struct err *e) MUST_CHECK;

/* The URL with the values of parameters that look like credentials (signed
 * storage URLs) replaced by "...", for messages and dumps. */
void	origin_mask(struct span url, struct buf *out);
#endif
