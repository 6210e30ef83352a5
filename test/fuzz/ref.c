/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "oci/ref.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a reference expands to is a reference, and expands to itself. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span text = span_of(data, size);
	struct err e = ERR_INIT;
	struct ref r, again;
	const char *name;

	if (ref_parse(&r, text, &pool, &e) == 0 && r.place == REF_REGISTRY) {
		name = ref_name(&r, &pool);
		if (ref_parse(&again, span_str(name), &pool, &e))
			BUG("%s is no reference", name);
		if (strcmp(name, ref_name(&again, &pool)) != 0)
			BUG("%s expands to %s", name, ref_name(&again, &pool));
		(void)ref_registry_is_local(r.registry);
	}
	if (ref_parse_repository(&r, text, &pool, &e) == 0 && (r.tag || r.digest))
		BUG("a repository with a tag");
	(void)ref_is_full(text);
	(void)ref_is_digest_tag(text);
	return 0;
}
