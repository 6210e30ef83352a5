/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CODEC_URL_H
#define CODEC_URL_H
/*
 * http and https URLs as servers hand them out (RFC 3986): split, resolved
 * against where they were found, compared by origin. Nothing here looks up a
 * name.
 */
#include "base/buf.h"

enum { URL_MAX = 16 << 10 };

/* Pieces of an absolute URL; all borrow its text. */
struct url {
	struct span scheme;	/* "http" or "https", in any case */
	struct span host;	/* without the brackets of an IPv6 literal */
	unsigned port;		/* the scheme's own when none was named */
	struct span path;	/* "" or from the first slash on */
	struct span query;	/* behind the '?'; ptr NULL when there is none */
	bool tls;
};

/* Only http and https with a host, without user information; no blanks, no
 * control characters, no backslash. A fragment is left out. REASON_PROTOCOL. */
int	url_parse(struct url *u, struct span text, struct err *e) MUST_CHECK;

/* Appends ref as seen from base (RFC 3986 section 5.2), checked as url_parse
 * does. */
int	url_resolve(struct buf *out, struct span base, struct span ref, struct err *e) MUST_CHECK;

/* Same scheme, host and port. */
bool	url_same_origin(const struct url *a, const struct url *b);

/* Percent-encodes all but unreserved characters (RFC 3986 section 2.3). */
void	url_encode(struct buf *out, struct span text);
/* The bytes (RFC 3986 section 2.1), NUL among them. A percent sign that begins
 * none stands for itself. */
void	url_decode(struct buf *out, struct span text);
/* Appends name=value behind '?' or '&'. */
void	url_add_query(struct buf *url, const char *name, struct span value);

/* localhost, or an IP literal that no public network routes: loopback,
 * private, link-local, shared and unspecified addresses. */
bool	url_host_is_private(struct span host);
/* localhost, *.localhost, 127.0.0.0/8, ::1. */
bool	url_host_is_loopback(struct span host);
#endif
