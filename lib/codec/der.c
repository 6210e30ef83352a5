/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/der.h"

static unsigned
byte_at(struct span s, size_t i)
{
	return (unsigned char)s.ptr[i];
}

bool
der_is(struct span rest, unsigned tag)
{
	return rest.len && byte_at(rest, 0) == tag;
}

/* X.690 section 10.1: the length in the fewest bytes. */
static bool
get_length(struct span s, size_t *head, size_t *len)
{
	size_t count, value = 0;

	if (s.len < 2)
		return false;
	if (byte_at(s, 1) < 0x80) {
		*head = 2;
		*len = byte_at(s, 1);
		return *len <= s.len - 2;
	}
	count = byte_at(s, 1) & 0x7f;
	if (count == 0 || count > 4 || s.len - 2 < count)
		return false;
	for (size_t i = 0; i < count; i++)
		value = value << 8 | byte_at(s, 2 + i);
	if (value < 0x80 || byte_at(s, 2) == 0)
		return false;
	*head = 2 + count;
	*len = value;
	return value <= s.len - *head;
}

bool
der_get(struct span *rest, unsigned tag, struct span *content)
{
	size_t head, len;

	if (!der_is(*rest, tag) || !get_length(*rest, &head, &len))
		return false;
	*content = span_of(rest->ptr + head, len);
	*rest = span_from(*rest, head + len);
	return true;
}

bool
der_get_whole(struct span *rest, unsigned tag, struct span *element)
{
	struct span before = *rest, content;

	if (!der_get(rest, tag, &content))
		return false;
	*element = span_first(before, before.len - rest->len);
	return true;
}

bool
der_get_bool(struct span *rest, bool *value)
{
	struct span after = *rest, v;

	if (!der_get(&after, DER_BOOLEAN, &v) || v.len != 1 || (byte_at(v, 0) != 0 && byte_at(v, 0) != 0xff))
		return false;
	*value = byte_at(v, 0) != 0;
	*rest = after;
	return true;
}

bool
der_get_uint(struct span *rest, struct span *digits)
{
	struct span after = *rest, v;

	if (!der_get(&after, DER_INTEGER, &v) || v.len == 0 || byte_at(v, 0) & 0x80)
		return false;
	if (v.len > 1 && byte_at(v, 0) == 0 && !(byte_at(v, 1) & 0x80))
		return false;
	*digits = byte_at(v, 0) == 0 ? span_from(v, 1) : v;
	*rest = after;
	return true;
}

bool
der_get_number(struct span *rest, uint64_t max, uint64_t *number)
{
	struct span after = *rest, digits;
	uint64_t value = 0;

	if (!der_get_uint(&after, &digits) || digits.len > sizeof(value))
		return false;
	for (size_t i = 0; i < digits.len; i++)
		value = value << 8 | byte_at(digits, i);
	if (value > max)
		return false;
	*number = value;
	*rest = after;
	return true;
}

bool
der_get_bits(struct span *rest, struct span *bytes)
{
	struct span after = *rest, v;

	if (!der_get(&after, DER_BITS, &v) || v.len == 0 || byte_at(v, 0) != 0)
		return false;
	*bytes = span_from(v, 1);
	*rest = after;
	return true;
}

bool
der_skip(struct span *rest)
{
	struct span ignored;

	/* Tags above 30 take more bytes; nothing read here has one. */
	return rest->len && (byte_at(*rest, 0) & 0x1f) != 0x1f && der_get(rest, byte_at(*rest, 0), &ignored);
}

void
der_out_init(struct der_out *o, void *base, size_t size)
{
	*o = (struct der_out){base, size, size, false};
}

void
der_put(struct der_out *o, struct span bytes)
{
	if (o->over || bytes.len > o->at) {
		o->over = true;
		return;
	}
	o->at -= bytes.len;
	if (bytes.len)
		memcpy(o->base + o->at, bytes.ptr, bytes.len);
}

static void
put_byte(struct der_out *o, unsigned byte)
{
	char c = (char)byte;

	der_put(o, span_of(&c, 1));
}

static void
put_head(struct der_out *o, unsigned tag, size_t len)
{
	unsigned count = 0;

	if (len < 0x80) {
		put_byte(o, (unsigned)len);
	} else {
		for (; len; len >>= 8, count++)
			put_byte(o, len & 0xff);
		put_byte(o, 0x80 | count);
	}
	put_byte(o, tag);
}

void
der_wrap(struct der_out *o, unsigned tag, size_t mark)
{
	put_head(o, tag, mark - o->at);
}

void
der_put_element(struct der_out *o, unsigned tag, struct span content)
{
	der_put(o, content);
	put_head(o, tag, content.len);
}

void
der_put_uint(struct der_out *o, struct span digits)
{
	size_t mark = der_mark(o);

	while (digits.len && byte_at(digits, 0) == 0)
		digits = span_from(digits, 1);
	der_put(o, digits);
	if (digits.len == 0 || byte_at(digits, 0) & 0x80)
		put_byte(o, 0);
	der_wrap(o, DER_INTEGER, mark);
}
