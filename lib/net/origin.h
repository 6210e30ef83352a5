/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_ORIGIN_H
#define NET_ORIGIN_H
/*
 * Where a URL leads: scheme, host and port, which together say who may see a
 * secret. Reads only what this suite sends: http and https, printable ASCII,
 * no user names; whatever else a URL may hold is refused, so that no two
 * readers can take it for different servers.
 */
#include "base/buf.h"

enum { ORIGIN_URL_MAX = 16 << 10 };

struct origin {
	bool tls;
	char host[256];		/* lower case; IPv6 without its brackets */
	unsigned port;		/* as written, else 80 or 443 */
	bool port_given;
	struct span rest;	/* path and query, from the URL; may be empty */
};

/* REASON_PROTOCOL, since a URL here comes from a server or another program. */
int	origin_parse(struct origin *o, struct span url, struct err *e) MUST_CHECK;
/* Scheme, host and port are the same (RFC 6454). */
bool	origin_same(const struct origin *a, const struct origin *b);
/* An address literal of this machine or of a private or link-local network, or
 * a name that means this machine. */
bool	origin_is_private(const struct origin *o);
/* This machine: localhost (also with names before it), 127.0.0.0/8, ::1. */
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
