/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/signer.h"
#include <unistd.h>
#include "base/spool.h"
#include "codec/der.h"
#include "codec/hex.h"
#include "crypto/keyfile.h"
#include "tap.h"

/* Signatures by RFC 8032 of the seed 00..1f over "abc". */
static const char pure_hex[] = "cc46d62d3754f41754b27b6ea2cb2c272bafa7a5a1f6062bd060f414e50caaea"
			       "c2da66ad39cef4424a90236ea907b7d8057e3443dc5abfc9986967ee7213a407";
static const char ph_hex[] = "a2ac368b553262ec16c4337c372d87f75c55c779ee3c40999e9c7073cd493d35"
			     "a50db2028d0f786de9149a7642cbb114165995137c3b5c750a8fa1d471267400";

static void
seed_signer(struct signer *s)
{
	AUTO(secret) struct secret pkcs8 = SECRET_INIT;
	struct err e = ERR_INIT;

	secret_copy(&pkcs8, SPAN("\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20"
				 "                                "));
	for (int i = 0; i < 32; i++)
		pkcs8.bytes[16 + i] = (unsigned char)i;
	succeeds(signer_from_pkcs8(s, &pkcs8, &e), &e, "the test key");
}

/* S and S + the group's order say the same, so only the smaller is one. */
static void
ph_malleable(struct pubkey *k, const unsigned char *digest, const unsigned char *good)
{
	static const char order_hex[] = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
	unsigned char sig[64], order[32];
	struct err e = ERR_INIT;
	unsigned carry = 0;

	ok(hex_decode(order, 32, span_str(order_hex)), "the order in hex");
	memcpy(sig, good, sizeof(sig));
	for (int i = 0; i < 32; i++) {
		carry += sig[32 + i] + order[i];
		sig[32 + i] = (unsigned char)carry;
		carry >>= 8;
	}
	fails_with(pubkey_verify_digest(k, HASH_SHA512, span_of(digest, 64), span_of(sig, 64), &e), &e,
	    REASON_BAD_SIGNATURE, "S plus the order");
}

/* What is read in pieces gives the same signature. */
static void
pure_file(struct signer *s, struct span good)
{
	AUTO(buf) struct buf sig = BUF_INIT(64);
	AUTO(fd) int fd = -1;
	struct err e = ERR_INIT;
	int ends[2];

	succeeds(spool_open(&fd, &e), &e, "a spool");
	ok(write(fd, "abc", 3) == 3, "filled");
	succeeds(signer_sign_pure(s, fd, "spool", &sig, &e), &e, "signed");
	is_span(buf_span(&sig), good, "pure from a file");
	succeeds(pubkey_verify_pure(&s->pub, fd, "spool", good, &e), &e, "and verified");
	fails_with(pubkey_verify_pure(&s->pub, fd, "spool", span_first(good, 63), &e), &e, REASON_BAD_SIGNATURE,
	    "a byte short");
	ok(write(fd, "d", 1) == 1, "one more");
	fails_with(pubkey_verify_pure(&s->pub, fd, "spool", good, &e), &e, REASON_BAD_SIGNATURE, "another message");
	ok(pipe(ends) == 0, "a pipe");
	fails_with(signer_sign_pure(s, ends[0], "pipe", &sig, &e), &e, REASON_IO, "cannot be read twice");
	fails_with(pubkey_verify_pure(&s->pub, ends[0], "pipe", good, &e), &e, REASON_IO, "nor from its start");
	close(ends[0]);
	close(ends[1]);
}

