/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/media.h"

bool
media_is_index(struct span media_type)
{
	return span_is(media_type, MEDIA_OCI_INDEX) || span_is(media_type, MEDIA_DOCKER_LIST);
}

bool
media_is_manifest(struct span media_type)
{
	return span_is(media_type, MEDIA_OCI_MANIFEST) || span_is(media_type, MEDIA_DOCKER_MANIFEST);
}

bool
media_is_type(struct span media_type)
{
	ptrdiff_t slash = span_find(media_type, '/');

	if (slash <= 0 || (size_t)slash + 1 == media_type.len || media_type.len > MEDIA_TYPE_MAX)
		return false;
	for (size_t i = 0; i < media_type.len; i++) {
		char c = media_type.ptr[i];

		/* A blank may stand in parameters: "text/plain; charset=utf-8". */
		if (c < 0x20 || c > 0x7e || c == ',' || (c == ' ' && i < (size_t)slash + 2))
			return false;
	}
	return true;
}
