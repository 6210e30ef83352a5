/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/sct.h"

#include <openssl/ct.h>
#include <openssl/x509v3.h>
#include "codec/b64.h"
#include "codec/hex.h"
#include "crypto/certlist.h"
#include "crypto/ossl.h"
#include "vectors.h"

/* A key as it is found: PEM or DER. */
static bool
read_key(const char *dir, struct pubkey *key)
{
	AUTO(buf) struct buf text = BUF_INIT(1 << 16);

	if (!vectors_read(dir, "ctlog.pub", &text))
		return false;
	return pubkey_parse_pem(key, buf_span(&text), NULL) == 0 || pubkey_parse_spki(key, buf_span(&text), NULL) == 0;
}

/* OpenSSL takes the list out and writes the rest anew: the same bytes. */
static void
same_as_openssl(struct cert *c, const struct cert *issuer)
{
	X509 *x = cert_x509(c, NULL), *without = X509_dup(x);
	AUTO(buf) struct buf ours = BUF_INIT(CERT_MAX);
	struct err e = ERR_INIT;
	struct sct_list list;
	STACK_OF(SCT) *scts = X509_get_ext_d2i(x, NID_ct_precert_scts, NULL, NULL);
	unsigned char *tbs = NULL, *id;
	int len;

	succeeds(sct_list_get(&list, c, &e), &e, "its list");
	is_int((int64_t)list.count, sk_SCT_num(scts), "as long as OpenSSL finds it");
	for (int i = 0; i < sk_SCT_num(scts) && (size_t)i < list.count; i++) {
		ok(SCT_get0_log_id(sk_SCT_value(scts, i), &id) == SCT_ID && memcmp(id, list.items[i].id, SCT_ID) == 0,
		    "log %d", i);
		is_int((int64_t)list.items[i].time, (int64_t)SCT_get_timestamp(sk_SCT_value(scts, i)), "time %d", i);
	}
	SCT_LIST_free(scts);
	X509_EXTENSION_free(X509_delete_ext(without, X509_get_ext_by_NID(without, NID_ct_precert_scts, -1)));
	len = i2d_re_X509_tbs(without, &tbs);
	succeeds(sct_signed_bytes(&list.items[0], c, issuer, &ours, &e), &e, "what is signed");
	/* 2 + 8 + 2 + 32 + 3 bytes in front, the extensions behind. */
	is_span(span_first(span_from(buf_span(&ours), 47), ours.len - 49 - list.items[0].extensions.len),
	    span_of(tbs, (size_t)len), "OpenSSL's certificate without the list");
	OPENSSL_free(tbs);
	X509_free(without);
}

static void
embedded(const char *dir, struct node facts)
{
	AUTO(cert) struct cert c = CERT_INIT, issuer = CERT_INIT;
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	AUTO(buf) struct buf text = BUF_INIT(1 << 16);
	struct err e = ERR_INIT;
	struct sct_log logs[2];

	ok(read_key(dir, &key) && vectors_read(dir, "cert.pem", &text), "%s can be read", dir);
	succeeds(cert_parse_pem(&c, buf_span(&text), NULL, &e), &e, "certificate");
	buf_reset(&text);
	ok(vectors_read(dir, "issuer.pem", &text), "issuer");
	succeeds(cert_parse_pem(&issuer, buf_span(&text), NULL, &e), &e, "issuer");
	sct_log_init(&logs[0], &key);
	logs[1] = logs[0];
	if (!vectors_fact(facts, "expect", "pass")) {
		fails_with(sct_check_embedded(&c, &issuer, logs, 1, SCT_SOME, 1, &e), &e, REASON_BAD_SCT, "%s", dir);
		return;
	}
	same_as_openssl(&c, &issuer);
	succeeds(sct_check_embedded(&c, &issuer, logs, 2, SCT_SOME, 1, &e), &e, "%s", dir);
	succeeds(sct_check_embedded(&c, &issuer, logs, 1, SCT_ALL, 0, &e), &e, "every one of them");
	fails_with(sct_check_embedded(&c, &issuer, logs, 2, SCT_SOME, 2, &e), &e, REASON_BAD_SCT, "one log is not two");
	fails_with(sct_check_embedded(&c, &c, logs, 1, SCT_SOME, 1, &e), &e, REASON_BAD_SCT, "another issuer");
	fails_with(sct_check_embedded(&c, &issuer, logs, 0, SCT_SOME, 1, &e), &e, REASON_BAD_SCT, "no log");
	logs[0].end_ms = 0;
	fails_with(sct_check_embedded(&c, &issuer, logs, 1, SCT_SOME, 1, &e), &e, REASON_BAD_SCT, "after its log's end");
	succeeds(sct_check_embedded(&c, &issuer, logs, 1, SCT_ALL, 1, &e), &e, "without a window");
	succeeds(sct_check_embedded(&c, &issuer, logs, 2, SCT_SOME, 1, &e), &e, "of two entries the valid one");
}

