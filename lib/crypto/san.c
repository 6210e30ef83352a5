/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/san.h"

#include <arpa/inet.h>
#include "codec/der.h"
#include "codec/utf8.h"

static int
bad(struct err *e, const char *what)
{
	return err_set(e, REASON_BAD_CERTIFICATE, "the certificate's subject alternative name is malformed: %s", what);
}

static bool
is_harmful(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029 ||
	    (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

bool
san_is_clean(struct span text)
{
	uint32_t cp;
	size_t n;

	for (; text.len; text = span_from(text, n)) {
		n = utf8_next(text, &cp);
		if (n == 0 || is_harmful(cp))
			return false;
	}
	return true;
}

/* IA5String: ASCII. */
static int
get_ascii(struct san_list *l UNUSED, struct span value, struct span *text, struct err *e)
{
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.ptr[i] < 0x20 || (unsigned char)value.ptr[i] > 0x7e)
			return bad(e, "a character that is not printable ASCII");
	if (value.len == 0)
		return bad(e, "a name is empty");
	*text = value;
	return 0;
}

/* As Go writes it: an IPv4 address inside IPv6 as IPv4. */
static int
get_address(struct san_list *l, struct span value, struct span *text, struct err *e)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	char written[INET6_ADDRSTRLEN];

	if (value.len == 16 && memcmp(value.ptr, mapped, sizeof(mapped)) == 0)
		value = span_from(value, sizeof(mapped));
	if ((value.len != 4 && value.len != 16) ||
	    !inet_ntop(value.len == 4 ? AF_INET : AF_INET6, value.ptr, written, sizeof(written)))
		return bad(e, "an address has neither 4 nor 16 bytes");
	*text = pool_span(&l->pool, span_str(written));
	return 0;
}

/* OtherName with Fulcio's type: [0] EXPLICIT UTF8String. Others mean nothing
 * to us. */
static int
get_other(struct san_list *l UNUSED, struct span value, struct span *text, struct err *e)
{
	struct span oid, inner;

	if (!der_get(&value, DER_OID, &oid))
		return bad(e, "an otherName");
	if (!span_eq(oid, SPAN("\x2b\x06\x01\x04\x01\x83\xbf\x30\x01\x07")))
		return 0;
	if (!der_get(&value, DER_CONTEXT_0, &inner) || value.len || !der_get(&inner, DER_UTF8, text) || inner.len)
		return bad(e, "a user name that is no UTF8String");
	if (text->len == 0 || !san_is_clean(*text))
		return bad(e, "a user name with control characters, or none");
	return 0;
}

/* GeneralName's tags. */
static const struct {
	unsigned tag;
	enum san_kind kind;
	const char *name;
	int (*get)(struct san_list *l, struct span value, struct span *text, struct err *e);
} kinds[] = {
	{0xa0, SAN_OTHERNAME, "otherName", get_other},
	{0x81, SAN_EMAIL, "email", get_ascii},
	{0x82, SAN_DNS, "DNS", get_ascii},
	{0x86, SAN_URI, "URI", get_ascii},
	{0x87, SAN_IP, "IP", get_address},
};

const char *
san_kind_name(enum san_kind kind)
{
	for (size_t i = 0; i < countof(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].name;
	return "?";
}

static int
get_name(struct san_list *l, struct span *rest, struct err *e)
{
	struct span value, text = SPAN_NONE;

	for (size_t i = 0; i < countof(kinds); i++) {
		if (!der_is(*rest, kinds[i].tag))
			continue;
		if (!der_get(rest, kinds[i].tag, &value))
			return bad(e, "its lengths");
		if (kinds[i].get(l, value, &text, e))
			return -1;
		if (!text.ptr)
			return 0;
		if (l->count == SAN_MAX)
			return err_set(e, REASON_TOO_LARGE, "a certificate has at most %d names", SAN_MAX);
		l->items[l->count++] = (struct san){kinds[i].kind, text};
		return 0;
	}
	return der_skip(rest) ? 0 : bad(e, "its lengths");
}

int
san_list_get(struct san_list *l, const struct cert *c, struct err *e)
{
	const struct cert_extension *x = cert_find(c, SPAN("\x55\x1d\x11"));
	struct span rest, names;

	san_list_release(l);
	if (!x)
		return 0;
	rest = x->value;
	if (!der_get(&rest, DER_SEQUENCE, &names) || rest.len || names.len == 0)
		return bad(e, "not one SEQUENCE of names");
	while (names.len)
		if (get_name(l, &names, e)) {
			san_list_release(l);
			return -1;
		}
	return 0;
}

void
san_list_release(struct san_list *l)
{
	pool_release(&l->pool);
	l->count = 0;
}

const struct san *
san_primary(const struct san_list *l)
{
	for (enum san_kind kind = SAN_URI; kind <= SAN_OTHERNAME; kind++)
		for (size_t i = 0; i < l->count; i++)
			if (l->items[i].kind == kind)
				return &l->items[i];
	return NULL;
}
