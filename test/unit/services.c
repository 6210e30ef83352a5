/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said to Sigstore's services and what they answer, held against one
 * keyless signature of private services that was taken apart by hand.
 */
#include "base/file.h"
#include "base/mem.h"
#include "client/fulcioca.h"
#include "client/rekor.h"
#include "client/rekor2.h"
#include "client/rekor2tiles.h"
#include "client/tsa.h"
#include "codec/der.h"
#include "codec/hex.h"
#include "crypto/csr.h"
#include "crypto/keyfile.h"
#include "sig/anchors.h"
#include "sig/envelope.h"
#include "sig/tlog.h"
#include "tap.h"

static struct span
load(struct pool *pool, const char *name)
{
	AUTO(charp) char *path = xasprintf("test/vectors/good/services/%s", name);
	AUTO(buf) struct buf b = BUF_INIT(1 << 20);
	struct err e = ERR_INIT;

	if (file_read(path, &b, &e))
		succeeds(-1, &e, "%s", path);
	return pool_span(pool, buf_span(&b));
}

static struct cert leaf = CERT_INIT;

static struct logbody_subject
statement_subject(struct pool *pool)
{
	struct err e = ERR_INIT;
	struct logbody_subject s = {.dsse = true, .payload = load(pool, "statement.json"),
	    .payload_type = SPAN("application/vnd.in-toto+json"), .sig = load(pool, "signature")};

	if (!leaf.der.len)
		succeeds(cert_parse_pem(&leaf, load(pool, "leaf.pem"), NULL, &e), &e, "the certificate");
	s.cert = buf_span(&leaf.der);
	s.key = cert_key(&leaf, &e);
	return s;
}

static struct logbody_subject
payload_subject(struct pool *pool, unsigned char digest[HASH_SIZE_MAX])
{
	struct logbody_subject s = statement_subject(pool);

	s.dsse = false;
	s.legacy = true;
	s.sig = load(pool, "payload.sig");
	s.hash = HASH_SHA256;
	digest_of(HASH_SHA256, load(pool, "payload.json"), digest);
	s.digest = span_of(digest, 32);
	return s;
}

static void
judge(const struct bundle_entry *entry, const struct logbody_subject *s, const char *name)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(anchors) struct anchors a = ANCHORS_INIT;
	struct tlog_policy policy = {.threshold = 1};
	struct tlog_entry out;
	struct err e = ERR_INIT;

	succeeds(anchors_load(&a, load(&pool, "trusted_root.json"), &e), &e, "the trusted root");
	(void)!tlog_judge_entry(entry, s, &a.trust, &policy, &out);
	ok(out.status == TLOG_GOOD && out.proved, "%s counts", name);
	if (out.status != TLOG_GOOD)
		succeeds(-1, &out.why, "%s", name);
}

static void
test_rekor(void)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(buf) struct buf out = BUF_INIT(1 << 20), envelope = BUF_INIT(1 << 20);
	unsigned char digest[HASH_SIZE_MAX];
	struct logbody_subject s = payload_subject(&pool, digest), d = statement_subject(&pool);
	struct rekor_proposal p = {.what = &s}, q = {.what = &d};
	struct envelope v = {.payload = d.payload, .payload_type = d.payload_type, .sig = d.sig};
	struct bundle_entry entry;
	struct err e = ERR_INIT;

	succeeds(rekor_emit(&p, &out, &e), &e, "hashedrekord");
	is_span(buf_span(&out), load(&pool, "rekor1-request.json"), "as it was sent");
	succeeds(rekor_parse(&entry, load(&pool, "rekor1.json"), &pool, &e), &e, "the answer");
	is_int(entry.log_index, 55, "its index");
	judge(&entry, &s, "the entry of Rekor v1");
	s.sig = SPAN("other");
	ok(logbody_check(&entry, &s, &e) != 0, "but is of no other signature");
	err_clear(&e);

	envelope_emit(&v, &envelope);
	q.envelope = buf_span(&envelope);
	buf_reset(&out);
	succeeds(rekor_emit(&q, &out, &e), &e, "dsse");
	is_span(buf_span(&out), load(&pool, "dsse-request.json"), "as it was sent");
	p.what = &(struct logbody_subject){.key = s.key};
	fails_with(rekor_emit(&p, &out, &e), &e, REASON_UNSUPPORTED, "nothing to log");
}

static void
test_rekor2(void)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(buf) struct buf out = BUF_INIT(1 << 20);
	struct logbody_subject s = statement_subject(&pool);
	struct bundle_entry entry;
	struct err e = ERR_INIT;
	char path[REKOR2TILES_PATH_MAX];

	succeeds(rekor2_emit(&s, &out, &e), &e, "the request");
	is_span(buf_span(&out), load(&pool, "rekor2-request.json"), "as it was sent");
	succeeds(rekor2_parse(&entry, load(&pool, "rekor2.json"), &pool, &e), &e, "the answer");
	is_int(entry.log_index, 85, "its index");
	is_span(entry.body, load(&pool, "rekor2-body.json"), "its body");
	judge(&entry, &s, "the entry of Rekor v2");
	is_str(rekor2tiles_path(path, 0, 1234067, 256), "/api/v2/tile/0/x001/x234/067", "a whole tile");
	is_str(rekor2tiles_path(path, 1, 0, 7), "/api/v2/tile/1/000.p/7", "a part of one");
}

