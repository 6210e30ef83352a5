/* SPDX-License-Identifier: Apache-2.0 */
#include "json/olpc.h"

#include "json/canonwalk.h"
#include "json/unescape.h"

static void
emit_string(struct span raw, struct buf *out)
{
	char c[UNESCAPE_MAX];

	buf_add_char(out, '"');
	while (raw.len) {
		size_t n = unescape_next(&raw, c);

		if (c[0] == '"' || c[0] == '\\')
			buf_add_char(out, '\\');
		buf_add(out, c, n);
	}
	buf_add_char(out, '"');
}

/* One spelling for one number: no fraction, no exponent, no -0. */
static int
emit_number(struct span raw, struct buf *out, struct err *e)
{
	for (size_t i = raw.ptr[0] == '-'; i < raw.len; i++)
		if (raw.ptr[i] < '0' || raw.ptr[i] > '9')
			return err_set(e, REASON_BAD_JSON, "the number %.*s is not whole", SPAN_FMT(span_first(raw, 64)));
	if (span_is(raw, "-0"))
		return err_set(e, REASON_BAD_JSON, "the number -0");
	buf_add_span(out, raw);
	return 0;
}

static const struct canonwalk_dialect dialect = {unescape_cmp, emit_string, emit_number, OLPC_MEMBERS_MAX};

int
olpc_emit(struct node v, struct buf *out, struct err *e)
{
	return canonwalk_emit(&dialect, v, out, e);
}
