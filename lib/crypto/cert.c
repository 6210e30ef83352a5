/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/cert.h"

#include <openssl/x509.h>
#include "codec/der.h"
#include "codec/dertime.h"
#include "codec/hex.h"
#include "codec/oid.h"
#include "codec/pem.h"
#include "crypto/certusage.h"
#include "crypto/ossl.h"

enum { VERSION_3 = 2 };

static int
bad(struct err *e, const char *what)
{
	return err_set(e, REASON_BAD_CERTIFICATE, "the certificate breaks X.509: %s", what);
}

static int
get_version(struct span *tbs, uint64_t *version, struct err *e)
{
	struct span v;

	*version = 0;
	if (!der_is(*tbs, DER_CONTEXT_0))
		return 0;
	if (!der_get(tbs, DER_CONTEXT_0, &v) || !der_get_number(&v, VERSION_3, version) || v.len)
		return bad(e, "its version");
	return 0;
}

static int
get_validity(struct cert *c, struct span *tbs, struct err *e)
{
	struct span v;

	if (!der_get(tbs, DER_SEQUENCE, &v) || !dertime_get(&v, &c->not_before) ||
	    !dertime_get(&v, &c->not_after) || v.len)
		return bad(e, "its validity");
	return 0;
}

static int
add_extension(struct cert *c, struct span element, struct err *e)
{
	struct cert_extension x = {.element = element};
	struct span body;

	if (!der_get(&element, DER_SEQUENCE, &body) || !der_get(&body, DER_OID, &x.oid) || !oid_is_valid(x.oid))
		return bad(e, "an extension");
	if (der_is(body, DER_BOOLEAN) && !der_get_bool(&body, &x.critical))
		return bad(e, "an extension");
	if (!der_get(&body, DER_OCTETS, &x.value) || body.len)
		return bad(e, "an extension");
	if (cert_find(c, x.oid)) {
		char text[OID_TEXT_MAX];

		bad(e, "an extension is there twice");
		return err_found(e, "%s", oid_format(x.oid, text));
	}
	if (c->extensions == CERT_EXTENSIONS_MAX)
		return err_set(e, REASON_TOO_LARGE, "a certificate has at most %d extensions", CERT_EXTENSIONS_MAX);
	c->extension[c->extensions++] = x;
	return 0;
}

static int
get_extensions(struct cert *c, struct span rest, uint64_t version, struct err *e)
{
	struct span outer, list, element;

	if (rest.len == 0)
		return 0;
	if (version != VERSION_3 || !der_get(&rest, DER_CONTEXT_3, &outer) || rest.len ||
	    !der_get(&outer, DER_SEQUENCE, &list) || outer.len || list.len == 0)
		return bad(e, "its extensions");
	while (list.len)
		if (!der_get_whole(&list, DER_SEQUENCE, &element))
			return bad(e, "its extensions");
		else if (add_extension(c, element, e))
			return -1;
	return 0;
}

/* issuerUniqueID and subjectUniqueID; nobody uses them. */
static void
skip_unique_ids(struct span *tbs)
{
	struct span ignored;

	(void)der_get(tbs, 0x81, &ignored);
	(void)der_get(tbs, 0x82, &ignored);
}

/* TBSCertificate, RFC 5280 section 4.1. */
static int
get_tbs(struct cert *c, struct span *algorithm, struct err *e)
{
	struct span whole = c->tbs, tbs, all;
	uint64_t version;

	if (!der_get(&whole, DER_SEQUENCE, &tbs))
		return bad(e, "its body");
	all = tbs;
	if (get_version(&tbs, &version, e))
		return -1;
	if (!der_get_uint(&tbs, &c->serial))
		return bad(e, "its serial number");
	if (!der_get_whole(&tbs, DER_SEQUENCE, algorithm) || !der_get_whole(&tbs, DER_SEQUENCE, &c->issuer))
		return bad(e, "its issuer");
	if (get_validity(c, &tbs, e))
		return -1;
	if (!der_get_whole(&tbs, DER_SEQUENCE, &c->subject) || !der_get_whole(&tbs, DER_SEQUENCE, &c->spki))
		return bad(e, "its subject");
	skip_unique_ids(&tbs);
	c->tbs_front = span_first(all, all.len - tbs.len);
	return get_extensions(c, tbs, version, e);
}

static int
parse(struct cert *c, struct err *e)
{
	struct span rest = buf_span(&c->der), body, inner, outer, signature;

	if (!der_get(&rest, DER_SEQUENCE, &body) || rest.len)
		return bad(e, "not one SEQUENCE");
	if (!der_get_whole(&body, DER_SEQUENCE, &c->tbs) || !der_get_whole(&body, DER_SEQUENCE, &outer) ||
	    !der_get_bits(&body, &signature) || body.len)
		return bad(e, "not a body, an algorithm and a signature");
	if (get_tbs(c, &inner, e))
		return -1;
	if (!span_eq(inner, outer))
		return bad(e, "it names two algorithms");
	return certusage_parse(c, e);
}

