/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/keywrite.h"

#include "base/mem.h"
#include "codec/der.h"

/* An RSA private key of 8192 bits takes 4.7 KiB. */
enum { DER_MAX = 8192 };

static void
put_algorithm(struct der_out *o, enum key_type type)
{
	size_t mark = der_mark(o);

	if (type == KEY_RSA)
		der_put_element(o, DER_NULL, SPAN_NONE);
	else if (type != KEY_ED25519)
		der_put_element(o, DER_OID, keyparts_curve_oid(type));
	der_put_element(o, DER_OID, keyparts_algorithm_oid(type));
	der_wrap(o, DER_SEQUENCE, mark);
}

static void
wrap_bits(struct der_out *o, size_t mark)
{
	der_put(o, SPAN("\0"));
	der_wrap(o, DER_BITS, mark);
}

static void
put_rsa(struct der_out *o, const struct keyparts *k, int parts)
{
	size_t mark = der_mark(o);

	for (int i = parts; i-- > 0;)
		der_put_uint(o, k->rsa[i]);
	if (parts == RSA_PARTS)
		der_put_uint(o, SPAN_NONE);
	der_wrap(o, DER_SEQUENCE, mark);
}

void
keywrite_spki(const struct keyparts *k, struct buf *out)
{
	unsigned char room[DER_MAX];
	struct der_out o;

	der_out_init(&o, room, sizeof(room));
	if (k->type == KEY_RSA)
		put_rsa(&o, k, RSA_D);
	else
		der_put(&o, k->point);
	wrap_bits(&o, sizeof(room));
	put_algorithm(&o, k->type);
	der_wrap(&o, DER_SEQUENCE, sizeof(room));
	if (o.over)
		BUG("a public key of more than %d bytes", DER_MAX);
	buf_add_span(out, der_out_span(&o));
}

static void
put_ec_private(struct der_out *o, const struct keyparts *k)
{
	static const char zeros[66];
	size_t mark = der_mark(o), inner;

	if (k->point.ptr) {
		der_put(o, k->point);
		wrap_bits(o, mark);
		der_wrap(o, DER_CONTEXT_1, mark);
	}
	inner = der_mark(o);
	der_put(o, k->scalar);
	der_put(o, span_of(zeros, keyparts_field(k->type) - k->scalar.len));
	der_wrap(o, DER_OCTETS, inner);
	der_put_element(o, DER_INTEGER, SPAN("\1"));
	der_wrap(o, DER_SEQUENCE, mark);
}

void
keywrite_pkcs8(const struct keyparts *k, struct secret *out)
{
	AUTO(secret) struct secret room = SECRET_INIT;
	struct der_out o;

	secret_new(&room, DER_MAX);
	der_out_init(&o, room.bytes, room.len);
	if (k->type == KEY_RSA)
		put_rsa(&o, k, RSA_PARTS);
	else if (k->type == KEY_ED25519)
		der_put_element(&o, DER_OCTETS, k->scalar);
	else
		put_ec_private(&o, k);
	der_wrap(&o, DER_OCTETS, room.len);
	put_algorithm(&o, k->type);
	der_put_uint(&o, SPAN_NONE);
	der_wrap(&o, DER_SEQUENCE, room.len);
	if (o.over)
		BUG("a private key of more than %d bytes", DER_MAX);
	secret_copy(out, der_out_span(&o));
}
