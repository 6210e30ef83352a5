/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/predicate.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte is the type. What is taken arrives as it was. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(buf) struct buf out = BUF_INIT(STATEMENT_MAX);
	AUTO(statement) struct statement s = STATEMENT_INIT;
	AUTO(pool) struct pool pool = POOL_INIT;
	struct predicate_about about = {SPAN("name"), SPAN("sha256:00"), 0};
	const struct predicate_type *t = predicate_types;
	struct err e = ERR_INIT;
	struct span bytes, got;
	struct node v;

	if (size == 0)
		return 0;
	for (size_t n = data[0] % 10; n > 0; n--)
		t++;
	bytes = span_of(data + 1, size - 1);
	if (predicate_check(t, bytes, &e) || predicate_statement(&out, t, bytes, &about, &e))
		return 0;
	if (statement_parse(&s, buf_span(&out), &e))
		BUG("a statement that cannot be read");
	v = s.predicate;
	if (t->form == PREDICATE_WRAPPED && !node_member(v, "Data", &v))
		BUG("no Data");
	if (t->form == PREDICATE_OBJECT)
		got = v.raw;
	else if (!node_string(v, &pool, &got))
		BUG("no string");
	if (!span_eq(got, t->form == PREDICATE_OBJECT ? span_trim(bytes) : bytes))
		BUG("the predicate was changed");
	return 0;
}
