/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One keyless signature of private services: its certificate, SCT, identity
 * and timestamp, with the values that were worked out by hand.
 */
#include "base/file.h"
#include "base/mem.h"
#include "codec/hex.h"
#include "crypto/sct.h"
#include "crypto/tspcheck.h"
#include "sig/identity.h"
#include "tap.h"

#define ISSUED 1795364306	/* 2026-11-22T16:18:26Z */

static struct certlist fulcio_root, fulcio_helpers, tsa_root, tsa_helpers;
static struct cert leaf = CERT_INIT, tsa_leaf = CERT_INIT;

static void
load(const char *name, struct buf *b)
{
	AUTO(charp) char *path = xasprintf("test/vectors/good/keyless/%s", name);
	struct err e = ERR_INIT;

	buf_reset(b);
	succeeds(file_read(path, b, &e), &e, "%s", path);
}

/* Anchor last; a certificate that is no authority first. */
static void
load_chain(const char *name, struct certlist *root, struct certlist *helpers, struct cert *first)
{
	AUTO(buf) struct buf text = BUF_INIT(1 << 16);
	AUTO(certlist) struct certlist all = CERTLIST_INIT;
	struct err e = ERR_INIT;

	load(name, &text);
	succeeds(certlist_add_pem(&all, buf_span(&text), &e), &e, "its certificates");
	for (size_t i = 0; i < all.count; i++) {
		struct span der = buf_span(&all.items[i]->der);

		if (!all.items[i]->is_ca && first)
			succeeds(cert_parse_der(first, der, &e), &e, "leaf");
		else
			succeeds(certlist_add_der(i + 1 == all.count ? root : helpers, der, &e), &e, "authority");
	}
}

static int
chain_of(struct cert *c, struct chain *chain, int64_t when, struct err *e)
{
	struct certlist *roots[] = {&fulcio_root}, *helpers[] = {&fulcio_helpers};
	struct chain_want want = {roots, 1, helpers, 1, CERT_CODE_SIGNING, when, when};

	return chain_build(chain, c, &want, e);
}

static void
transparency(const struct chain *chain, const struct sct_log *log)
{
	AUTO(buf) struct buf message = BUF_INIT(1 << 16);
	unsigned char value[HASH_SIZE_MAX];
	struct sct_list list;
	struct err e = ERR_INIT;
	char hex[65];

	succeeds(sct_list_get(&list, &leaf, &e), &e, "SCT list");
	is_int((int64_t)list.items[0].time, INT64_C(1795364306794), "its time");
	hex_format(hex, list.items[0].id, SCT_ID);
	is_str(hex, "72b59eee26634d293b9b69a0c3de20ba31716b726e3204666edcf290d58e0692", "its log");
	succeeds(sct_signed_bytes(&list.items[0], &leaf, chain_issuer(chain), &message, &e), &e, "what was signed");
	is_int((int64_t)message.len, 500, "its length");
	hex_format(hex, message.ptr + 12, 32);
	is_str(hex, "22d5a4f92744dbc8c32ae68cc3f8c6a4f90b2713283df552c8098d7746f430ac", "the issuer's key");
	digest_of(HASH_SHA256, buf_span(&message), value);
	hex_format(hex, value, 32);
	is_str(hex, "62a1f097f8dbffc35b75be761c7c0b97b2e2bf7bcc36a7c333298ad0c4a41ea5", "its digest");
	succeeds(sct_check_embedded(&leaf, chain_issuer(chain), log, 1, SCT_SOME, 1, &e), &e, "signed by the log");
}

static void
who(void)
{
	AUTO(identity) struct identity id = IDENTITY_INIT;
	struct err e = ERR_INIT;

	succeeds(identity_init(&id, SPAN("http://127.0.0.1:15002"), SPAN_NONE, SPAN("alice@example.com"), SPAN_NONE, &e), &e,
	    "who is asked for");
	succeeds(identity_add_extension(&id, SPAN("1.3.6.1.4.1.57264.1.24"), SPAN("sub-alice@example.com"), &e), &e,
	    "and as what");
	succeeds(identity_check(&id, &leaf, IDENTITY_BUNDLE, &e), &e, "it is her");
	succeeds(identity_check(&id, &leaf, IDENTITY_LEGACY, &e), &e, "by the old rule too");
}

