/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_PROXY_H
#define NET_PROXY_H
/*
 * Which proxy a request goes through, by the rules of Go's net/http, which
 * scripts around this suite are written for: upper-case variables before
 * lower-case ones, this machine never through a proxy, HTTP_PROXY not believed
 * in a CGI program (where a client can set it by a header).
 */
#include "net/origin.h"

struct proxy_env {
	const char *http, *https;	/* HTTP_PROXY, HTTPS_PROXY, or NULL */
	const char *no_proxy;		/* NO_PROXY, or NULL */
	bool cgi;			/* REQUEST_METHOD is set */
};

/* From the environment of the process. */
struct proxy_env	proxy_env(void);

/* The proxy's URL for requests to o, in a form libcurl takes; empty for none.
 * REASON_CONFIG for a proxy of unknown scheme. */
int	proxy_for(const struct proxy_env *env, const struct origin *o, struct buf *url, struct err *e) MUST_CHECK;
#endif
