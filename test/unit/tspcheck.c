/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timestamps made by OpenSSL, judged by us; what is good OpenSSL's own check
 * accepts too.
 */
#include "crypto/tspcheck.h"

#include <openssl/cms.h>
#include <openssl/ts.h>
#include "codec/der.h"
#include "mint.h"
#include "tap.h"

#define CA "critical,CA:TRUE"
#define STAMPING "critical,timeStamping"
#define MESSAGE SPAN("signature")
#define NOW "19700118084000Z"		/* MINT_NOW */

enum { ROOTS, HELPERS, LISTS };

static struct minted *root, *helper, *leaf;
static struct certlist lists[LISTS], *roots = &lists[ROOTS], *helpers = &lists[HELPERS];

/* What the authority does differently. */
struct stamp {
	const struct minted *signer;	/* NULL: leaf */
	const struct minted *inject;	/* one more certificate */
	const char *imprint, *digest;	/* NULL: SHA-256 */
	const char *when;		/* NULL: NOW */
	const char *signed_at;		/* NULL: then, too; a UTCTime */
	unsigned flags;			/* of CMS_add1_signer, instead of naming the certificate */
	bool accuracy, nonce, negative;
};

static struct buf
info(const struct stamp *s)
{
	const EVP_MD *md = EVP_get_digestbyname(s->imprint ? s->imprint : "SHA256");
	TS_TST_INFO *tst = TS_TST_INFO_new();
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *alg = X509_ALGOR_new();
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	ASN1_OBJECT *policy = OBJ_txt2obj("1.3.6.1.4.1.57264.2", 1);
	ASN1_GENERALIZEDTIME *when = ASN1_GENERALIZEDTIME_new();
	TS_ACCURACY *accuracy = TS_ACCURACY_new();
	struct buf der = BUF_INIT(1 << 16);
	unsigned char value[EVP_MAX_MD_SIZE], *bytes = NULL;
	unsigned len = 0;

	EVP_Digest(MESSAGE.ptr, MESSAGE.len, value, &len, md, NULL);
	X509_ALGOR_set_md(alg, md);
	TS_MSG_IMPRINT_set_algo(imprint, alg);
	TS_MSG_IMPRINT_set_msg(imprint, value, (int)len);
	ASN1_INTEGER_set(number, s->negative ? -0x21524111 : 4711);
	ASN1_STRING_set(when, s->when ? s->when : NOW, -1);
	TS_TST_INFO_set_version(tst, 1);
	TS_TST_INFO_set_policy_id(tst, policy);
	TS_TST_INFO_set_msg_imprint(tst, imprint);
	TS_TST_INFO_set_serial(tst, number);
	TS_TST_INFO_set_time(tst, when);
	TS_ACCURACY_set_seconds(accuracy, number);
	if (s->accuracy)
		TS_TST_INFO_set_accuracy(tst, accuracy);
	if (s->nonce)
		TS_TST_INFO_set_nonce(tst, number);
	buf_add(&der, bytes, 0);
	len = (unsigned)i2d_TS_TST_INFO(tst, &bytes);
	buf_add(&der, bytes, len);
	OPENSSL_free(bytes);
	TS_ACCURACY_free(accuracy);
	ASN1_GENERALIZEDTIME_free(when);
	ASN1_OBJECT_free(policy);
	ASN1_INTEGER_free(number);
	X509_ALGOR_free(alg);
	TS_MSG_IMPRINT_free(imprint);
	TS_TST_INFO_free(tst);
	return der;
}

/* A whole reply. */
static void
stamp(const struct stamp *s, struct buf *out)
{
	const struct minted *signer = s->signer ? s->signer : leaf;
	AUTO(buf) struct buf content = info(s);
	BIO *bio = BIO_new_mem_buf(content.ptr, (int)content.len);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY);
	ASN1_OBJECT *type = OBJ_nid2obj(NID_id_smime_ct_TSTInfo);
	CMS_SignerInfo *si;
	unsigned char *bytes = NULL, room[16384];
	struct der_out o;
	int len;

	CMS_set1_eContentType(cms, type);
	si = CMS_add1_signer(cms, signer->x509, signer->key, EVP_get_digestbyname(s->digest ? s->digest : "SHA256"),
	    CMS_BINARY | CMS_NOSMIMECAP | (s->flags ? s->flags : CMS_CADES));
	if (!si || !CMS_signed_add1_attr_by_NID(si, NID_pkcs9_signingTime, V_ASN1_UTCTIME,
	    s->signed_at ? s->signed_at : "700118084000Z", 13))
		BUG("cannot sign");
	if (s->inject)
		CMS_add1_cert(cms, s->inject->x509);
	if (!CMS_final(cms, bio, NULL, CMS_BINARY))
		BUG("cannot stamp");
	len = i2d_CMS_ContentInfo(cms, &bytes);
	der_out_init(&o, room, sizeof(room));
	der_put(&o, span_of(bytes, (size_t)len));
	der_put(&o, SPAN("\x30\x03\x02\x01\x00"));
	der_wrap(&o, DER_SEQUENCE, sizeof(room));
	buf_reset(out);
	buf_add_span(out, der_out_span(&o));
	OPENSSL_free(bytes);
	CMS_ContentInfo_free(cms);
	BIO_free(bio);
}

