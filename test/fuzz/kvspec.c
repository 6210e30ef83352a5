/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "cli/kvspec.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct kvspec_key keys[] = {{"url", true}, {"start-time", false}, {"end-time", false},
		{"public-key", false}, {"origin", false}};
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span v[countof(keys)];
	struct trust_window w = {INT64_MIN, INT64_MAX};
	struct kvspec_times times;
	struct err e = ERR_INIT;

	if (kvspec_parse(pool_str(&pool, span_of(data, size)), keys, countof(keys), v, &e)) {
		if (e.reason != REASON_USAGE)
			BUG("refused for another reason");
		return 0;
	}
	if (v[0].len == 0)
		BUG("no URL");
	times = kvspec_times(v[1], v[2]);
	if (kvspec_window(&w, &times, &e) == 0 && w.start > w.end)
		BUG("a window that ends before it starts");
	return 0;
}
