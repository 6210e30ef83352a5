/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/images.h"

#include "sig/payload.h"

int
images_annotations(const struct opt_list *values, struct pool *pool, struct shape_map *out, struct err *e)
{
	if (values->count > ANNOTATIONS_MAX) {
		err_set(e, REASON_TOO_LARGE, "too many annotations");
		return err_expected(e, "at most %d", ANNOTATIONS_MAX);
	}
	out->pairs = pool_array(pool, values->count, sizeof(*out->pairs));
	out->count = 0;
	for (size_t i = 0; i < values->count; i++) {
		struct span rest = span_str(values->items[i]);
		struct span key = span_cut(&rest, '=');

		if (!rest.ptr) {
			err_set(e, REASON_USAGE, "unable to parse annotation");
			err_expected(e, "KEY=VALUE");
			return err_found(e, "'%s'", values->items[i]);
		}
		out->pairs[out->count++] = (struct shape_pair){key, rest};
	}
	annotations_sort(out);
	return 0;
}