static bool
decode(struct node sct, const char *name, struct buf *out)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span s;
	struct node v;

	return node_member(sct, name, &v) && node_string(v, &pool, &s) && b64_decode(out, s, B64_STD, NULL) == 0;
}

static void
detached(const char *dir)
{
	AUTO(cert) struct cert c = CERT_INIT;
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(buf) struct buf text = BUF_INIT(1 << 20), doc = BUF_INIT(1 << 16), id = BUF_INIT(64), sig = BUF_INIT(512),
			 ext = BUF_INIT(64);
	struct err e = ERR_INIT;
	struct sct_log log;
	struct sct sct = {0};
	struct node root, v;
	struct node_iter it;
	struct span s = SPAN_NONE;
	int64_t when = 0;

	ok(read_key(dir, &key) && vectors_read(dir, "response.json", &text), "%s can be read", dir);
	succeeds(scan_document(buf_span(&text), &root, &e), &e, "reply");
	if (!ok(node_member(root, "chain", &v) && node_member(v, "certificates", &v), "certificates"))
		return;
	it = node_iter(v);
	ok(node_next(&it) && node_string(it.value, &pool, &s), "the first of them");
	succeeds(cert_parse_pem(&c, s, NULL, &e), &e, "certificate");
	ok(node_member(root, "signedCertificateTimestamp", &v) && node_string(v, &pool, &s) &&
	    b64_decode(&doc, s, B64_STD, NULL) == 0, "SCT");
	succeeds(scan_document(buf_span(&doc), &root, &e), &e, "its JSON");
	ok(decode(root, "id", &id) && decode(root, "signature", &sig) && id.len == SCT_ID, "its parts");
	(void)!decode(root, "extensions", &ext);
	ok(node_member(root, "timestamp", &v) && node_int(v, &when), "its time");
	memcpy(sct.id, id.ptr, SCT_ID);
	sct.time = (uint64_t)when;
	sct.extensions = buf_span(&ext);
	sct.signature = buf_span(&sig);
	sct_log_init(&log, &key);
	succeeds(sct_check_detached(&sct, &c, &log, 1, SCT_SOME, &e), &e, "%s", dir);
	sct.time++;
	fails_with(sct_check_detached(&sct, &c, &log, 1, SCT_SOME, &e), &e, REASON_BAD_SCT, "another time");
	sct.time = UINT64_MAX;
	fails_with(sct_check_detached(&sct, &c, &log, 1, SCT_SOME, &e), &e, REASON_BAD_SCT, "no time at all");
	sct.time = (uint64_t)when;
	sct.version = 1;
	fails_with(sct_check_detached(&sct, &c, &log, 1, SCT_SOME, &e), &e, REASON_BAD_SCT, "another version");
}

static void
vector(const char *dir, struct node facts)
{
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	struct sct_log log;
	char hex[2 * SCT_ID + 1];

	if (vectors_fact(facts, "kind", "sct"))
		embedded(dir, facts);
	if (vectors_fact(facts, "kind", "sct-detached"))
		detached(dir);
	if (!vectors_fact(facts, "kind", "ctlog-key"))
		return;
	ok(read_key(dir, &key), "%s is a key", dir);
	sct_log_init(&log, &key);
	hex_format(hex, log.id, SCT_ID);
	ok(vectors_fact(facts, "log_id", hex), "its id");
}

static void
try_bad(const char *path, struct span bytes, enum reason want, void *arg UNUSED)
{
	AUTO(cert) struct cert c = CERT_INIT;
	struct err e = ERR_INIT;
	struct sct_list list;

	succeeds(cert_parse_der(&c, bytes, &e), &e, "%s is a certificate", path);
	fails_with(sct_list_get(&list, &c, &e), &e, want, "%s", path);
	fails_with(sct_check_embedded(&c, &c, NULL, 0, SCT_SOME, 1, &e), &e, want, "nor checked");
}

int
main(void)
{
	vectors_each("sct", vector);
	tap_samples("test/vectors/bad/sct", try_bad, NULL);
	return tap_done();
}