static struct tsp_want
usual(void)
{
	return (struct tsp_want){MESSAGE, &roots, 1, &helpers, 1, NULL, SPAN_NONE, SPAN_NONE};
}

static int
judge(const struct stamp *s, const struct tsp_want *want, struct err *e)
{
	AUTO(buf) struct buf der = BUF_INIT(TSP_MAX);
	AUTO(tsp) struct tsp t = TSP_INIT;

	stamp(s, &der);
	return tsp_parse_response(&t, buf_span(&der), e) || tspcheck(&t, want, e) ? -1 : 0;
}

/* OpenSSL's own check of a reply. */
static bool
openssl_takes(const struct stamp *s)
{
	AUTO(buf) struct buf der = BUF_INIT(TSP_MAX);
	const unsigned char *at;
	TS_VERIFY_CTX *ctx = TS_VERIFY_CTX_new();
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *certs = sk_X509_new_null();
	TS_RESP *resp;
	bool takes;

	stamp(s, &der);
	at = (const unsigned char *)der.ptr;
	resp = d2i_TS_RESP(NULL, &at, (long)der.len);
	X509_STORE_add_cert(store, root->x509);
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), MINT_NOW);
	X509_up_ref(helper->x509);
	sk_X509_push(certs, helper->x509);
	TS_VERIFY_CTX_set_flags(ctx, TS_VFY_VERSION | TS_VFY_SIGNER | TS_VFY_SIGNATURE | TS_VFY_DATA);
	TS_VERIFY_CTX_set_data(ctx, BIO_new_mem_buf(MESSAGE.ptr, (int)MESSAGE.len));
	TS_VERIFY_CTX_set_store(ctx, store);
	TS_VERIFY_CTX_set_certs(ctx, certs);
	takes = resp && TS_RESP_verify_response(ctx, resp) == 1;
	TS_VERIFY_CTX_free(ctx);
	TS_RESP_free(resp);
	ossl_forget();
	return takes;
}

static const struct {
	const char *what;
	struct stamp stamp;
	bool good, peer;	/* for us, for OpenSSL */
} stamps[] = {
	{"plain", {.when = NULL}, true, true},
	{"SHA-512 of the message", {.imprint = "SHA512"}, true, true},
	{"SHA-384 of the signer", {.digest = "SHA384"}, true, true},
	{"accuracy and nonce", {.accuracy = true, .nonce = true}, true, true},
	{"a negative serial number", {.negative = true}, true, true},
	{"a fraction", {.when = "19700118084000.123Z"}, true, true},
	{"SHA-1 of the message", {.imprint = "SHA1"}, false, true},
	{"SHA-1 of the signer", {.digest = "SHA1"}, false, true},
	{"certificate not named", {.flags = CMS_NOSMIMECAP}, false, false},
	{"key identifier", {.flags = CMS_CADES | CMS_USE_KEYID}, true, false},
	{"signed at another time", {.signed_at = "800118084000Z"}, false, true},
	{"before everything", {.when = "19690118084000Z"}, false, true},
	{"the last second", {.when = "19700124033320Z"}, true, true},
	{"a fraction behind the last second", {.when = "19700124033320.5Z"}, false, true},
	{"too late", {.when = "19700124033321Z"}, false, true},
};

static void
table(void)
{
	struct tsp_want want = usual();
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(stamps); i++) {
		if (stamps[i].good)
			succeeds(judge(&stamps[i].stamp, &want, &e), &e, "%s", stamps[i].what);
		else
			fails_with(judge(&stamps[i].stamp, &want, &e), &e, REASON_BAD_TIMESTAMP, "%s", stamps[i].what);
		/* Its clock is set to one time, so it cannot see wrong ones. */
		ok(openssl_takes(&stamps[i].stamp) == stamps[i].peer, "OpenSSL %s it",
		    stamps[i].peer ? "takes" : "refuses");
	}
}

