/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/tspcheck.h"

#include <openssl/evp.h>
#include "base/date.h"
#include "codec/der.h"
#include "codec/hex.h"
#include "crypto/ossl.h"
#include "crypto/tspinfo.h"

enum { SHA1_SIZE = 20, HELPERS_MAX = 8 };

static int
refuse(struct err *e, const char *what)
{
	return err_set(e, REASON_BAD_TIMESTAMP, "the timestamp %s", what);
}

static int
check_imprint(const struct tsp *t, struct span message, struct err *e)
{
	unsigned char value[HASH_SIZE_MAX];
	char text[2 * HASH_SIZE_MAX + 1];

	digest_of(t->imprint_hash, message, value);
	if (span_eq(t->imprint, span_of(value, hash_size(t->imprint_hash))))
		return 0;
	refuse(e, "is about other bytes");
	hex_format(text, value, hash_size(t->imprint_hash));
	err_expected(e, "%s:%s", hash_name(t->imprint_hash), text);
	hex_format(text, t->imprint.ptr, t->imprint.len);
	return err_found(e, "%s:%s", hash_name(t->imprint_hash), text);
}

static int
check_wishes(const struct tsp *t, const struct tsp_want *want, struct err *e)
{
	struct span nonce = want->nonce;

	while (nonce.len && nonce.ptr[0] == 0)
		nonce = span_from(nonce, 1);
	if (want->nonce.ptr && (!t->nonce.ptr || !span_eq(t->nonce, nonce)))
		return refuse(e, "does not answer this request: the nonce differs");
	if (want->policy.ptr && !span_eq(t->policy, want->policy))
		return refuse(e, "was made under another policy");
	return 0;
}

/* Whether the SignerInfo names this certificate. */
static bool
is_named(const struct tsp *t, const struct cert *c)
{
	const struct cert_extension *x;
	struct span rest, id;

	if (t->sid_issuer.ptr)
		return span_eq(t->sid_issuer, c->issuer) && span_eq(t->sid_serial, c->serial);
	x = cert_find(c, SPAN("\x55\x1d\x0e"));
	rest = x ? x->value : SPAN_NONE;
	return der_get(&rest, DER_OCTETS, &id) && rest.len == 0 && span_eq(id, t->sid_key_id);
}

/* IssuerSerial of RFC 5035: a directoryName and a number. */
static bool
is_issuer_serial(struct span rest, const struct cert *c)
{
	struct span body, names, name, serial;

	return der_get(&rest, DER_SEQUENCE, &body) && rest.len == 0 && der_get(&body, DER_SEQUENCE, &names) &&
	    der_get(&names, 0xa4, &name) && names.len == 0 && der_get_uint(&body, &serial) && body.len == 0 &&
	    span_eq(name, c->issuer) && span_eq(serial, c->serial);
}

/* The first certificate identifier of SigningCertificate or its second
 * version: the signer's (RFC 5035 section 5.4). */
static bool
first_id(struct span value, struct span *id)
{
	struct span body, list;

	return der_get(&value, DER_SEQUENCE, &body) && value.len == 0 && der_get(&body, DER_SEQUENCE, &list) &&
	    der_get(&list, DER_SEQUENCE, id);
}

static bool
matches_id(struct span id, struct span hash, const struct cert *c)
{
	struct span value;

	return der_get(&id, DER_OCTETS, &value) && span_eq(value, hash) && (id.len == 0 || is_issuer_serial(id, c));
}

static bool
matches_v1(struct span attribute, const struct cert *c)
{
	unsigned char value[SHA1_SIZE];
	struct span id;

	return first_id(attribute, &id) && EVP_Digest(c->der.ptr, c->der.len, value, NULL, EVP_sha1(), NULL) &&
	    matches_id(id, span_of(value, sizeof(value)), c);
}

static bool
matches_v2(struct span attribute, const struct cert *c)
{
	unsigned char value[HASH_SIZE_MAX];
	enum hash hash = HASH_SHA256;
	struct span id, algorithm;

	if (!first_id(attribute, &id))
		return false;
	if (der_is(id, DER_SEQUENCE) && (!der_get(&id, DER_SEQUENCE, &algorithm) || tspinfo_hash(algorithm, &hash, NULL)))
		return false;
	digest_of(hash, buf_span(&c->der), value);
	return matches_id(id, span_of(value, hash_size(hash)), c);
}

/* Some signed attribute must say which certificate, and none another. */
static int
check_attributes(const struct tsp *t, const struct cert *c, struct err *e)
{
	if (!t->signing_cert.ptr && !t->signing_cert_v2.ptr)
		return refuse(e, "does not say by which certificate it was signed");
	if ((t->signing_cert.ptr && !matches_v1(t->signing_cert, c)) ||
	    (t->signing_cert_v2.ptr && !matches_v2(t->signing_cert_v2, c)))
		return refuse(e, "names another signing certificate");
	return 0;
}

