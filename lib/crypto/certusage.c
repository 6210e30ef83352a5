/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/certusage.h"

#include "codec/der.h"
#include "codec/oid.h"

/* Extensions below id-ce, 2.5.29, by their last number. */
enum { KEY_USAGE = 15, ALTERNATIVE_NAME = 17, CONSTRAINTS = 19, NAME_CONSTRAINTS = 30, POLICIES = 32, EXTENDED_USAGE = 37 };

static int
bad(struct err *e, const char *what)
{
	return err_set(e, REASON_BAD_CERTIFICATE, "the certificate's %s is malformed", what);
}

static int
parse_constraints(struct cert *c, struct span value, struct err *e)
{
	struct span body;
	uint64_t len;

	if (!der_get(&value, DER_SEQUENCE, &body) || value.len)
		return bad(e, "basic constraints");
	(void)der_get_bool(&body, &c->is_ca);
	if (body.len && c->is_ca && der_get_number(&body, INT16_MAX, &len))
		c->path_len = (int)len;
	return body.len ? bad(e, "basic constraints") : 0;
}

/* A BIT STRING, the first bit the highest; at most nine of them have names. */
static int
parse_key_usage(struct cert *c, struct span value, struct err *e)
{
	struct span bits;

	if (!der_get(&value, DER_BITS, &bits) || value.len || bits.len < 2 || bits.len > 3 ||
	    (unsigned char)bits.ptr[0] > 7)
		return bad(e, "key usage");
	for (unsigned i = 0; i < 8 * (bits.len - 1); i++)
		if ((unsigned char)bits.ptr[1 + i / 8] & 0x80U >> i % 8)
			c->key_usage |= 1U << i;
	c->has_key_usage = true;
	return c->key_usage ? 0 : bad(e, "key usage");
}

static int
parse_extended(struct cert *c, struct span value, struct err *e)
{
	struct span rest, oid;

	if (!der_get(&value, DER_SEQUENCE, &c->usages) || value.len || c->usages.len == 0)
		return bad(e, "extended key usage");
	for (rest = c->usages; rest.len;)
		if (!der_get(&rest, DER_OID, &oid) || !oid_is_valid(oid))
			return bad(e, "extended key usage");
	return 0;
}

static const struct {
	char arc;
	int (*parse)(struct cert *c, struct span value, struct err *e);
} parsers[] = {
	{CONSTRAINTS, parse_constraints},
	{KEY_USAGE, parse_key_usage},
	{EXTENDED_USAGE, parse_extended},
};

int
certusage_parse(struct cert *c, struct err *e)
{
	for (size_t i = 0; i < countof(parsers); i++) {
		char oid[] = {0x55, 0x1d, parsers[i].arc};
		const struct cert_extension *x = cert_find(c, span_of(oid, sizeof(oid)));

		if (x && parsers[i].parse(c, x->value, e))
			return -1;
	}
	return 0;
}

/* Judged here or by OpenSSL; the subject alternative name by whoever compares
 * identities. */
static bool
is_handled(struct span oid)
{
	static const char arcs[] = {KEY_USAGE, ALTERNATIVE_NAME, CONSTRAINTS, NAME_CONSTRAINTS, POLICIES, EXTENDED_USAGE};

	return oid.len == 3 && span_starts(oid, "\x55\x1d") && memchr(arcs, oid.ptr[2], sizeof(arcs));
}

const struct cert_extension *
certusage_unhandled(const struct cert *c)
{
	for (size_t i = 0; i < c->extensions; i++)
		if (c->extension[i].critical && !is_handled(c->extension[i].oid))
			return &c->extension[i];
	return NULL;
}
