/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/certname.h"

#include "codec/der.h"
#include "codec/utf8.h"

enum { DER_NUMERIC = 0x12, DER_T61 = 0x14, DER_IA5 = 0x16 };

static bool
get_text(struct span *rest, struct span *value)
{
	static const unsigned tags[] = {DER_UTF8, DER_PRINTABLE, DER_IA5, DER_NUMERIC, DER_T61};

	for (size_t i = 0; i < countof(tags); i++)
		if (der_get(rest, tags[i], value))
			return utf8_is_valid(*value);
	return false;
}

static struct span
find(struct span name, struct span oid, bool first)
{
	struct span rdns, set, pair, type, value, found = SPAN_NONE;

	if (!der_get(&name, DER_SEQUENCE, &rdns))
		return found;
	while (der_get(&rdns, DER_SET, &set))
		while (der_get(&set, DER_SEQUENCE, &pair))
			if (der_get(&pair, DER_OID, &type) && span_eq(type, oid) &&
			    get_text(&pair, &value) && !(first && found.ptr))
				found = value;
	return found;
}

struct span
certname_common(struct span name)
{
	return find(name, SPAN("\x55\x04\x03"), false);
}

struct span
certname_organization(struct span name)
{
	return find(name, SPAN("\x55\x04\x0a"), true);
}
