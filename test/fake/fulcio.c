/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A certificate authority that speaks Fulcio's API, version 2: fulcio-oidc.md 6.
 */
#include "sigstore.h"
#include "codec/pem.h"
#include "crypto/pubkey.h"
#include "json/emit.h"
#include "json/scan.h"

#include <openssl/pem.h>

struct ca fulcio_ca;
static struct ca other_ca;
static EVP_PKEY *other_log;

#define FULCIO "1.3.6.1.4.1.57264.1."
#define SCT_LIST "1.3.6.1.4.1.11129.2.4.2"

/* Claims of GitHub's tokens and where they go: fulcio-oidc.md 6.3. */
static const struct {
	const char *claim, *oid, *before;
	bool raw;
} workflow[] = {
	{"event_name", FULCIO "2", "", true},
	{"sha", FULCIO "3", "", true},
	{"workflow", FULCIO "4", "", true},
	{"repository", FULCIO "5", "", true},
	{"ref", FULCIO "6", "", true},
	{"job_workflow_ref", FULCIO "9", "https://github.com/", false},
	{"job_workflow_sha", FULCIO "10", "", false},
	{"runner_environment", FULCIO "11", "", false},
	{"repository", FULCIO "12", "https://github.com/", false},
	{"sha", FULCIO "13", "", false},
	{"ref", FULCIO "14", "", false},
	{"repository_id", FULCIO "15", "", false},
	{"repository_owner", FULCIO "16", "https://github.com/", false},
	{"repository_owner_id", FULCIO "17", "", false},
	{"workflow_ref", FULCIO "18", "https://github.com/", false},
	{"workflow_sha", FULCIO "19", "", false},
	{"event_name", FULCIO "20", "", false},
	{"repository_visibility", FULCIO "22", "", false},
};

/* --- the certificate ----------------------------------------------------- */

static void
add_text(X509 *x, const char *oid, struct span text, bool raw)
{
	ASN1_UTF8STRING *s = ASN1_UTF8STRING_new();
	unsigned char *der = NULL;
	int len;

	ASN1_STRING_set(s, text.ptr, (int)text.len);
	len = i2d_ASN1_UTF8STRING(s, &der);
	seal_extension_raw(x, oid, false, raw ? text : span_of(der, (size_t)len));
	OPENSSL_free(der);
	ASN1_UTF8STRING_free(s);
}

static ASN1_STRING *
new_string(ASN1_STRING *s, struct span text)
{
	ASN1_STRING_set(s, text.ptr, (int)text.len);
	return s;
}

static GENERAL_NAME *
general_name(struct span who, bool email)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_TYPE *value;

	if (email) {
		GENERAL_NAME_set0_value(name, GEN_EMAIL, new_string(ASN1_IA5STRING_new(), who));
	} else if (memmem(who.ptr, who.len, "://", 3)) {
		GENERAL_NAME_set0_value(name, GEN_URI, new_string(ASN1_IA5STRING_new(), who));
	} else {
		value = ASN1_TYPE_new();
		ASN1_TYPE_set(value, V_ASN1_UTF8STRING, new_string(ASN1_UTF8STRING_new(), who));
		GENERAL_NAME_set0_othername(name, OBJ_txt2obj(FULCIO "7", 1), value);
	}
	return name;
}

static void
add_name(struct ask *a, X509 *x, const struct claims *c)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	struct span ref = seal_text(c->all, "job_workflow_ref", &a->pool), who = c->subject;
	const char *other = deed_of(a, "other-identity");

	if (other)
		who = span_str(*other ? other : "mallory@example.com");
	else if (ref.ptr)
		who = span_str(pool_printf(&a->pool, "https://github.com/%.*s", SPAN_FMT(ref)));
	else if (c->email.ptr)
		who = c->email;
	else if (!memmem(who.ptr, who.len, "://", 3))
		who = span_str(pool_printf(&a->pool, "%.*s!example.com", SPAN_FMT(who)));
	sk_GENERAL_NAME_push(names, general_name(who, !ref.ptr && c->email.ptr));
	X509_add1_ext_i2d(x, NID_subject_alt_name, names, 1, X509V3_ADD_APPEND);
	GENERAL_NAMES_free(names);
}

static void
add_claims(struct ask *a, X509 *x, const struct claims *c)
{
	const char *other = deed_of(a, "other-issuer");
	struct span issuer = other ? span_str(*other ? other : "https://other.example.com") : c->issuer;

	add_text(x, FULCIO "1", issuer, true);
	add_text(x, FULCIO "8", issuer, false);
	for (size_t i = 0; i < countof(workflow); i++) {
		struct span v = seal_text(c->all, workflow[i].claim, &a->pool);

		if (v.ptr)
			add_text(x, workflow[i].oid, span_str(pool_printf(&a->pool, "%s%.*s",
			    workflow[i].before, SPAN_FMT(v))), workflow[i].raw);
	}
	if (!deed_of(a, "no-subject"))
		add_text(x, FULCIO "24", c->subject, false);
}

