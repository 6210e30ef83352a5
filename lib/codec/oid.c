/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/oid.h"

static int
refuse(struct span text, struct err *e)
{
	err_set(e, REASON_BAD_ENCODING, "'%.*s' is no object identifier", SPAN_FMT(span_first(text, 128)));
	return err_expected(e, "numbers with dots between them, as 1.3.6.1.4.1.57264.1.8");
}

/* Seven bits a byte, the highest first (X.690 section 8.19). */
static bool
put_arc(struct oid *oid, uint64_t value)
{
	unsigned count = 1;

	while (count < 10 && value >> (7 * count))
		count++;
	if (oid->len + count > sizeof(oid->der))
		return false;
	while (count--)
		oid->der[oid->len++] = (unsigned char)((value >> (7 * count) & 0x7f) | (count ? 0x80 : 0));
	return true;
}

static bool
take_arc(struct span *rest, uint64_t *arc)
{
	struct span number = span_cut(rest, '.');

	if (number.len > 1 && number.ptr[0] == '0')
		return false;
	return span_decimal(number, UINT32_MAX, arc);
}

int
oid_parse(struct oid *oid, struct span text, struct err *e)
{
	struct span rest = text;
	uint64_t first, arc;

	oid->len = 0;
	if (!take_arc(&rest, &first) || first > 2 || !rest.ptr || !take_arc(&rest, &arc))
		return refuse(text, e);
	if ((first < 2 && arc > 39) || !put_arc(oid, first * 40 + arc))
		return refuse(text, e);
	while (rest.ptr)
		if (!take_arc(&rest, &arc) || !put_arc(oid, arc))
			return refuse(text, e);
	return 0;
}

bool
oid_is_valid(struct span der)
{
	bool start = true;

	for (size_t i = 0; i < der.len; i++) {
		if (start && (unsigned char)der.ptr[i] == 0x80)
			return false;
		start = !(der.ptr[i] & 0x80);
	}
	return der.len && start;
}

const char *
oid_format(struct span der, char text[OID_TEXT_MAX])
{
	size_t used = 0;
	uint64_t value = 0;
	int n;

	for (size_t i = 0; oid_is_valid(der) && i < der.len; i++) {
		if (value >> 56)
			break;
		value = value << 7 | (der.ptr[i] & 0x7f);
		if (der.ptr[i] & 0x80)
			continue;
		n = used ? snprintf(text + used, OID_TEXT_MAX - used, ".%llu", (unsigned long long)value)
			 : snprintf(text, OID_TEXT_MAX, "%d.%llu", value < 80 ? (int)(value / 40) : 2,
			       (unsigned long long)(value < 80 ? value % 40 : value - 80));
		used += (size_t)n;
		value = 0;
		if (used >= OID_TEXT_MAX)
			break;
		if (i + 1 == der.len)
			return text;
	}
	snprintf(text, OID_TEXT_MAX, "?");
	return text;
}
