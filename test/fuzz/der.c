/* SPDX-License-Identifier: Apache-2.0 */
/* DER has one encoding of everything: what the reader takes, the writer gives
 * back byte for byte. */
#include "base/mem.h"
#include "codec/der.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH_MAX = 8, HEAD_MAX = 8 };

static void
same(const struct der_out *o, struct span element)
{
	if (o->over || !span_eq(der_out_span(o), element))
		BUG("another encoding of the same");
}

static void
written_again(struct span element, unsigned tag, struct span content)
{
	char *room = xmalloc(element.len + HEAD_MAX);
	struct span rest = element, digits;
	struct der_out o;

	der_out_init(&o, room, element.len + HEAD_MAX);
	der_put_element(&o, tag, content);
	same(&o, element);
	if (der_get_uint(&rest, &digits)) {
		der_out_init(&o, room, element.len + HEAD_MAX);
		der_put_uint(&o, digits);
		same(&o, element);
	}
	free(room);
}

static void
walk(struct span rest, unsigned depth)
{
	while (rest.len) {
		struct span start = rest, skipped = rest, content, bytes, bits;
		unsigned tag = (unsigned char)rest.ptr[0];
		uint64_t number;

		/* Tags of several bytes are not read. */
		if ((tag & 0x1f) == 0x1f || !der_get(&rest, tag, &content))
			return;
		if (!der_skip(&skipped) || skipped.len != rest.len)
			BUG("skipping ends elsewhere");
		written_again(span_first(start, start.len - rest.len), tag, content);
		bytes = start;
		if (der_get_number(&bytes, UINT16_MAX, &number) && number > UINT16_MAX)
			BUG("a limit was passed");
		bytes = start;
		if (der_get_bits(&bytes, &bits) && bits.len + 1 != content.len)
			BUG("bits were lost");
		if (depth < DEPTH_MAX)
			walk(content, depth + 1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	walk(span_of(data, size), 0);
	return 0;
}
