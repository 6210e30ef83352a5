/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bare CHECKS FILE [N]: the floor under a verifier: hashes FILE, then makes the
 * signature checks that test/bench/checks.c took out of a bundle, with libcrypto
 * and nothing else: no JSON, no certificate rules, no policy. Those of the trust
 * root once, those of the bundle N times.
 */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char *
load(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	unsigned char *p = malloc(1 << 24);

	if (!f || !p)
		exit(2);
	*len = fread(p, 1, 1 << 24, f);
	fclose(f);
	return p;
}

static const unsigned char *
part(const unsigned char **at, size_t *len)
{
	const unsigned char *p = *at + 4;

	*len = (size_t)(*at)[0] << 24 | (size_t)(*at)[1] << 16 | (size_t)(*at)[2] << 8 | (*at)[3];
	*at = p + *len;
	return p;
}

/* once, hash, key, message, signature: each behind its length. */
static void
check(const unsigned char **at, int round)
{
	size_t once_len, hash_len, key_len, message_len, sig_len;
	const unsigned char *once = part(at, &once_len), *hash = part(at, &hash_len), *key = part(at, &key_len);
	const unsigned char *message = part(at, &message_len), *sig = part(at, &sig_len);
	char name[16] = "";
	EVP_PKEY *k;
	EVP_MD_CTX *ctx;

	if (round > 0 && once[0] == '1')
		return;
	memcpy(name, hash, hash_len < sizeof(name) ? hash_len : 0);
	k = d2i_PUBKEY(NULL, &key, (long)key_len);
	ctx = EVP_MD_CTX_new();
	if (!k || !ctx || EVP_DigestVerifyInit(ctx, NULL, hash_len ? EVP_get_digestbyname(name) : NULL, NULL, k) != 1 ||
	    EVP_DigestVerify(ctx, sig, sig_len, message, message_len) != 1)
		exit(1);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(k);
}

int
main(int argc, char **argv)
{
	size_t len, file_len;
	unsigned char *checks, *file, digest[EVP_MAX_MD_SIZE];
	int rounds = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 1;

	if (argc < 3)
		return 2;
	checks = load(argv[1], &len);
	file = load(argv[2], &file_len);
	for (int i = 0; i < rounds; i++) {
		if (EVP_Digest(file, file_len, digest, NULL, EVP_sha256(), NULL) != 1)
			return 1;
		for (const unsigned char *at = checks; at < checks + len;)
			check(&at, i);
	}
	free(checks);
	free(file);
	return 0;
}
