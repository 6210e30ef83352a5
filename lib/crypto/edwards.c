/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/edwards.h"

#include <sodium.h>
#include <unistd.h>
#include "base/mem.h"
#include "base/spill.h"
#include "crypto/digest_file.h"

enum { SCALAR = crypto_core_ed25519_SCALARBYTES };

_Static_assert(crypto_sign_PUBLICKEYBYTES == EDWARDS_KEY && crypto_sign_BYTES == EDWARDS_SIGNATURE &&
    crypto_sign_SEEDBYTES == EDWARDS_KEY, "libsodium's crypto_sign is Ed25519");

static const unsigned char *
bytes(struct span s)
{
	return (const unsigned char *)(s.len ? s.ptr : "");
}

void
edwards_key(struct secret *key, unsigned char pub[EDWARDS_KEY], struct span seed)
{
	if (sodium_init() < 0 || seed.len != EDWARDS_KEY)
		BUG("Ed25519 cannot start");
	secret_new(key, crypto_sign_SECRETKEYBYTES);
	crypto_sign_seed_keypair(pub, key->bytes, bytes(seed));
}

/* A hash of RFC 8032 in the making; its state may come of the private key. */
struct hashing {
	struct sink sink;
	crypto_hash_sha512_state state;
};

static int
feed_hash(struct sink *s, struct span b, struct err *e)
{
	struct hashing *h = (struct hashing *)s;

	(void)e;
	crypto_hash_sha512_update(&h->state, bytes(b), b.len);
	return 0;
}

/* Section 5.1: dom2(1, "") starts every hash of Ed25519ph; its last byte, the
 * context's length, is the literal's NUL. */
static void
start_hash(struct hashing *h, bool ph)
{
	static const unsigned char dom2[] = "SigEd25519 no Ed25519 collisions\1";

	h->sink.feed = feed_hash;
	crypto_hash_sha512_init(&h->state);
	if (ph)
		crypto_hash_sha512_update(&h->state, dom2, sizeof(dom2));
}

static void
finish_hash(struct hashing *h, unsigned char scalar[SCALAR])
{
	unsigned char wide[crypto_hash_sha512_BYTES];

	crypto_hash_sha512_final(&h->state, wide);
	crypto_core_ed25519_scalar_reduce(scalar, wide);
	mem_wipe(wide, sizeof(wide));
	mem_wipe(&h->state, sizeof(h->state));
}

/* What a signature is over: fed into a hash, as often as asked for. */
struct message {
	bool ph;
	int (*feed)(void *ctx, struct sink *to, struct err *e);
	void *ctx;
};

/* k of section 5.1.6: what the second half of a signature answers to. */
static int
challenge(const unsigned char r[32], const unsigned char pub[EDWARDS_KEY], const struct message *m,
    unsigned char k[SCALAR], struct err *e)
{
	struct hashing h;

	start_hash(&h, m->ph);
	crypto_hash_sha512_update(&h.state, r, 32);
	crypto_hash_sha512_update(&h.state, pub, EDWARDS_KEY);
	if (m->feed(m->ctx, &h.sink, e))
		return -1;
	finish_hash(&h, k);
	return 0;
}

static int
draw_nonce(const unsigned char prefix[32], const struct message *m, unsigned char nonce[SCALAR], struct err *e)
{
	struct hashing h;

	start_hash(&h, m->ph);
	crypto_hash_sha512_update(&h.state, prefix, 32);
	if (m->feed(m->ctx, &h.sink, e)) {
		mem_wipe(&h, sizeof(h));
		return -1;
	}
	finish_hash(&h, nonce);
	return 0;
}

/* sig's second half from the private scalar, which is not reduced. */
static void
answer(unsigned char sig[EDWARDS_SIGNATURE], const unsigned char scalar[32], const unsigned char nonce[SCALAR],
    const unsigned char k[SCALAR])
{
	unsigned char wide[64] = {0}, product[SCALAR];

	memcpy(wide, scalar, 32);
	crypto_core_ed25519_scalar_reduce(product, wide);
	crypto_core_ed25519_scalar_mul(product, product, k);
	crypto_core_ed25519_scalar_add(sig + 32, product, nonce);
	mem_wipe(wide, sizeof(wide));
	mem_wipe(product, sizeof(product));
}

/* libsodium signs only what it has whole, and with ph only what it has hashed
 * itself; so section 5.1.6 stands here, over its arithmetic in constant time. */
static int
sign_message(const struct secret *key, const struct message *m, unsigned char sig[EDWARDS_SIGNATURE],
    struct err *e)
{
	unsigned char expanded[crypto_hash_sha512_BYTES], nonce[SCALAR], k[SCALAR];
	int status = -1;

	crypto_hash_sha512(expanded, key->bytes, EDWARDS_KEY);
	expanded[0] &= 248;
	expanded[31] = (expanded[31] & 127) | 64;
	if (draw_nonce(expanded + 32, m, nonce, e) == 0) {
		if (crypto_scalarmult_ed25519_base_noclamp(sig, nonce))
			BUG("Ed25519 drew a nonce of zero");
		status = challenge(sig, key->bytes + EDWARDS_KEY, m, k, e);
	}
	if (status == 0)
		answer(sig, expanded, nonce, k);
	mem_wipe(expanded, sizeof(expanded));
	mem_wipe(nonce, sizeof(nonce));
	return status;
}

