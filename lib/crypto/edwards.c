/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/edwards.h"

#include <sodium.h>
#include "base/mem.h"

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

void
edwards_sign(const struct secret *key, struct span message, unsigned char sig[EDWARDS_SIGNATURE])
{
	crypto_sign_detached(sig, NULL, bytes(message), message.len, key->bytes);
}

/* RFC 8032 section 5.1: dom2(1, "") starts every hash of Ed25519ph. */
static void
start_ph(crypto_hash_sha512_state *h)
{
	static const unsigned char dom2[] = "SigEd25519 no Ed25519 collisions\1";

	crypto_hash_sha512_init(h);
	crypto_hash_sha512_update(h, dom2, sizeof(dom2));	/* the NUL is the context's length */
}

static void
finish_scalar(crypto_hash_sha512_state *h, const unsigned char digest[EDWARDS_DIGEST],
    unsigned char scalar[crypto_core_ed25519_SCALARBYTES])
{
	unsigned char wide[crypto_hash_sha512_BYTES];

	crypto_hash_sha512_update(h, digest, EDWARDS_DIGEST);
	crypto_hash_sha512_final(h, wide);
	crypto_core_ed25519_scalar_reduce(scalar, wide);
	mem_wipe(wide, sizeof(wide));
	mem_wipe(h, sizeof(*h));
}

/* k of RFC 8032: what a signature's second half answers to. */
static void
challenge(const unsigned char r[32], const unsigned char pub[EDWARDS_KEY],
    const unsigned char digest[EDWARDS_DIGEST], unsigned char scalar[crypto_core_ed25519_SCALARBYTES])
{
	crypto_hash_sha512_state h;

	start_ph(&h);
	crypto_hash_sha512_update(&h, r, 32);
	crypto_hash_sha512_update(&h, pub, EDWARDS_KEY);
	finish_scalar(&h, digest, scalar);
}

/* libsodium signs with ph only what it has hashed itself, so RFC 8032 section
 * 5.1.6 stands here, over its arithmetic in constant time. */
void
edwards_sign_ph(const struct secret *key, const unsigned char digest[EDWARDS_DIGEST],
    unsigned char sig[EDWARDS_SIGNATURE])
{
	const unsigned char *pub = key->bytes + EDWARDS_KEY;
	unsigned char expanded[crypto_hash_sha512_BYTES], nonce[32], k[32], wide[64] = {0};
	crypto_hash_sha512_state h;

	crypto_hash_sha512(expanded, key->bytes, EDWARDS_KEY);
	expanded[0] &= 248;
	expanded[31] = (expanded[31] & 127) | 64;
	start_ph(&h);
	crypto_hash_sha512_update(&h, expanded + 32, 32);
	finish_scalar(&h, digest, nonce);
	if (crypto_scalarmult_ed25519_base_noclamp(sig, nonce))
		BUG("Ed25519 drew a nonce of zero");
	challenge(sig, pub, digest, k);
	memcpy(wide, expanded, 32);
	crypto_core_ed25519_scalar_reduce(expanded, wide);
	crypto_core_ed25519_scalar_mul(k, k, expanded);
	crypto_core_ed25519_scalar_add(sig + 32, k, nonce);
	mem_wipe(expanded, sizeof(expanded));
	mem_wipe(nonce, sizeof(nonce));
	mem_wipe(wide, sizeof(wide));
	mem_wipe(k, sizeof(k));
}

bool
edwards_verify(const unsigned char pub[EDWARDS_KEY], struct span message, struct span sig)
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

/* RFC 8032 section 5.1.7 without the cofactor, R compared as bytes. The key
 * must lie in the main subgroup: crypto_scalarmult refuses others. */
bool
edwards_verify_ph(const unsigned char pub[EDWARDS_KEY], const unsigned char digest[EDWARDS_DIGEST],
    struct span sig)
{
	unsigned char copy[EDWARDS_SIGNATURE], k[32], base[32], part[32], r[32];

	if (sig.len != EDWARDS_SIGNATURE || sodium_init() < 0)
		return false;
	memcpy(copy, sig.ptr, sizeof(copy));
	if (!is_reduced(copy + 32))
		return false;
	challenge(copy, pub, digest, k);
	return crypto_scalarmult_ed25519_base_noclamp(base, copy + 32) == 0 &&
	    crypto_scalarmult_ed25519_noclamp(part, k, pub) == 0 &&
	    crypto_core_ed25519_sub(r, base, part) == 0 && memcmp(r, copy, sizeof(r)) == 0;
}
