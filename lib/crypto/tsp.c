/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/tsp.h"

#include "codec/der.h"
#include "codec/dertime.h"
#include "codec/oid.h"
#include "crypto/tspinfo.h"

enum { STATUS_GRANTED = 0, CMS_VERSION_MAX = 5, ATTRIBUTES_MAX = 32 };

#define ID_SIGNED_DATA SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
#define ID_TST_INFO SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04")
#define DER_SUBJECT_KEY_ID DER_PRIMITIVE_0

static int
bad(struct err *e, const char *what)
{
	return err_set(e, REASON_BAD_TIMESTAMP, "the timestamp is malformed: %s", what);
}

/* CertificateSet; other kinds of certificates are passed over. */
static int
get_certs(struct tsp *t, struct span set, struct err *e)
{
	struct span one;

	while (set.len) {
		if (!der_is(set, DER_SEQUENCE)) {
			if (!der_skip(&set))
				return bad(e, "its certificates");
			continue;
		}
		if (!der_get_whole(&set, DER_SEQUENCE, &one))
			return bad(e, "its certificates");
		if (t->cert_count == TSP_CERTS_MAX)
			return err_set(e, REASON_BAD_TIMESTAMP, "a timestamp carries at most %d certificates",
			    TSP_CERTS_MAX);
		t->certs[t->cert_count++] = one;
	}
	return 0;
}

static int
get_signer_id(struct tsp *t, struct span *signer, struct err *e)
{
	struct span id;
	uint64_t version;

	if (!der_get_number(signer, 3, &version))
		return bad(e, "its signer");
	if (version == 3)
		return der_get(signer, DER_SUBJECT_KEY_ID, &t->sid_key_id) && t->sid_key_id.len ? 0 : bad(e, "its signer");
	if (version != 1 || !der_get(signer, DER_SEQUENCE, &id) ||
	    !der_get_whole(&id, DER_SEQUENCE, &t->sid_issuer) || !der_get_uint(&id, &t->sid_serial) || id.len)
		return bad(e, "its signer");
	return 0;
}

static int
get_content_type(struct tsp *t UNUSED, struct span value)
{
	struct span oid;

	return der_get(&value, DER_OID, &oid) && value.len == 0 && span_eq(oid, ID_TST_INFO) ? 0 : -1;
}

static int
get_message_digest(struct tsp *t, struct span value)
{
	return der_get(&value, DER_OCTETS, &t->message_digest) && value.len == 0 ? 0 : -1;
}

static int
get_signing_time(struct tsp *t, struct span value)
{
	t->has_signing_time = true;
	return dertime_get(&value, &t->signing_time) && value.len == 0 ? 0 : -1;
}

static int
get_signing_cert(struct tsp *t, struct span value)
{
	t->signing_cert = value;
	return 0;
}

static int
get_signing_cert_v2(struct tsp *t, struct span value)
{
	t->signing_cert_v2 = value;
	return 0;
}

/* Signed attributes, each at most once and with one value (RFC 5652 section
 * 11, RFC 5035). */
#define PKCS9(n) "\x2a\x86\x48\x86\xf7\x0d\x01\x09" n
enum { CONTENT_TYPE, MESSAGE_DIGEST };
static const struct {
	const char *oid;
	int (*get)(struct tsp *t, struct span value);
} attributes[] = {
	[CONTENT_TYPE] = {PKCS9("\x03"), get_content_type},
	[MESSAGE_DIGEST] = {PKCS9("\x04"), get_message_digest},
	{PKCS9("\x05"), get_signing_time},
	{PKCS9("\x10\x02\x0c"), get_signing_cert},
	{PKCS9("\x10\x02\x2f"), get_signing_cert_v2},
};

static int
get_attribute(struct tsp *t, struct span attribute, unsigned *seen, struct err *e)
{
	struct span oid, values;

	if (!der_get(&attribute, DER_OID, &oid) || !der_get(&attribute, DER_SET, &values) || attribute.len ||
	    values.len == 0)
		return bad(e, "its signed attributes");
	for (size_t i = 0; i < countof(attributes); i++) {
		if (!span_is(oid, attributes[i].oid))
			continue;
		if (*seen & 1U << i || attributes[i].get(t, values))
			return bad(e, "a signed attribute");
		*seen |= 1U << i;
	}
	return 0;
}

static int
get_attributes(struct tsp *t, struct span *signer, struct err *e)
{
	struct span rest, list, one;
	unsigned seen = 0, count = 0;

	if (!der_get_whole(signer, DER_CONTEXT_0, &t->attributes))
		return bad(e, "it has no signed attributes");
	rest = t->attributes;
	if (!der_get(&rest, DER_CONTEXT_0, &list))
		return bad(e, "its signed attributes");
	while (list.len)
		if (++count > ATTRIBUTES_MAX || !der_get(&list, DER_SEQUENCE, &one))
			return bad(e, "its signed attributes");
		else if (get_attribute(t, one, &seen, e))
			return -1;
	if (!(seen & 1U << CONTENT_TYPE) || !(seen & 1U << MESSAGE_DIGEST))
		return bad(e, "a signed attribute is missing");
	return 0;
}