static int
feed_span(void *ctx, struct sink *to, struct err *e)
{
	struct span rest = *(const struct span *)ctx, piece = SPAN_NONE;

	while (spill_next(&rest, &piece))
		if (to->feed(to, piece, e))
			return -1;
	return 0;
}

void
edwards_sign(const struct secret *key, struct span message, unsigned char sig[EDWARDS_SIGNATURE])
{
	struct message m = {false, feed_span, &message};

	if (message.len < SPILL_MIN)
		crypto_sign_detached(sig, NULL, bytes(message), message.len, key->bytes);
	else if (sign_message(key, &m, sig, NULL))
		BUG("Ed25519 cannot fail");
}

static int
feed_digest(void *ctx, struct sink *to, struct err *e)
{
	return to->feed(to, span_of(ctx, EDWARDS_DIGEST), e);
}

void
edwards_sign_ph(const struct secret *key, const unsigned char digest[EDWARDS_DIGEST],
    unsigned char sig[EDWARDS_SIGNATURE])
{
	unsigned char copy[EDWARDS_DIGEST];
	struct message m = {true, feed_digest, copy};

	memcpy(copy, digest, sizeof(copy));
	if (sign_message(key, &m, sig, NULL))
		BUG("Ed25519ph cannot fail");
}

struct source {
	int fd;
	const char *name;
};

static int
feed_source(void *ctx, struct sink *to, struct err *e)
{
	const struct source *f = ctx;
	struct digest_file none;

	if (lseek(f->fd, 0, SEEK_SET) < 0)
		return err_errno(e, REASON_IO, "cannot read %s again", f->name);
	return digest_file_fd(&none, f->fd, f->name, 0, to, e);
}

int
edwards_sign_fd(const struct secret *key, int fd, const char *name, unsigned char sig[EDWARDS_SIGNATURE],
    struct err *e)
{
	struct source source = {fd, name};
	struct message m = {false, feed_source, &source};

	return sign_message(key, &m, sig, e);
}

static bool
verify_whole(const unsigned char pub[EDWARDS_KEY], struct span message, struct span sig)
{
	unsigned char copy[EDWARDS_SIGNATURE];

	if (sig.len != EDWARDS_SIGNATURE || sodium_init() < 0)
		return false;
	memcpy(copy, sig.ptr, sizeof(copy));
	return crypto_sign_verify_detached(copy, bytes(message), message.len, pub) == 0;
}

/* Whether s is below the group's order: one encoding for one signature. */
static bool
is_reduced(const unsigned char s[32])
{
	unsigned char wide[64] = {0}, reduced[32];

	memcpy(wide, s, 32);
	crypto_core_ed25519_scalar_reduce(reduced, wide);
	return memcmp(reduced, s, 32) == 0;
}

/* Section 5.1.7 without the cofactor, R compared as bytes. The key must lie in
 * the main subgroup: crypto_scalarmult refuses others. */
static int
verify_message(const unsigned char pub[EDWARDS_KEY], const struct message *m, struct span sig, bool *good,
    struct err *e)
{
	unsigned char copy[EDWARDS_SIGNATURE], k[SCALAR], base[32], part[32], r[32];

	*good = false;
	if (sig.len != EDWARDS_SIGNATURE || sodium_init() < 0)
		return 0;
	memcpy(copy, sig.ptr, sizeof(copy));
	if (challenge(copy, pub, m, k, e))
		return -1;
	*good = is_reduced(copy + 32) && crypto_scalarmult_ed25519_base_noclamp(base, copy + 32) == 0 &&
	    crypto_scalarmult_ed25519_noclamp(part, k, pub) == 0 &&
	    crypto_core_ed25519_sub(r, base, part) == 0 && memcmp(r, copy, sizeof(r)) == 0;
	return 0;
}

bool
edwards_verify(const unsigned char pub[EDWARDS_KEY], struct span message, struct span sig)
{
	struct message m = {false, feed_span, &message};
	bool good;

	if (message.len < SPILL_MIN)
		return verify_whole(pub, message, sig);
	return verify_message(pub, &m, sig, &good, NULL) == 0 && good;
}

bool
edwards_verify_ph(const unsigned char pub[EDWARDS_KEY], const unsigned char digest[EDWARDS_DIGEST],
    struct span sig)
{
	unsigned char copy[EDWARDS_DIGEST];
	struct message m = {true, feed_digest, copy};
	bool good;

	memcpy(copy, digest, sizeof(copy));
	return verify_message(pub, &m, sig, &good, NULL) == 0 && good;
}

int
edwards_verify_fd(const unsigned char pub[EDWARDS_KEY], int fd, const char *name, struct span sig,
    bool *good, struct err *e)
{
	struct source source = {fd, name};
	struct message m = {false, feed_source, &source};

	return verify_message(pub, &m, sig, good, e);
}