static const struct {
	const char *what;
	struct mint mint;
	bool good;
} signers[] = {
	{"as it should be", {.extended = STAMPING}, true},
	{"purpose not critical", {.extended = "timeStamping"}, false},
	{"two purposes", {.extended = "critical,timeStamping,codeSigning"}, false},
	{"any purpose", {.extended = "critical,anyExtendedKeyUsage"}, false},
	{"no purpose", {.usage = "critical,digitalSignature"}, false},
	{"an authority", {.extended = STAMPING, .constraints = CA, .usage = "digitalSignature,keyCertSign"}, false},
	{"a key for encryption", {.extended = STAMPING, .usage = "critical,keyEncipherment"}, false},
	{"no longer valid", {.extended = STAMPING, .to = MINT_NOW - 1}, false},
	{"critical unknown extension", {.extended = STAMPING, .more = {{"1.2.3", true, {"x", 1}}}}, false},
};

static void
certificates(void)
{
	struct mint m = {.name = "stranger", .extended = STAMPING};
	struct minted *stranger = mint(&m), *other;
	struct tsp_want want = usual();
	struct stamp s = {.signer = stranger};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(signers); i++) {
		m = signers[i].mint;
		m.name = "signer";
		m.issuer = helper;
		other = mint(&m);
		s.signer = other;
		if (signers[i].good)
			succeeds(judge(&s, &want, &e), &e, "signer: %s", signers[i].what);
		else
			fails_with(judge(&s, &want, &e), &e, REASON_BAD_TIMESTAMP, "signer: %s", signers[i].what);
		mint_free(other);
	}
	s = (struct stamp){.signer = stranger};
	fails_with(judge(&s, &want, &e), &e, REASON_BAD_TIMESTAMP, "signed by a stranger");
	s.inject = leaf;
	fails_with(judge(&s, &want, &e), &e, REASON_BAD_TIMESTAMP, "with the right certificate injected");
	want.leaf = &leaf->cert;
	fails_with(judge(&s, &want, &e), &e, REASON_BAD_TIMESTAMP, "or given");
	s = (struct stamp){.inject = stranger};
	succeeds(judge(&s, &want, &e), &e, "another certificate injected means nothing");
	want.leaf = &stranger->cert;
	fails_with(judge(&s, &want, &e), &e, REASON_BAD_TIMESTAMP, "the authority has another certificate");
	mint_free(stranger);
}

static void
wishes(void)
{
	struct tsp_want want = usual();
	struct stamp s = {.nonce = true};
	struct err e = ERR_INIT;

	want.nonce = SPAN("\x00\x12\x67");
	succeeds(judge(&s, &want, &e), &e, "the nonce");
	want.nonce = SPAN("\x12\x68");
	fails_with(judge(&s, &want, &e), &e, REASON_BAD_TIMESTAMP, "another nonce");
	want.nonce = SPAN("");
	fails_with(judge(&s, &want, &e), &e, REASON_BAD_TIMESTAMP, "an empty one");
	want = usual();
	want.root_lists = 0;
	fails_with(judge(&s, &want, &e), &e, REASON_BAD_TIMESTAMP, "without roots");
	want = usual();
	want.helper_lists = 0;
	fails_with(judge(&s, &want, &e), &e, REASON_BAD_TIMESTAMP, "without the intermediate");
	s.inject = helper;
	succeeds(judge(&s, &want, &e), &e, "which may stand in the token");
}

int
main(void)
{
	struct mint m = {.name = "root", .constraints = CA};
	struct err e = ERR_INIT;

	root = mint(&m);
	m = (struct mint){.name = "helper", .issuer = root, .constraints = CA, .extended = "timeStamping"};
	helper = mint(&m);
	m = (struct mint){.name = "leaf", .issuer = helper, .extended = STAMPING, .usage = "critical,digitalSignature",
			  .more = {{"2.5.29.14", false, {"\x04\x04""1234", 6}}}};
	leaf = mint(&m);
	succeeds(certlist_add_der(roots, buf_span(&root->cert.der), &e), &e, "root");
	succeeds(certlist_add_der(helpers, buf_span(&helper->cert.der), &e), &e, "intermediate");
	table();
	certificates();
	wishes();
	certlist_release(roots);
	certlist_release(helpers);
	mint_free(root), mint_free(helper), mint_free(leaf);
	return tap_done();
}