static void
add_length(struct buf *b, size_t n)
{
	buf_add_char(b, (char)(n >> 8));
	buf_add_char(b, (char)n);
}

/* Over the certificate as it is so far; the list becomes its last extension:
 * an OCTET STRING of lengths and SCTs. */
static void
add_sct(struct ask *a, X509 *x, const struct ca *ca)
{
	AUTO(buf) struct buf sct = BUF_INIT(BUF_TEXT_MAX), list = BUF_INIT(BUF_TEXT_MAX);
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	unsigned char *der = NULL;
	int len;

	ctlog_sct(deed_of(a, "other-sct") ? other_log : ctlog_key, x, &ca->middle, &sct);
	/* A byte of its time. */
	if (deed_of(a, "bad-sct"))
		sct.ptr[40] = (char)(sct.ptr[40] ^ 1);
	add_length(&list, sct.len + 2);
	add_length(&list, sct.len);
	buf_add_span(&list, buf_span(&sct));
	ASN1_OCTET_STRING_set(octets, (const unsigned char *)list.ptr, (int)list.len);
	len = i2d_ASN1_OCTET_STRING(octets, &der);
	seal_extension_raw(x, SCT_LIST, false, span_of(der, (size_t)len));
	OPENSSL_free(der);
	ASN1_OCTET_STRING_free(octets);
}

static X509 *
issue(struct ask *a, const struct ca *ca, EVP_PKEY *key, const struct claims *c)
{
	long from = 0, to = deed_number(a, "valid", 600);
	X509 *x;

	if (deed_of(a, "expired"))
		from = -1200, to = -600;
	else if (deed_of(a, "future"))
		from = 600, to = 1200;
	x = seal_new(NULL, key, &ca->middle, from, to);
	seal_extension(x, &ca->middle, NID_key_usage, "critical,digitalSignature");
	seal_extension(x, &ca->middle, NID_ext_key_usage, deed_of(a, "other-usage") ? "serverAuth" : "codeSigning");
	seal_extension(x, &ca->middle, NID_authority_key_identifier, "keyid:always");
	add_name(a, x, c);
	add_claims(a, x, c);
	seal_finish(x, ca->middle.key);
	if (!deed_of(a, "detached") && !deed_of(a, "no-sct")) {
		add_sct(a, x, ca);
		seal_finish(x, ca->middle.key);
	}
	return x;
}

/* --- the request --------------------------------------------------------- */

static EVP_PKEY *
read_key(struct span text)
{
	BIO *in = BIO_new_mem_buf(text.ptr, (int)text.len);
	EVP_PKEY *key = PEM_read_bio_PUBKEY(in, NULL, NULL, NULL);

	BIO_free(in);
	return key;
}

/* Whatever it says of its subject; proved: it is signed by its key. */
static EVP_PKEY *
read_csr(struct span text, bool *is_proved)
{
	AUTO(buf) struct buf pem = BUF_INIT(BUF_TEXT_MAX);
	BIO *in;
	X509_REQ *req;
	EVP_PKEY *key = NULL;

	*is_proved = false;
	if (!seal_unbase64(&pem, text) || !pem.len)
		return NULL;
	in = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	req = PEM_read_bio_X509_REQ(in, NULL, NULL, NULL);
	BIO_free(in);
	if (req)
		key = X509_REQ_get_pubkey(req);
	*is_proved = key && X509_REQ_verify(req, key) == 1;
	X509_REQ_free(req);
	return key;
}

static bool
proved(EVP_PKEY *key, struct span challenge, struct span proof)
{
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX), spki = BUF_INIT(BUF_TEXT_MAX);
	AUTO(pubkey) struct pubkey pub = PUBKEY_INIT;
	struct err e = ERR_INIT;

	seal_spki(key, &spki);
	return seal_unbase64(&sig, proof) && pubkey_parse_spki(&pub, buf_span(&spki), &e) == 0 &&
	    pubkey_verify(&pub, HASH_NONE, challenge, buf_span(&sig), &e) == 0;
}

/* The key that is to be certified, NULL with an answer set. */
static EVP_PKEY *
requested_key(struct ask *a, struct node request, const struct claims *c)
{
	struct span pem = seal_text(request, "publicKeyRequest.publicKey.content", &a->pool);
	struct span csr = seal_text(request, "certificateSigningRequest", &a->pool);
	bool is_proved = false;
	EVP_PKEY *key = csr.ptr ? read_csr(csr, &is_proved) : pem.ptr && !deed_of(a, "csr-alone") ? read_key(pem) : NULL;

	if (!key) {
		reply_error(a, 400, 3, csr.ptr ? "The certificate signing request could not be parsed" :
		    "The public key supplied in the request could not be parsed");
		return NULL;
	}
	if (!csr.ptr)
		is_proved = proved(key, c->email.ptr ? c->email : c->subject,
		    seal_text(request, "publicKeyRequest.proofOfPossession", &a->pool));
	if (!is_proved) {
		EVP_PKEY_free(key);
		reply_error(a, 400, 3, "The signature supplied in the request could not be verified");
		return NULL;
	}
	return key;
}

