/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/hex.h"
#include "sig/dsse.h"
#include "tap.h"

static void
test_pae(void)
{
	/* Worked out by hand, and the example of the DSSE specification. */
	static const struct { const char *type, *payload, *want; } cases[] = {
		{"application/vnd.in-toto+json", "{}", "DSSEv1 28 application/vnd.in-toto+json 2 {}"},
		{"http://example.com/HelloWorld", "hello world",
		    "DSSEv1 29 http://example.com/HelloWorld 11 hello world"},
		{"", "", "DSSEv1 0  0 "},
		{"t", "\xc3\xa9", "DSSEv1 1 t 2 \xc3\xa9"},
	};
	unsigned char hash[HASH_SIZE_MAX];
	char text[65];

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(buf) struct buf b = BUF_INIT(1000);

		dsse_pae(&b, span_str(cases[i].type), span_str(cases[i].payload));
		is_str(buf_str(&b), cases[i].want, "PAE of %s, %s", cases[i].type, cases[i].payload);
		if (i > 0)
			continue;
		digest_of(HASH_SHA256, buf_span(&b), hash);
		hex_format(text, hash, 32);
		is_str(text, "4842cb1ba6fed6e460d8a0d56f6b64ccf1f1e11f7714a7f282080d5780251b63",
		    "SHA-256 of the PAE");
	}
}

static void
test_pae_size(void)
{
	AUTO(buf) struct buf b = BUF_INIT(4 + DSSE_PAE_EXTRA);
	AUTO(buf) struct buf tight = BUF_INIT(10);

	dsse_pae(&b, SPAN("ab"), SPAN("cd"));
	ok(!b.over && b.len <= 4 + DSSE_PAE_EXTRA, "what PAE adds fits DSSE_PAE_EXTRA");
	dsse_pae(&tight, SPAN("ab"), SPAN("cd"));
	ok(tight.over, "a maximum is kept");
}

/* Keys and their fingerprints as an SSH implementation shows them. */
static const struct { const char *name, *pem, *id; } keys[] = {
	{"P-256",
	    "-----BEGIN PUBLIC KEY-----\n"
	    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE94cE2Z/nwSEvMPuS6P1B96s5ZWa9\n"
	    "vmTHuST+/BMOUqO8HhDWPYBl8x4PovdhZgBF5dpN3lTu7su70kvsB3sNMg==\n"
	    "-----END PUBLIC KEY-----\n",
	    "SHA256:rA71QxcUs3BHiNkGiMls5S438KcAgCB0fWD3zwU2qBo"},
	{"P-384",
	    "-----BEGIN PUBLIC KEY-----\n"
	    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEE7d/js4S//0dICqr4A/wfDYwpQoZd3xN\n"
	    "PevA5Ywu4VfdetK7DrpCVy5lwTm/16xwevDczJTxpcvK8Z8asyYk3xkspTWCPB1n\n"
	    "5XiNJ7uhCylnu9kIecuDTd0khMLyzG+b\n"
	    "-----END PUBLIC KEY-----\n",
	    "SHA256:55RV0gPFj9NNR+6+YRS3Jx2SMmRthWCFt0KuON2fp3s"},
	{"P-521",
	    "-----BEGIN PUBLIC KEY-----\n"
	    "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQA03KFSPhpnUwAh554Ng5tiyXcfV1x\n"
	    "RBp8Do3SN0e1LChrRmJ2vm5ODojxrmcPnLxxSMuPD1QXGIfNKL20nufkU9MBI9PI\n"
	    "mZK+y8zDjGxm/SebmuH9wjd7cd5Ye+bioMz85ndljrigltBh+o9lB8+0BJ4c50hk\n"
	    "VZ3hT6BGkJpbDHcHKcM=\n"
	    "-----END PUBLIC KEY-----\n",
	    "SHA256:Tg9thu0n4wzjt5P/00mLBOjGmHJKjrns2dZoEiK1nqw"},
	{"RSA 2048",
	    "-----BEGIN PUBLIC KEY-----\n"
	    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2msVSs2DPLg7834JxmJC\n"
	    "NCQ96x1f8i8NhxRFJqFoUxAOOmq/SSbzi1hg9o1VK7AWwzMJ3Zd6qCu4UkVp61kb\n"
	    "J3rt8HNgMXZ046vXMoMqt8yCWp2IhTEhUloTrQk1HM++JLUD+yFXmhX9j8DGCThO\n"
	    "G7UMroy0V4Ul9W5ANFvdj3MY0uhmZ6grHVcMx9B4Nq5bZYH9swvvZgsuXVvf5yUz\n"
	    "ubJ39FoIry24Kdevv4aq8w5N7NHhMKT5uG83WKNynTQ+2204fiwSb7JJwADZl0F5\n"
	    "IPRaSwE3YJNMxwXpRGQNyVbi41g9A2xyqlnZyVZAb9qYYZKfRJXyi+Hlb0qtfmiN\n"
	    "5QIDAQAB\n"
	    "-----END PUBLIC KEY-----\n",
	    "SHA256:VCbxXQZtDf7gNZUgNwaxzuxkmklRSkHP+xG8liNd2ts"},
	{"Ed25519",
	    "-----BEGIN PUBLIC KEY-----\n"
	    "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n"
	    "-----END PUBLIC KEY-----\n",
	    "SHA256:lbmsoA0yIEcEiVDRnMWuzm+nV+3ZEEpVIURqFoeSspg"},
};

static void
test_keyid(void)
{
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(keys); i++) {
		AUTO(pubkey) struct pubkey k = PUBKEY_INIT;
		AUTO(buf) struct buf id = BUF_INIT(256);

		succeeds(pubkey_parse_pem(&k, span_str(keys[i].pem), &e), &e, "%s: the key", keys[i].name);
		ok(dsse_keyid(&k, &id), "%s: there is an id", keys[i].name);
		is_str(buf_str(&id), keys[i].id, "%s: the id", keys[i].name);
	}
}

static void
test_no_keyid(void)
{
	AUTO(pubkey) struct pubkey k = PUBKEY_INIT;
	AUTO(buf) struct buf id = BUF_INIT(256);

	ok(!dsse_keyid(&k, &id), "a key that is none has no id");
	k.type = KEY_RSA;
	buf_add_str(&k.spki, "0");
	ok(!dsse_keyid(&k, &id) && id.len == 0, "broken DER has no id");
}

static void
test_pae_digest(void)
{
	static const enum hash hashes[] = {HASH_SHA256, HASH_SHA384, HASH_SHA512};
	unsigned char whole[HASH_SIZE_MAX], parts[HASH_SIZE_MAX];
	AUTO(buf) struct buf pae = BUF_INIT(BUF_TEXT_MAX);

	dsse_pae(&pae, SPAN("t"), SPAN("payload"));
	for (size_t i = 0; i < countof(hashes); i++) {
		digest_of(hashes[i], buf_span(&pae), whole);
		dsse_pae_digest(hashes[i], SPAN("t"), SPAN("payload"), parts);
		ok(memcmp(whole, parts, hash_size(hashes[i])) == 0, "%s in parts", hash_name(hashes[i]));
	}
}

int
main(void)
{
	test_pae_digest();
	test_pae();
	test_pae_size();
	test_keyid();
	test_no_keyid();
	return tap_done();
}