/* RFC 5652 section 5.4: what is signed are the attributes as a SET. */
static int
check_signature(const struct tsp *t, struct cert *c, struct err *e)
{
	AUTO(buf) struct buf set = BUF_INIT(TSP_MAX);
	unsigned char value[HASH_SIZE_MAX];
	struct pubkey *key = cert_key(c, e);
	int status;

	if (!key)
		return -1;
	digest_of(t->signer_hash, t->info, value);
	if (!span_eq(t->message_digest, span_of(value, hash_size(t->signer_hash))))
		return refuse(e, "was changed: its content is not what was signed");
	buf_add_char(&set, DER_SET);
	buf_add_span(&set, span_from(t->attributes, 1));
	if (buf_check(&set, "the signed attributes", e))
		return -1;
	key->pss = t->pss;
	status = pubkey_verify(key, t->signer_hash, buf_span(&set), t->signature, e);
	key->pss = false;
	return status;
}

/* RFC 3161 section 2.3. */
static int
check_signer(const struct tsp *t, const struct cert *c, struct err *e)
{
	const struct cert_extension *x = cert_find(c, SPAN("\x55\x1d\x25"));
	struct span rest = c->usages, oid;

	if (c->is_ca)
		return refuse(e, "was signed by a certificate authority itself");
	if (!x || !x->critical || !der_get(&rest, DER_OID, &oid) || rest.len || !span_eq(oid, CERT_TIME_STAMPING)) {
		refuse(e, "was signed with a certificate for other purposes");
		return err_expected(e, "an extended key usage that is critical and is timeStamping alone");
	}
	if (c->has_key_usage && !(c->key_usage & (CERT_DIGITAL_SIGNATURE | CERT_NON_REPUDIATION)))
		return refuse(e, "was signed with a certificate that is not for signatures");
	if (t->has_signing_time && !cert_valid_at(c, t->signing_time))
		return refuse(e, "has a signing time outside the validity of its certificate");
	return 0;
}

static int
check_chain(const struct tsp *t, const struct tsp_want *want, struct certlist *inside, struct cert *leaf,
    struct err *e)
{
	struct certlist *helpers[HELPERS_MAX] = {inside};
	struct chain_want path = {
		.roots = want->roots,
		.root_lists = want->root_lists,
		.helpers = helpers,
		.helper_lists = 1 + want->helper_lists,
		.purpose = CERT_TIME_STAMPING,
		.when = t->time.seconds,
		.until = t->time.seconds + (t->time.nanos > 0),
	};
	struct chain chain;

	if (want->helper_lists >= HELPERS_MAX)
		return refuse(e, "has too many lists of intermediates");
	for (size_t i = 0; i < want->helper_lists; i++)
		helpers[i + 1] = want->helpers[i];
	return chain_build(&chain, leaf, &path, e);
}

/* All that a certificate must be to have signed this token. */
static int
check_with(const struct tsp *t, const struct tsp_want *want, struct certlist *inside, struct cert *c, struct err *e)
{
	if (check_attributes(t, c, e) || check_signer(t, c, e) || check_signature(t, c, e) ||
	    check_chain(t, want, inside, c, e))
		return -1;
	return 0;
}

/* Injected certificates may be anything: those that cannot be read are as good
 * as absent. */
static void
read_inside(const struct tsp *t, struct certlist *inside)
{
	for (size_t i = 0; i < t->cert_count; i++)
		(void)!certlist_add_der(inside, t->certs[i], NULL);
}

static int
check_any(const struct tsp *t, const struct tsp_want *want, struct certlist *inside, struct err *e)
{
	struct err why = ERR_INIT;

	refuse(&why, "was signed by a certificate that is not at hand");
	for (size_t i = 0; i < inside->count; i++)
		if (is_named(t, inside->items[i]) && check_with(t, want, inside, inside->items[i], &why) == 0)
			return 0;
	if (e)
		*e = why;
	return -1;
}

static int
check_leaf(const struct tsp *t, const struct tsp_want *want, struct certlist *inside, struct err *e)
{
	if (!is_named(t, want->leaf))
		return refuse(e, "was not signed by the certificate of this authority");
	return check_with(t, want, inside, want->leaf, e);
}

int
tspcheck(const struct tsp *t, const struct tsp_want *want, struct err *e)
{
	AUTO(certlist) struct certlist inside = CERTLIST_INIT;
	char when[DATE_TEXT];

	if (check_imprint(t, want->message, e) || check_wishes(t, want, e))
		return -1;
	read_inside(t, &inside);
	if ((want->leaf ? check_leaf(t, want, &inside, e) : check_any(t, want, &inside, e)) == 0)
		return 0;
	/* Whatever was wrong with a key, signature or path: no good timestamp. */
	if (e && e->reason != REASON_BAD_TIMESTAMP) {
		e->reason = REASON_BAD_TIMESTAMP;
		err_wrap(e, "the timestamp of %s", date_format(t->time.seconds, when));
	}
	return -1;
}
