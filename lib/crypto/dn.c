/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/dn.h"

#include "codec/der.h"
#include "codec/hex.h"
#include "codec/oid.h"

static const struct { const char *name; char last; } types[] = {
	{"SERIALNUMBER", 5}, {"CN", 3}, {"POSTALCODE", 17}, {"STREET", 9}, {"ST", 8}, {"L", 7},
	{"OU", 11}, {"O", 10}, {"C", 6},
};

struct dn_iter {
	struct span rdns, set;
	struct span oid, whole, value;	/* whole: the value with its head */
};

static struct dn_iter
dn_iter(struct span name)
{
	struct dn_iter it = {.set = SPAN_NONE};

	(void)der_get(&name, DER_SEQUENCE, &it.rdns);
	return it;
}

/* A value's type does not matter: all are shown as bytes. */
static bool
value_get(struct span whole, struct span *value)
{
	return whole.len > 0 && der_get(&whole, (unsigned char)whole.ptr[0], value);
}

static bool
dn_next(struct dn_iter *it)
{
	struct span pair;

	while (it->set.len == 0)
		if (!der_get(&it->rdns, DER_SET, &it->set))
			return false;
	if (!der_get(&it->set, DER_SEQUENCE, &pair) || !der_get(&pair, DER_OID, &it->oid))
		return false;
	it->whole = pair;
	return value_get(pair, &it->value);
}

struct span
dn_get(struct span name, struct span oid, bool last)
{
	struct span found = SPAN_NONE;

	for (struct dn_iter it = dn_iter(name); dn_next(&it);)
		if (span_eq(it.oid, oid) && (last || !found.ptr))
			found = it.value;
	return found;
}

static void
add_value(struct span value, struct buf *out)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];
		bool edge = (i == 0 && (c == '#' || c == ' ')) || (i + 1 == value.len && c == ' ');

		if (edge || strchr(",+\"\\<>;", c ? c : 'a'))
			buf_add_char(out, '\\');
		buf_add_char(out, c);
	}
}

static bool
is_listed(struct span oid)
{
	for (size_t i = 0; i < countof(types); i++)
		if (oid.len == 3 && memcmp(oid.ptr, "\x55\x04", 2) == 0 && oid.ptr[2] == types[i].last)
			return true;
	return false;
}

void
dn_format(struct span name, struct buf *out)
{
	const char *between = "";

	for (size_t i = 0; i < countof(types); i++) {
		const char oid[] = {'\x55', '\x04', types[i].last};

		for (struct dn_iter it = dn_iter(name); dn_next(&it);) {
			if (!span_eq(it.oid, span_of(oid, sizeof(oid))))
				continue;
			buf_printf(out, "%s%s=", between, types[i].name);
			add_value(it.value, out);
			between = "+";
		}
		if (*between)
			between = ",";
	}
	for (struct dn_iter it = dn_iter(name); dn_next(&it);) {
		char text[OID_TEXT_MAX];

		if (is_listed(it.oid))
			continue;
		buf_printf(out, "%s%s=#", between, oid_format(it.oid, text));
		hex_encode(out, it.whole);
		between = ",";
	}
}