static void
test_fulcio(void)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(buf) struct buf out = BUF_INIT(1 << 20);
	AUTO(fulcioca_answer) struct fulcioca_answer a = FULCIOCA_ANSWER_INIT;
	struct logbody_subject s = statement_subject(&pool);
	struct fulcioca_request q = {.key = s.key, .proof = SPAN("proof")};
	struct err e = ERR_INIT;

	fulcioca_emit(&q, &out);
	is_str(buf_str(&out), "{\"publicKeyRequest\":{\"publicKey\":{\"algorithm\":\"ECDSA\",\"content\":"
	    "\"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpriG1j3yDkW7aYZvxZ3HE2tpjqky\\n"
	    "S6BQ5c8pRWf26gTnTzzEk8fLZdoYvJFMS1OcgL1F2kNoa46HBCK2Nslqcg==\\n-----END PUBLIC KEY-----\\n\"},"
	    "\"proofOfPossession\":\"cHJvb2Y=\"}}", "a request by key");
	succeeds(fulcioca_parse(&a, load(&pool, "fulcio.json"), &e), &e, "the answer");
	ok(a.chain.count == 3 && cert_eq(a.chain.items[0], &leaf), "its chain");
	is_int((int64_t)a.sct.len, 0, "no detached timestamp");
}

/* OpenSSL reads and checks what was made; scripts know the same by hand. */
static void
test_csr(void)
{
	static const char *const kinds[] = {"ecdsa-sha2-256-nistp256", "ecdsa-sha2-384-nistp384",
	    "ecdsa-sha2-512-nistp521", "rsa-sign-pkcs1-2048-sha256", "ed25519"};

	for (size_t i = 0; i < countof(kinds); i++) {
		AUTO(secret) struct secret pkcs8 = SECRET_INIT;
		AUTO(signer) struct signer s = SIGNER_INIT;
		AUTO(buf) struct buf der = BUF_INIT(1 << 16);
		struct span all, info = SPAN_NONE, scheme, sig = SPAN_NONE, rest;
		struct err e = ERR_INIT;

		if (keyfile_generate(alg_find(span_str(kinds[i])), &pkcs8, &e) || signer_from_pkcs8(&s, &pkcs8, &e) ||
		    csr_emit(&s, &der, &e)) {
			succeeds(-1, &e, "%s", kinds[i]);
			continue;
		}
		rest = buf_span(&der);
		ok(der_get(&rest, DER_SEQUENCE, &all) && !rest.len && der_get_whole(&all, DER_SEQUENCE, &info) &&
		    der_get(&all, DER_SEQUENCE, &scheme) && der_get_bits(&all, &sig) && !all.len, "%s: a request", kinds[i]);
		succeeds(pubkey_verify(&s.pub, s.alg->hash, info, sig, &e), &e, "%s: signed by its key", kinds[i]);
	}
}

static void
test_tsa(void)
{
	AUTO(buf) struct buf out = BUF_INIT(1 << 16);
	AUTO(buf) struct buf hex = BUF_INIT(1 << 16);
	struct tsa_request q;

	tsa_request_init(&q, SPAN("abc"), false);
	memcpy(q.nonce, "\x01\x02\x03\x04\x05\x06\x07\x08", TSA_NONCE);
	tsa_request_emit(&q, &out);
	hex_encode(&hex, buf_span(&out));
	is_str(buf_str(&hex), "30400201013031300d06096086480165030402010500"
	    "0420ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad02080102030405060708", "a request");
	q.certificates = true;
	q.nonce[0] = 0xff;
	buf_reset(&out);
	buf_reset(&hex);
	tsa_request_emit(&q, &out);
	hex_encode(&hex, span_from(buf_span(&out), out.len - 14));
	is_str(buf_str(&hex), "020900ff020304050607080101ff", "a nonce is no negative number; certificates are asked for");
}

static int
parse_rekor(struct span bytes, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct bundle_entry entry;

	return rekor_parse(&entry, bytes, &pool, e);
}

static int
parse_rekor2(struct span bytes, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct bundle_entry entry;

	return rekor2_parse(&entry, bytes, &pool, e);
}

static int
parse_fulcio(struct span bytes, struct err *e)
{
	AUTO(fulcioca_answer) struct fulcioca_answer a = FULCIOCA_ANSWER_INIT;

	return fulcioca_parse(&a, bytes, e);
}

struct parser { int (*parse)(struct span bytes, struct err *e); };

static void
bad_sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	const struct parser *p = arg;
	struct err e = ERR_INIT;

	fails_with(p->parse(bytes, &e), &e, want, "%s", path);
}

int
main(void)
{
	struct parser rekor = {parse_rekor}, rekor2 = {parse_rekor2}, fulcio = {parse_fulcio};

	test_rekor();
	test_rekor2();
	test_fulcio();
	test_csr();
	test_tsa();
	tap_samples("test/vectors/bad/rekor", bad_sample, &rekor);
	tap_samples("test/vectors/bad/rekor2", bad_sample, &rekor2);
	tap_samples("test/vectors/bad/fulcioca", bad_sample, &fulcio);
	cert_release(&leaf);
	return tap_done();
}
