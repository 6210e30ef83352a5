/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/dsse.h"

#include <inttypes.h>
#include "codec/b64.h"
#include "codec/der.h"

void
dsse_pae_head(struct buf *out, struct span type, uint64_t len)
{
	buf_printf(out, "DSSEv1 %zu ", type.len);
	buf_add_span(out, type);
	buf_printf(out, " %" PRIu64 " ", len);
}

void
dsse_pae(struct buf *out, struct span type, struct span payload)
{
	dsse_pae_head(out, type, payload.len);
	buf_add_span(out, payload);
}

void
dsse_pae_digest(enum hash h, struct span type, struct span payload, unsigned char *out)
{
	AUTO(buf) struct buf head = BUF_INIT(type.len + DSSE_PAE_EXTRA);
	AUTO(digest) struct digest d = {0};

	dsse_pae_head(&head, type, payload.len);
	digest_init(&d, h);
	digest_update(&d, buf_span(&head));
	digest_update(&d, payload);
	digest_final(&d, out);
}

/* A string of RFC 4251: four bytes of length, then the bytes. */
static void
wire_string(struct buf *out, struct span s)
{
	unsigned char len[4] = {
		(unsigned char)(s.len >> 24), (unsigned char)(s.len >> 16),
		(unsigned char)(s.len >> 8), (unsigned char)s.len,
	};

	buf_add(out, len, sizeof(len));
	buf_add_span(out, s);
}

/* The subjectPublicKey of a SubjectPublicKeyInfo. */
static bool
spki_key(struct span spki, struct span *key)
{
	struct span body, alg;

	return der_get(&spki, DER_SEQUENCE, &body) && der_get(&body, DER_SEQUENCE, &alg) &&
	    der_get_bits(&body, key);
}

static bool
wire_ecdsa(struct buf *out, struct span key, const char *curve)
{
	AUTO(buf) struct buf name = BUF_INIT(64);

	buf_printf(&name, "ecdsa-sha2-%s", curve);
	wire_string(out, buf_span(&name));
	wire_string(out, span_str(curve));
	wire_string(out, key);
	return true;
}

static bool
wire_rsa(struct buf *out, struct span key)
{
	struct span body, n, e;

	/* A DER INTEGER's content is an mpint of RFC 4251 as it stands. */
	if (!der_get(&key, DER_SEQUENCE, &body) || !der_get(&body, DER_INTEGER, &n) ||
	    !der_get(&body, DER_INTEGER, &e))
		return false;
	wire_string(out, SPAN("ssh-rsa"));
	wire_string(out, e);
	wire_string(out, n);
	return true;
}

static bool
wire_ed25519(struct buf *out, struct span key)
{
	wire_string(out, SPAN("ssh-ed25519"));
	wire_string(out, key);
	return true;
}

/* The key as RFC 4253 and RFC 5656 have it on the wire. */
static bool
wire_key(const struct pubkey *k, struct buf *out)
{
	struct span key;

	if (!spki_key(buf_span(&k->spki), &key))
		return false;
	switch (k->type) {
	case KEY_P256:
		return wire_ecdsa(out, key, "nistp256");
	case KEY_P384:
		return wire_ecdsa(out, key, "nistp384");
	case KEY_P521:
		return wire_ecdsa(out, key, "nistp521");
	case KEY_RSA:
		return wire_rsa(out, key);
	case KEY_ED25519:
		return wire_ed25519(out, key);
	case KEY_NONE:
		break;
	}
	return false;
}

bool
dsse_keyid(const struct pubkey *k, struct buf *out)
{
	AUTO(buf) struct buf wire = BUF_INIT(PUBKEY_FILE_MAX);
	AUTO(buf) struct buf text = BUF_INIT(128);
	unsigned char hash[HASH_SIZE_MAX];
	struct span id;

	if (!wire_key(k, &wire) || wire.over)
		return false;
	digest_of(HASH_SHA256, buf_span(&wire), hash);
	b64_encode(&text, span_of(hash, hash_size(HASH_SHA256)), B64_STD);
	for (id = buf_span(&text); span_ends(id, "=");)
		id.len--;
	buf_add_str(out, "SHA256:");
	buf_add_span(out, id);
	return true;
}