/* The authority signs all of the certificate but its signature, which every
 * byte of matters to. */
static void
flip(const struct sct_log *log)
{
	AUTO(buf) struct buf der = BUF_INIT(CERT_MAX);
	struct chain chain;
	size_t accepted = 0;

	buf_add_span(&der, buf_span(&leaf.der));
	for (size_t i = 0; i < der.len; i++) {
		AUTO(cert) struct cert c = CERT_INIT;

		der.ptr[i] ^= 1;
		accepted += cert_parse_der(&c, buf_span(&der), NULL) == 0 && chain_of(&c, &chain, ISSUED, NULL) == 0 &&
			    sct_check_embedded(&c, chain_issuer(&chain), log, 1, SCT_SOME, 1, NULL) == 0;
		der.ptr[i] ^= 1;
	}
	is_int((int64_t)accepted, 0, "no changed certificate is accepted");
}

static void
timestamp(void)
{
	AUTO(buf) struct buf token = BUF_INIT(TSP_MAX), message = BUF_INIT(1 << 16);
	AUTO(tsp) struct tsp t = TSP_INIT;
	struct certlist *roots[] = {&tsa_root}, *helpers[] = {&tsa_helpers};
	struct tsp_want want;
	struct err e = ERR_INIT;

	load("token.tsr", &token);
	load("signature", &message);
	want = (struct tsp_want){buf_span(&message), roots, 1, helpers, 1, &tsa_leaf, SPAN_NONE, SPAN_NONE};
	succeeds(tsp_parse_response(&t, buf_span(&token), &e), &e, "a timestamp");
	is_int(t.time.seconds, ISSUED, "its time");
	ok(t.time.has_accuracy && t.time.accuracy_us == 1000000, "good to a second");
	succeeds(tspcheck(&t, &want, &e), &e, "of the signature");
	want.leaf = NULL;
	fails_with(tspcheck(&t, &want, &e), &e, REASON_BAD_TIMESTAMP, "the certificate is not inside");
	want.leaf = &tsa_leaf;
	roots[0] = &fulcio_root;
	fails_with(tspcheck(&t, &want, &e), &e, REASON_BAD_TIMESTAMP, "another root");
}

int
main(void)
{
	AUTO(buf) struct buf text = BUF_INIT(1 << 16);
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	struct sct_log log;
	struct chain chain;
	struct err e = ERR_INIT;

	load("leaf.pem", &text);
	succeeds(cert_parse_pem(&leaf, buf_span(&text), NULL, &e), &e, "leaf");
	load("ctlog.pub", &text);
	succeeds(pubkey_parse_pem(&key, buf_span(&text), &e), &e, "the log's key");
	sct_log_init(&log, &key);
	load_chain("fulcio.pem", &fulcio_root, &fulcio_helpers, NULL);
	load_chain("tsa.pem", &tsa_root, &tsa_helpers, &tsa_leaf);
	is_int(leaf.not_after - leaf.not_before, 600, "ten minutes");
	succeeds(chain_of(&leaf, &chain, ISSUED, &e), &e, "issued by Fulcio");
	fails_with(chain_of(&leaf, &chain, ISSUED - 1, &e), &e, REASON_EXPIRED_CERTIFICATE, "a second early");
	fails_with(chain_of(&leaf, &chain, ISSUED + 601, &e), &e, REASON_EXPIRED_CERTIFICATE, "a second late");
	succeeds(chain_of(&leaf, &chain, ISSUED + 600, &e), &e, "the last second");
	transparency(&chain, &log);
	who();
	flip(&log);
	timestamp();
	certlist_release(&fulcio_root);
	certlist_release(&fulcio_helpers);
	certlist_release(&tsa_root);
	certlist_release(&tsa_helpers);
	cert_release(&leaf);
	cert_release(&tsa_leaf);
	return tap_done();
}
