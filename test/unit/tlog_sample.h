/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_TLOG_SAMPLE_H
#define UNIT_TLOG_SAMPLE_H
/*
 * For tests of the judgement of log entries: a bundle, and what its entries
 * should be about by its own word. The certificate is read by OpenSSL.
 */
#include <openssl/x509.h>
#include "base/file.h"
#include "sig/bundle.h"
#include "sig/tlog.h"
#include "tap.h"

/* A bundle, and what its log entries should be about. */
struct sample {
	struct bundle b;
	struct pubkey key;
	struct logbody_subject subject;
	struct tlog_entry out[BUNDLE_ENTRIES_MAX];
	size_t logs;
};

static bool
load(const char *path, struct buf *b)
{
	struct err e = ERR_INIT;

	return succeeds(file_read(path, b, &e), &e, "%s is there", path);
}

static int
cert_key(struct pubkey *k, struct span cert, struct err *e)
{
	const unsigned char *p = (const unsigned char *)cert.ptr;
	X509 *x = d2i_X509(NULL, &p, (long)cert.len);
	unsigned char *der = NULL;
	int len = x ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der) : -1;
	int rc = len < 0 ? err_set(e, REASON_BAD_KEY, "no certificate") : pubkey_parse_spki(k, span_of(der, (size_t)len), e);

	OPENSSL_free(der);
	X509_free(x);
	return rc;
}

/* plain_key: PEM, for bundles without certificate. */
static int
sample_read(struct sample *s, struct span json, struct span plain_key, struct err *e)
{
	*s = (struct sample){.b = BUNDLE_INIT, .key = PUBKEY_INIT};
	if (bundle_parse(&s->b, json, e))
		return -1;
	s->subject = (struct logbody_subject){
		.key = &s->key, .sig = s->b.sig, .dsse = s->b.content == BUNDLE_DSSE,
		.hash = span_is(s->b.digest_alg, "SHA2_512") ? HASH_SHA512 : HASH_SHA256,
		.digest = s->b.digest, .payload_type = s->b.payload_type, .payload = s->b.payload,
	};
	if (s->b.key == BUNDLE_KEY_HINT)
		return pubkey_parse_pem(&s->key, plain_key, e);
	s->subject.cert = s->b.certs.items[0];
	return cert_key(&s->key, s->subject.cert, e);
}

static void
sample_release(struct sample *s)
{
	pubkey_release(&s->key);
	bundle_release(&s->b);
}

static int
sample_judge(struct sample *s, struct trust *t, struct err *e)
{
	struct tlog_policy policy = {.threshold = 1};

	return tlog_judge(s->b.entries, s->b.entry_count, &s->subject, t, &policy, s->out, &s->logs, e);
}
#endif