static void
edwards(void)
{
	AUTO(signer) struct signer s = SIGNER_INIT;
	AUTO(buf) struct buf text = BUF_INIT(256);
	unsigned char want[64], digest[HASH_SIZE_MAX];
	struct err e = ERR_INIT;

	seed_signer(&s);
	pubkey_hint(&s.pub, &text);
	is_str(buf_str(&text), "oFCDfYUHBYLM9zlLCYiEfMMSy4glm4lImfbyOc8XkaU=", "hint");
	buf_reset(&text);
	succeeds(signer_sign(&s, SPAN("abc"), &text, &e), &e, "signed");
	ok(hex_decode(want, 64, span_str(pure_hex)) && span_eq(buf_span(&text), span_of(want, 64)), "pure");
	succeeds(pubkey_verify(&s.pub, HASH_NONE, SPAN("abc"), span_of(want, 64), &e), &e, "pure verifies");
	pure_file(&s, span_of(want, 64));
	ok(hex_decode(want, 64, span_str(ph_hex)), "ph in hex");
	succeeds(pubkey_verify(&s.pub, HASH_NONE, SPAN("abc"), span_of(want, 64), &e), &e, "ph verifies");
	succeeds(pubkey_verify(&s.pub, HASH_SHA256, SPAN("abc"), span_of(want, 64), &e), &e, "whatever hash is named");
	s.alg = alg_find(SPAN("ed25519-ph"));
	buf_reset(&text);
	succeeds(signer_sign(&s, SPAN("abc"), &text, &e), &e, "signed");
	ok(span_eq(buf_span(&text), span_of(want, 64)), "ph");
	fails_with(pubkey_verify(&s.pub, HASH_NONE, SPAN("abd"), span_of(want, 64), &e), &e, REASON_BAD_SIGNATURE,
	    "another message");
	fails_with(pubkey_verify(&s.pub, HASH_NONE, SPAN("abc"), span_of(want, 63), &e), &e, REASON_BAD_SIGNATURE,
	    "a byte short");
	digest_of(HASH_SHA256, SPAN("abc"), digest);
	fails_with(pubkey_verify_digest(&s.pub, HASH_SHA256, span_of(digest, 32), span_of(want, 64), &e), &e,
	    REASON_BAD_SIGNATURE, "ph is over SHA-512");
	digest_of(HASH_SHA512, SPAN("abc"), digest);
	succeeds(pubkey_verify_digest(&s.pub, HASH_SHA512, span_of(digest, 64), span_of(want, 64), &e), &e,
	    "ph by digest");
	ph_malleable(&s.pub, digest, want);
	for (int i = 0; i < 64; i++) {
		want[i] ^= 1;
		fails_with(pubkey_verify_digest(&s.pub, HASH_SHA512, span_of(digest, 64), span_of(want, 64), &e), &e,
		    REASON_BAD_SIGNATURE, "byte %d changed", i);
		want[i] ^= 1;
	}
	want[5] ^= 1;
	fails_with(pubkey_verify(&s.pub, HASH_NONE, SPAN("abc"), span_of(want, 64), &e), &e, REASON_BAD_SIGNATURE,
	    "a bit changed");
}

/* The same ECDSA signature in other clothes. */
static void
malleable(struct signer *s, struct span sig)
{
	unsigned char room[300];
	struct span seq = SPAN_NONE, r = SPAN_NONE, v = SPAN_NONE, rest = sig;
	struct der_out o;
	struct err e = ERR_INIT;
	char longer[300];

	ok(der_get(&rest, DER_SEQUENCE, &seq) && der_get_uint(&seq, &r) && der_get_uint(&seq, &v), "r and s");
	memcpy(longer, sig.ptr, sig.len);
	longer[sig.len] = 0;
	fails_with(pubkey_verify(&s->pub, HASH_NONE, SPAN("abc"), span_of(longer, sig.len + 1), &e), &e,
	    REASON_BAD_SIGNATURE, "a byte behind");
	der_out_init(&o, room, sizeof(room));
	der_put_element(&o, DER_NULL, SPAN_NONE);
	der_put_uint(&o, v);
	der_put_uint(&o, r);
	der_wrap(&o, DER_SEQUENCE, sizeof(room));
	fails_with(pubkey_verify(&s->pub, HASH_NONE, SPAN("abc"), der_out_span(&o), &e), &e, REASON_BAD_SIGNATURE,
	    "a third element");
	der_out_init(&o, room, sizeof(room));
	der_put(&o, v);
	der_put(&o, SPAN("\0\0"));
	der_wrap(&o, DER_INTEGER, sizeof(room));
	der_put_uint(&o, r);
	der_wrap(&o, DER_SEQUENCE, sizeof(room));
	fails_with(pubkey_verify(&s->pub, HASH_NONE, SPAN("abc"), der_out_span(&o), &e), &e, REASON_BAD_SIGNATURE,
	    "an integer with needless zeros");
	der_out_init(&o, room, sizeof(room));
	der_put_uint(&o, SPAN_NONE);
	der_put_uint(&o, SPAN_NONE);
	der_wrap(&o, DER_SEQUENCE, sizeof(room));
	fails_with(pubkey_verify(&s->pub, HASH_NONE, SPAN("abc"), der_out_span(&o), &e), &e, REASON_BAD_SIGNATURE,
	    "two zeros");
	fails_with(pubkey_verify(&s->pub, HASH_NONE, SPAN("abc"), SPAN_NONE, &e), &e, REASON_BAD_SIGNATURE, "nothing");
}

static void
refusals(struct signer *s, const char *name, struct span sig)
{
	struct err e = ERR_INIT;
	char changed[1024];

	fails_with(pubkey_verify(&s->pub, HASH_NONE, SPAN("abd"), sig, &e), &e, REASON_BAD_SIGNATURE,
	    "%s: another message", name);
	memcpy(changed, sig.ptr, sig.len);
	changed[sig.len - 1] ^= 1;
	fails_with(pubkey_verify(&s->pub, HASH_NONE, SPAN("abc"), span_of(changed, sig.len), &e), &e,
	    REASON_BAD_SIGNATURE, "%s: a bit changed", name);
	fails_with(pubkey_verify(&s->pub, HASH_SHA224, SPAN("abc"), sig, &e), &e, REASON_BAD_SIGNATURE,
	    "%s: another hash", name);
}

