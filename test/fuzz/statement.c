/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/statement.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(statement) struct statement s = STATEMENT_INIT;
	struct err e = ERR_INIT;

	if (statement_parse(&s, span_of(data, size), &e))
		return 0;
	if (s.subject_count == 0 || s.subject_count > SUBJECTS_MAX)
		BUG("a statement of %zu subjects", s.subject_count);
	(void)statement_find(&s, SPAN("sha256:00"), &e);
	return 0;
}
