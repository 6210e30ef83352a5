/* SPDX-License-Identifier: Apache-2.0 */
/* What passes must be walked to its last byte, and every part of it must pass
 * on its own. */
#include "base/mem.h"
#include "json/scan.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
walk(struct node v, struct pool *pool, unsigned depth)
{
	const char *at = v.raw.ptr + 1;
	int64_t number;
	struct span text;

	(void)node_int(v, &number);
	if (node_string(v, pool, &text) && text.len > v.raw.len)
		BUG("a string grew");
	for (struct node_iter it = node_iter(v); node_next(&it);) {
		struct node alone;

		if (it.value.raw.len == 0 || it.value.raw.ptr < at)
			BUG("walking does not move");
		at = it.value.raw.ptr + it.value.raw.len;
		if (depth < 3 && (scan_document(it.value.raw, &alone, NULL) != 0 ||
		    alone.kind != it.value.kind || !span_eq(alone.raw, it.value.raw)))
			BUG("a part of good JSON is bad");
		if (it.object)
			(void)node_key(it.key, pool);
		walk(it.value, pool, depth + 1);
	}
	if ((v.kind == JSON_ARRAY || v.kind == JSON_OBJECT) && at > v.raw.ptr + v.raw.len - 1)
		BUG("walked past the end");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span text = span_of(data, size), rest;
	struct err e = ERR_INIT;
	struct node v;

	if (scan_document(text, &v, &e) == 0)
		walk(v, &pool, 0);
	else if (e.reason != REASON_BAD_JSON && e.reason != REASON_TOO_LARGE)
		BUG("another reason");
	while (text.len > 0 && scan_value(text, &v, &rest, &e) == 0) {
		if (rest.len >= text.len)
			BUG("scan_value does not move");
		text = rest;
	}
	return 0;
}