/* --- the answer ---------------------------------------------------------- */

static void
emit_cert(struct emit *j, X509 *x)
{
	AUTO(buf) struct buf pem = BUF_INIT(BUF_TEXT_MAX);

	seal_pem(x, &pem);
	/* As the real one has it: no newline at the end. */
	emit_span(j, span_trim(buf_span(&pem)));
}

static void
emit_chain(struct emit *j, X509 *leaf, const struct ca *ca, bool whole)
{
	emit_object(j);
	emit_key(j, "certificates");
	emit_array(j);
	if (leaf)
		emit_cert(j, leaf);
	if (whole) {
		emit_cert(j, ca->middle.x509);
		emit_cert(j, ca->root.x509);
	}
	emit_array_end(j);
	emit_object_end(j);
}

static void
answer(struct ask *a, X509 *leaf, const struct ca *ca)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX), sct = BUF_INIT(BUF_TEXT_MAX), json = BUF_INIT(BUF_TEXT_MAX);
	bool detached = deed_of(a, "detached") != NULL;
	struct emit j;

	emit_init(&j, &out);
	emit_object(&j);
	emit_key(&j, detached ? "signedCertificateDetachedSct" : "signedCertificateEmbeddedSct");
	emit_object(&j);
	emit_key(&j, "chain");
	emit_chain(&j, leaf, ca, !deed_of(a, "short-chain"));
	if (detached) {
		ctlog_sct(ctlog_key, leaf, NULL, &sct);
		ctlog_json(buf_span(&sct), &json);
		emit_key(&j, "signedCertificateTimestamp");
		emit_base64(&j, buf_span(&json));
	}
	emit_object_end(&j);
	emit_object_end(&j);
	reply_json(a, 200, &out);
}

static void
sign(struct ask *a)
{
	const struct ca *ca = deed_of(a, "other-ca") ? &other_ca : &fulcio_ca;
	const char *header = exchange_header(&a->x, "Authorization"), *wrong = "there is none";
	struct err e = ERR_INIT;
	struct node request;
	struct claims c;
	struct span token;
	EVP_PKEY *key;
	X509 *leaf;

	if (scan_document(buf_span(&a->x.body), &request, &e)) {
		reply_error(a, 400, 3, "no JSON");
		return;
	}
	token = seal_text(request, "credentials.oidcIdentityToken", &a->pool);
	if (header && strncasecmp(header, "Bearer ", 7) == 0)
		token = span_str(header + 7);
	if (token.ptr)
		wrong = token_read(token, &c, &a->pool);
	if (wrong) {
		reply_error(a, 400, 3, "There was an error processing the identity token: %s", wrong);
		return;
	}
	key = requested_key(a, request, &c);
	if (!key)
		return;
	leaf = issue(a, ca, deed_of(a, "other-key") ? ctlog_key : key, &c);
	answer(a, leaf, ca);
	X509_free(leaf);
	EVP_PKEY_free(key);
}

static void
trust_bundle(struct ask *a)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	struct emit j;

	emit_init(&j, &out);
	emit_object(&j);
	emit_key(&j, "chains");
	emit_array(&j);
	emit_chain(&j, NULL, &fulcio_ca, true);
	emit_array_end(&j);
	emit_object_end(&j);
	reply_json(a, 200, &out);
}

static void
configuration(struct ask *a)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	AUTO(charp) char *issuer = sigstore_url("oidc");

	buf_printf(&out, "{\"issuers\":[{\"issuerUrl\":\"%s\",\"audience\":\"sigstore\",\"challengeClaim\":\"email\","
	    "\"spiffeTrustDomain\":\"\",\"issuerType\":\"email\",\"subjectDomain\":\"\"}]}", issuer);
	reply_json(a, 200, &out);
}

/* --- start --------------------------------------------------------------- */

static void
make_ca(struct ca *ca)
{
	ca->root = seal_authority("tests CA root", "P-384", NULL, NULL);
	ca->middle = seal_authority("tests CA", "P-256", &ca->root, "codeSigning");
}

void
fulcio_start(void)
{
	make_ca(&fulcio_ca);
	make_ca(&other_ca);
	other_log = seal_key("P-256");
}

void
fulcio_serve(struct ask *a)
{
	if (exchange_is(&a->x, "POST") && strcmp(a->x.path, "/api/v2/signingCert") == 0)
		sign(a);
	else if (exchange_is(&a->x, "GET") && strcmp(a->x.path, "/api/v2/trustBundle") == 0)
		trust_bundle(a);
	else if (exchange_is(&a->x, "GET") && strcmp(a->x.path, "/api/v2/configuration") == 0)
		configuration(a);
	else
		reply_error(a, 404, 5, "Not Found");
}
