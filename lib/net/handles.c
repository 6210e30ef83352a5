/* SPDX-License-Identifier: Apache-2.0 */
#include "net/handles.h"

int
handles_init(struct handles *h, struct err *e)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) || !(h->multi = curl_multi_init()) ||
	    !(h->share = curl_share_init()))
		return err_set(e, REASON_HELPER, "libcurl cannot be used");
	curl_share_setopt(h->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, 64L);
	return 0;
}

void
handles_release(struct handles *h)
{
	for (size_t i = 0; i < h->spare.count; i++)
		curl_easy_cleanup(h->spare.items[i]);
	VEC_FREE(&h->spare);
	curl_multi_cleanup(h->multi);
	curl_share_cleanup(h->share);
}

CURL *
handles_get(struct handles *h)
{
	CURL *easy = h->spare.count ? h->spare.items[--h->spare.count] : curl_easy_init();

	if (!easy)
		mem_exhausted();
	curl_easy_setopt(easy, CURLOPT_SHARE, h->share);
	return easy;
}

void
handles_put(struct handles *h, CURL *easy)
{
	curl_multi_remove_handle(h->multi, easy);
	curl_easy_reset(easy);
	*VEC_PUSH(&h->spare) = easy;
}
