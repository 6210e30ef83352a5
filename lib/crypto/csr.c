/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/csr.h"

#include "codec/der.h"

enum { CSR_EXTRA = 2048 };	/* what stands around a key, and the signature */

/* AlgorithmIdentifier of what s signs with (RFC 5758, 8017, 8410). */
static const struct {
	enum key_type type;
	enum hash hash;
	struct span der;
} schemes[] = {
	{KEY_P256, HASH_SHA256, {"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02", 12}},
	{KEY_P384, HASH_SHA384, {"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03", 12}},
	{KEY_P521, HASH_SHA512, {"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04", 12}},
	{KEY_RSA, HASH_SHA256, {"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00", 15}},
	{KEY_ED25519, HASH_NONE, {"\x30\x05\x06\x03\x2b\x65\x70", 7}},
};

static int
find_scheme(const struct signer *s, struct span *out, struct err *e)
{
	for (size_t i = 0; i < countof(schemes); i++)
		if (s->alg && schemes[i].type == s->alg->type && schemes[i].hash == s->alg->hash &&
		    s->alg->padding != PADDING_PSS) {
			*out = schemes[i].der;
			return 0;
		}
	return err_set(e, REASON_BAD_KEY, "no certificate can be asked for with %s", s->alg ? s->alg->name : "this key");
}

/* CertificationRequestInfo: version 0, no name, the key, no attributes. */
static void
put_info(struct der_out *o, struct span spki)
{
	size_t end = der_mark(o);

	der_put_element(o, DER_CONTEXT_0, SPAN(""));
	der_put(o, spki);
	der_put_element(o, DER_SEQUENCE, SPAN(""));
	der_put_uint(o, SPAN("\0"));
	der_wrap(o, DER_SEQUENCE, end);
}

static void
put_signature(struct der_out *o, struct span sig)
{
	size_t end = der_mark(o);

	der_put(o, sig);
	der_put(o, SPAN("\0"));
	der_wrap(o, DER_BITS, end);
}

int
csr_emit(struct signer *s, struct buf *der, struct err *e)
{
	AUTO(buf) struct buf sig = BUF_INIT(CSR_EXTRA), room = BUF_INIT(PUBKEY_FILE_MAX + CSR_EXTRA);
	struct span spki = buf_span(&s->pub.spki), scheme;
	size_t size = spki.len + CSR_EXTRA;
	struct der_out o;

	if (find_scheme(s, &scheme, e))
		return -1;
	if (!buf_room(&room, size))
		return buf_check(&room, "the request", e);
	der_out_init(&o, room.ptr, size);
	put_info(&o, spki);
	if (signer_sign(s, der_out_span(&o), &sig, e))
		return -1;
	der_out_init(&o, room.ptr, size);
	put_signature(&o, buf_span(&sig));
	der_put(&o, scheme);
	put_info(&o, spki);
	der_wrap(&o, DER_SEQUENCE, size);
	if (o.over)
		return err_set(e, REASON_BAD_KEY, "the key is too large");
	buf_add_span(der, der_out_span(&o));
	return buf_check(der, "the request", e);
}
