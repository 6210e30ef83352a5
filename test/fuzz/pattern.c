/* SPDX-License-Identifier: Apache-2.0 */
/* The pattern before a NUL byte is searched for in what follows: any answer,
 * soon. */
#include "base/buf.h"
#include "sig/pattern.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pattern) struct pattern p = PATTERN_INIT;
	struct span text = span_of(data, size), pattern = span_cut(&text, '\0');

	(void)pattern_is_anchored(pattern);
	if (pattern_compile(&p, pattern, NULL) == 0)
		(void)!pattern_search(&p, text, NULL);
	return 0;
}
