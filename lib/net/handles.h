/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_HANDLES_H
#define NET_HANDLES_H
/*
 * The handles of libcurl: the one that runs all requests, and an easy handle for
 * each that runs, which is used again afterwards. Of cosign-remote-http alone.
 */
#include <curl/curl.h>
#include "base/err.h"
#include "base/mem.h"

struct handles {
	CURLM *multi;
	CURLSH *share;
	VEC(CURL *) spare;
};

int	handles_init(struct handles *h, struct err *e) MUST_CHECK;
/* No easy handle may be out any more. */
void	handles_release(struct handles *h);

/* An easy handle, not added to multi yet. */
CURL	*handles_get(struct handles *h);
void	handles_put(struct handles *h, CURL *easy);
#endif