/* Signed and checked where only the digest is known. */
static void
over_digest(struct signer *s, struct pubkey *pub, const char *name)
{
	AUTO(buf) struct buf sig = BUF_INIT(1024);
	unsigned char value[HASH_SIZE_MAX] = {0};
	struct span digest = span_of(value, hash_size(s->alg->hash));
	struct err e = ERR_INIT;

	if (s->pub.type != KEY_ED25519) {
		fails_with(signer_sign_pure(s, 0, "none", &sig, &e), &e, REASON_BAD_KEY, "%s: hashes", name);
		fails_with(pubkey_verify_pure(pub, 0, "none", SPAN("x"), &e), &e, REASON_BAD_SIGNATURE,
		    "%s: hashes", name);
	}
	if (s->alg->hash == HASH_NONE) {
		fails_with(signer_sign_digest(s, digest, &sig, &e), &e, REASON_BAD_KEY, "%s: signs no digest", name);
		return;
	}
	ok(pubkey_hashes(pub) >> s->alg->hash & 1, "%s: its hash is among the key's", name);
	digest_of(s->alg->hash, SPAN("abc"), value);
	succeeds(signer_sign_digest(s, digest, &sig, &e), &e, "%s: signs a digest", name);
	succeeds(pubkey_verify(pub, HASH_NONE, SPAN("abc"), buf_span(&sig), &e), &e, "%s: of the message", name);
	succeeds(pubkey_verify_digest(pub, s->alg->hash, digest, buf_span(&sig), &e), &e, "%s: by digest", name);
	fails_with(pubkey_verify_digest(pub, s->alg->hash, span_first(digest, 20), buf_span(&sig), &e), &e,
	    REASON_BAD_SIGNATURE, "%s: a part of the digest", name);
	fails_with(pubkey_verify_digest(pub, HASH_NONE, SPAN_NONE, buf_span(&sig), &e), &e,
	    REASON_BAD_SIGNATURE, "%s: no digest", name);
	if (pub->type == KEY_RSA) {
		pub->pss = !pub->pss;
		fails_with(pubkey_verify(pub, HASH_NONE, SPAN("abc"), buf_span(&sig), &e), &e,
		    REASON_BAD_SIGNATURE, "%s: the other padding", name);
		pub->pss = !pub->pss;
	}
	value[3] ^= 1;
	fails_with(pubkey_verify_digest(pub, s->alg->hash, digest, buf_span(&sig), &e), &e, REASON_BAD_SIGNATURE,
	    "%s: another digest", name);
}

/* A new key of every kind that is quick to make: written, read, used. */
static void
round_trip(const char *name)
{
	const struct alg *alg = alg_find(span_str(name));
	AUTO(secret) struct secret pkcs8 = SECRET_INIT;
	AUTO(signer) struct signer s = SIGNER_INIT;
	AUTO(buf) struct buf sig = BUF_INIT(1024);
	AUTO(buf) struct buf pem = BUF_INIT(4096);
	AUTO(pubkey) struct pubkey pub = PUBKEY_INIT;
	struct err e = ERR_INIT;

	if (!succeeds(keyfile_generate(alg, &pkcs8, &e), &e, "%s: made", name) ||
	    !succeeds(signer_from_pkcs8(&s, &pkcs8, &e), &e, "%s: opened", name))
		return;
	ok(s.pub.type == alg->type && s.pub.bits == alg->bits, "%s: its type", name);
	s.alg = alg;
	succeeds(signer_sign(&s, SPAN("abc"), &sig, &e), &e, "%s: signs", name);
	pubkey_emit_pem(&s.pub, &pem);
	succeeds(pubkey_parse_pem(&pub, buf_span(&pem), &e), &e, "%s: public key", name);
	pub.pss = s.pub.pss = alg->padding == PADDING_PSS;
	for (int i = 0; i < 2; i++)
		succeeds(pubkey_verify(&pub, HASH_NONE, SPAN("abc"), buf_span(&sig), &e), &e, "%s: verifies", name);
	succeeds(pubkey_verify(&pub, alg->hash, SPAN("abc"), buf_span(&sig), &e), &e, "%s: with its hash", name);
	over_digest(&s, &pub, name);
	if (alg->type == KEY_P256)
		malleable(&s, buf_span(&sig));
	if (alg->type != KEY_ED25519)
		refusals(&s, name, buf_span(&sig));
}

int
main(void)
{
	static const char *const names[] = {
		"ecdsa-sha2-256-nistp256", "ecdsa-sha2-384-nistp384", "ecdsa-sha2-512-nistp521",
		"ecdsa-sha2-256-nistp384", "ecdsa-sha2-256-nistp521", "rsa-sign-pkcs1-2048-sha256",
		"rsa-sign-pss-2048-sha256", "ed25519", "ed25519-ph",
	};

	edwards();
	for (size_t i = 0; i < countof(names); i++)
		round_trip(names[i]);
	return tap_done();
}