/* SignerInfo, RFC 5652 section 5.3. */
static int
get_signer(struct tsp *t, struct span signer, struct err *e)
{
	struct span algorithm, ignored;

	if (get_signer_id(t, &signer, e))
		return -1;
	if (!der_get(&signer, DER_SEQUENCE, &algorithm) || tspinfo_hash(algorithm, &t->signer_hash, e))
		return e && e->reason ? -1 : bad(e, "its digest algorithm");
	if (get_attributes(t, &signer, e))
		return -1;
	if (!der_get(&signer, DER_SEQUENCE, &algorithm) || !der_get(&signer, DER_OCTETS, &t->signature))
		return bad(e, "its signature");
	(void)der_get(&signer, DER_CONTEXT_1, &ignored);	/* unsigned attributes */
	if (signer.len)
		return bad(e, "its signer");
	return tspinfo_check_algorithm(algorithm, t->signer_hash, &t->pss, e);
}

static int
get_content(struct tsp *t, struct span *data, struct err *e)
{
	struct span content, oid, wrapped;

	if (!der_get(data, DER_SEQUENCE, &content) || !der_get(&content, DER_OID, &oid))
		return bad(e, "its content");
	if (!span_eq(oid, ID_TST_INFO)) {
		char text[OID_TEXT_MAX];

		bad(e, "it holds something else");
		err_expected(e, "TSTInfo, 1.2.840.113549.1.9.16.1.4");
		return err_found(e, "%s", oid_format(oid, text));
	}
	if (!der_get(&content, DER_CONTEXT_0, &wrapped) || content.len || !der_get(&wrapped, DER_OCTETS, &t->info) ||
	    wrapped.len)
		return bad(e, "its content");
	return tspinfo_parse(t, e);
}

/* SignedData, RFC 5652 section 5.1, with one signer. */
static int
get_signed_data(struct tsp *t, struct span data, struct err *e)
{
	struct span ignored, certs, signers, one;
	uint64_t version;

	if (!der_get_number(&data, CMS_VERSION_MAX, &version) || !der_get(&data, DER_SET, &ignored))
		return bad(e, "its signed data");
	if (get_content(t, &data, e))
		return -1;
	if (der_is(data, DER_CONTEXT_0) && (!der_get(&data, DER_CONTEXT_0, &certs) || get_certs(t, certs, e)))
		return e && e->reason ? -1 : bad(e, "its certificates");
	(void)der_get(&data, DER_CONTEXT_1, &ignored);	/* revocation lists */
	if (!der_get(&data, DER_SET, &signers) || data.len)
		return bad(e, "its signed data");
	if (!der_get(&signers, DER_SEQUENCE, &one) || signers.len)
		return bad(e, "it does not have exactly one signer");
	return get_signer(t, one, e);
}

/* ContentInfo. */
static int
get_token(struct tsp *t, struct span rest, struct err *e)
{
	struct span info, oid, wrapped, data;

	if (!der_get(&rest, DER_SEQUENCE, &info) || rest.len || !der_get(&info, DER_OID, &oid) ||
	    !span_eq(oid, ID_SIGNED_DATA) || !der_get(&info, DER_CONTEXT_0, &wrapped) || info.len ||
	    !der_get(&wrapped, DER_SEQUENCE, &data) || wrapped.len)
		return bad(e, "not one CMS SignedData");
	return get_signed_data(t, data, e);
}

/* TimeStampResp, RFC 3161 section 2.4.2. */
static int
get_response(struct tsp *t, struct span rest, struct err *e)
{
	struct span reply, status;
	uint64_t number;

	if (!der_get(&rest, DER_SEQUENCE, &reply) || rest.len || !der_get(&reply, DER_SEQUENCE, &status) ||
	    !der_get_number(&status, UINT32_MAX, &number))
		return bad(e, "not one TimeStampResp");
	if (number != STATUS_GRANTED) {
		err_set(e, REASON_BAD_TIMESTAMP, "the authority did not grant the timestamp");
		err_expected(e, "status 0");
		return err_found(e, "status %llu", (unsigned long long)number);
	}
	return get_token(t, reply, e);
}

static int
parse(struct tsp *t, struct span der, int (*get)(struct tsp *t, struct span rest, struct err *e), struct err *e)
{
	struct err why = ERR_INIT;

	tsp_release(t);
	if (der.len > TSP_MAX)
		return err_set(e, REASON_TOO_LARGE, "a timestamp has at most %d bytes", TSP_MAX);
	buf_add_span(&t->der, der);
	if (get(t, buf_span(&t->der), &why) == 0)
		return 0;
	tsp_release(t);
	if (e)
		*e = why;
	return -1;
}

int
tsp_parse_response(struct tsp *t, struct span der, struct err *e)
{
	return parse(t, der, get_response, e);
}

int
tsp_parse_token(struct tsp *t, struct span der, struct err *e)
{
	return parse(t, der, get_token, e);
}

void
tsp_release(struct tsp *t)
{
	buf_release(&t->der);
	*t = (struct tsp)TSP_INIT;
}
