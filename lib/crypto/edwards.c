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
edwards_sign(const struct secret *key, bool ph, struct span message, unsigned char sig[EDWARDS_SIGNATURE])
{
	crypto_sign_state state;

	if (!ph) {
		crypto_sign_detached(sig, NULL, bytes(message), message.len, key->bytes);
		return;
	}
	crypto_sign_init(&state);
	crypto_sign_update(&state, bytes(message), message.len);
	crypto_sign_final_create(&state, sig, NULL, key->bytes);
}

bool
edwards_verify(const unsigned char pub[EDWARDS_KEY], bool ph, struct span message, struct span sig)
{
	unsigned char copy[EDWARDS_SIGNATURE];
	crypto_sign_state state;

	if (sig.len != EDWARDS_SIGNATURE || sodium_init() < 0)
		return false;
	memcpy(copy, sig.ptr, sizeof(copy));
	if (!ph)
		return crypto_sign_verify_detached(copy, bytes(message), message.len, pub) == 0;
	crypto_sign_init(&state);
	crypto_sign_update(&state, bytes(message), message.len);
	return crypto_sign_final_verify(&state, copy, pub) == 0;
}
