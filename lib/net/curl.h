/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_CURL_H
#define NET_CURL_H
/*
 * The far end of the frame protocol: it runs requests on one multi handle of
 * libcurl, which nothing but this and what it includes uses, and writes down
 * what came of them. It owns connections, TLS, proxies, redirects, retries and
 * caps; it judges nothing and knows no signing keys. Linked by
 * cosign-remote-http alone.
 */
#include "base/err.h"

/*
 * Serves frames from in, answers to out, until in ends and what was asked is
 * answered, or until nobody reads the answers. -1 when in does not speak the
 * protocol, or libcurl cannot be used.
 */
int	curl_serve(int in, int out, struct err *e) MUST_CHECK;
#endif