int
cert_parse_der(struct cert *c, struct span der, struct err *e)
{
	cert_release(c);
	if (der.len > CERT_MAX)
		return err_set(e, REASON_TOO_LARGE, "a certificate has at most %d bytes", CERT_MAX);
	buf_add_span(&c->der, der);
	c->path_len = -1;
	if (parse(c, e)) {
		cert_release(c);
		return -1;
	}
	return 0;
}

int
cert_parse_pem(struct cert *c, struct span pem, struct span *rest, struct err *e)
{
	AUTO(buf) struct buf der = BUF_INIT(CERT_MAX);
	struct pem block;

	if (pem_next(&block, pem, rest, e))
		return -1;
	if (!span_is(block.label, "CERTIFICATE")) {
		err_set(e, REASON_BAD_CERTIFICATE, "this PEM is not a certificate");
		err_expected(e, "CERTIFICATE");
		return err_found(e, "%.*s", SPAN_FMT(span_first(block.label, 64)));
	}
	return pem_decode(&block, &der, e) ? -1 : cert_parse_der(c, buf_span(&der), e);
}

void
cert_release(struct cert *c)
{
	X509_free(c->x509);
	pubkey_release(&c->key);
	buf_release(&c->der);
	*c = (struct cert)CERT_INIT;
}

void
cert_emit_pem(const struct cert *c, struct buf *out)
{
	pem_encode(out, "CERTIFICATE", buf_span(&c->der));
}

struct pubkey *
cert_key(struct cert *c, struct err *e)
{
	char name[CERT_NAME_MAX];

	if (c->key.type != KEY_NONE)
		return &c->key;
	if (pubkey_parse_spki(&c->key, c->spki, e) == 0)
		return &c->key;
	if (e)
		e->reason = REASON_BAD_CERTIFICATE;
	err_wrap(e, "the key of certificate '%s'", cert_describe(c, name));
	return NULL;
}

/* Two readers of one text must not differ: what OpenSSL read must be written
 * as it was. */
static bool
reads_same(const struct cert *c, X509 *x)
{
	unsigned char *again = NULL;
	int len = i2d_X509(x, &again);
	bool same = len > 0 && span_eq(span_of(again, (size_t)len), buf_span(&c->der)) &&
	    X509_get_ext_count(x) == (int)c->extensions;

	OPENSSL_free(again);
	return same;
}

void *
cert_x509(struct cert *c, struct err *e)
{
	const unsigned char *at = (const unsigned char *)c->der.ptr;

	if (c->x509)
		return c->x509;
	ossl_init();
	c->x509 = d2i_X509(NULL, &at, (long)c->der.len);
	if (!c->x509 || !reads_same(c, c->x509)) {
		X509_free(c->x509);
		c->x509 = NULL;
		ossl_fail(e, REASON_BAD_CERTIFICATE, "libcrypto cannot read the certificate");
	}
	return c->x509;
}

const struct cert_extension *
cert_find(const struct cert *c, struct span oid)
{
	for (size_t i = 0; i < c->extensions; i++)
		if (span_eq(c->extension[i].oid, oid))
			return &c->extension[i];
	return NULL;
}

const struct cert_extension *
cert_find_text(const struct cert *c, const char *text)
{
	struct oid oid;

	return oid_parse(&oid, span_str(text), NULL) ? NULL : cert_find(c, oid_span(&oid));
}

bool
cert_has_usage(const struct cert *c, struct span purpose)
{
	struct span rest = c->usages, oid;

	/* 2.5.29.37.0 is any purpose. */
	while (der_get(&rest, DER_OID, &oid))
		if (span_eq(oid, purpose) || span_eq(oid, SPAN("\x55\x1d\x25\x00")))
			return true;
	return false;
}

/* The last commonName of a Name. */
static struct span
common_name(struct span name)
{
	struct span rdns, set, pair, oid, found = SPAN_NONE, value;

	if (!der_get(&name, DER_SEQUENCE, &rdns))
		return found;
	while (der_get(&rdns, DER_SET, &set))
		while (der_get(&set, DER_SEQUENCE, &pair))
			if (der_get(&pair, DER_OID, &oid) && span_eq(oid, SPAN("\x55\x04\x03")) &&
			    (der_get(&pair, DER_UTF8, &value) || der_get(&pair, DER_PRINTABLE, &value)))
				found = value;
	return found;
}

const char *
cert_describe(const struct cert *c, char text[CERT_NAME_MAX])
{
	struct span name = span_first(common_name(c->subject), CERT_NAME_MAX - 1);
	char serial[2 * 32 + 1];

	if (name.len) {
		snprintf(text, CERT_NAME_MAX, "%.*s", SPAN_FMT(name));
		return text;
	}
	hex_format(serial, c->serial.ptr, c->serial.len > 32 ? 32 : c->serial.len);
	snprintf(text, CERT_NAME_MAX, "serial %s", serial);
	return text;
}
