/* SPDX-License-Identifier: Apache-2.0 */
/* Our own Ed25519 over digests and files, beside libsodium's over messages. */
#include <sodium.h>
#include <unistd.h>
#include "base/spool.h"
#include "crypto/digest.h"
#include "crypto/edwards.h"
#include "tap.h"

enum { ROUNDS = 40, LONGEST = 200 };

struct round {
	struct secret key;
	unsigned char pub[EDWARDS_KEY], text[LONGEST];
	struct span message;
};

/* Other keys and messages each time, the same in every run. */
static void
prepare(struct round *r, unsigned n)
{
	unsigned char seed[randombytes_SEEDBYTES] = {(unsigned char)n};
	unsigned char bytes[32];

	randombytes_buf_deterministic(bytes, sizeof(bytes), seed);
	seed[1] = 1;
	randombytes_buf_deterministic(r->text, sizeof(r->text), seed);
	r->message = span_of(r->text, n * LONGEST / ROUNDS);
	edwards_key(&r->key, r->pub, span_of(bytes, sizeof(bytes)));
}

static void
ph(struct round *r, unsigned n)
{
	unsigned char digest[EDWARDS_DIGEST], ours[EDWARDS_SIGNATURE], theirs[EDWARDS_SIGNATURE];
	crypto_sign_state state;

	digest_of(HASH_SHA512, r->message, digest);
	edwards_sign_ph(&r->key, digest, ours);
	crypto_sign_init(&state);
	crypto_sign_update(&state, r->text, r->message.len);
	crypto_sign_final_create(&state, theirs, NULL, r->key.bytes);
	is_span(span_of(ours, sizeof(ours)), span_of(theirs, sizeof(theirs)), "ph %u", n);
	ok(edwards_verify_ph(r->pub, digest, span_of(theirs, sizeof(theirs))), "verifies");
	digest[n] ^= 0x10;
	ok(!edwards_verify_ph(r->pub, digest, span_of(theirs, sizeof(theirs))), "of no other digest");
}

static void
pure(struct round *r, unsigned n)
{
	unsigned char ours[EDWARDS_SIGNATURE], theirs[EDWARDS_SIGNATURE];
	AUTO(fd) int fd = -1;
	struct err e = ERR_INIT;
	bool good;

	succeeds(spool_open(&fd, &e), &e, "a spool");
	ok(write(fd, r->text, r->message.len) == (ssize_t)r->message.len, "filled");
	succeeds(edwards_sign_fd(&r->key, fd, "spool", ours, &e), &e, "signed");
	edwards_sign(&r->key, r->message, theirs);
	is_span(span_of(ours, sizeof(ours)), span_of(theirs, sizeof(theirs)), "pure %u", n);
	succeeds(edwards_verify_fd(r->pub, fd, "spool", span_of(theirs, sizeof(theirs)), &good, &e), &e, "read");
	ok(good, "verifies");
	theirs[n] ^= 0x10;
	succeeds(edwards_verify_fd(r->pub, fd, "spool", span_of(theirs, sizeof(theirs)), &good, &e), &e, "read");
	ok(!good, "no other signature");
}

/* Points that vouch for anything: libsodium refuses them as keys, and so must
 * we. With a key of small order, R = B and S = 1 fit a good part of digests. */
static void
small_order(void)
{
	static const unsigned char keys[][EDWARDS_KEY] = {
		{1},			/* the neutral element */
		{0},			/* order 4 */
		{[31] = 0x80},		/* order 4 */
		{1, [31] = 0x80},	/* no encoding at all */
		{0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
	};
	unsigned char sig[EDWARDS_SIGNATURE], digest[EDWARDS_DIGEST] = {0};
	unsigned char one[crypto_core_ed25519_SCALARBYTES] = {1};

	memset(sig, 0, sizeof(sig));
	ok(crypto_scalarmult_ed25519_base_noclamp(sig, one) == 0, "the base point");
	sig[32] = 1;
	for (size_t i = 0; i < countof(keys); i++)
		for (unsigned n = 0; n < 16; n++) {
			digest[0] = (unsigned char)n;
			if (!ok(!edwards_verify_ph(keys[i], digest, span_of(sig, sizeof(sig))), "key %zu, %u", i, n))
				return;
		}
}

int
main(void)
{
	for (unsigned n = 0; n < ROUNDS; n++) {
		struct round r = {.key = SECRET_INIT};

		prepare(&r, n);
		ph(&r, n);
		pure(&r, n);
		secret_release(&r.key);
	}
	small_order();
	return tap_done();
}
