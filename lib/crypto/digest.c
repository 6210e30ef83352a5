/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/digest.h"

#include "base/mem.h"
#include "base/spill.h"
#include "codec/hex.h"
#include "crypto/ossl.h"

static const struct {
	const char *name, *ossl;
	size_t size;
} hashes[] = {
	[HASH_NONE] = {"none", NULL, 0},
	[HASH_SHA224] = {"sha224", "SHA2-224", 28},
	[HASH_SHA256] = {"sha256", "SHA2-256", 32},
	[HASH_SHA384] = {"sha384", "SHA2-384", 48},
	[HASH_SHA512] = {"sha512", "SHA2-512", 64},
};

size_t
hash_size(enum hash h)
{
	return hashes[h].size;
}

const char *
hash_name(enum hash h)
{
	return hashes[h].name;
}

enum hash
hash_find(struct span name)
{
	for (size_t i = HASH_SHA224; i < countof(hashes); i++)
		if (span_eq_nocase(name, span_str(hashes[i].name)))
			return (enum hash)i;
	return HASH_NONE;
}

const void *
digest_evp(enum hash h)
{
	static EVP_MD *fetched[countof(hashes)];

	if (fetched[h])
		return fetched[h];
	ossl_init();
	fetched[h] = hashes[h].ossl ? EVP_MD_fetch(NULL, hashes[h].ossl, NULL) : NULL;
	if (!fetched[h])
		mem_exhausted();
	return fetched[h];
}

void
digest_warm(void)
{
	(void)digest_evp(HASH_SHA256);
}

static int
feed(struct sink *s, struct span bytes, struct err *e)
{
	(void)e;
	digest_update((struct digest *)s, bytes);
	return 0;
}

void
digest_init(struct digest *d, enum hash h)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || !EVP_DigestInit_ex2(ctx, digest_evp(h), NULL))
		mem_exhausted();
	*d = (struct digest){{feed}, h, ctx, 0};
}

void
digest_update(struct digest *d, struct span bytes)
{
	struct span piece = SPAN_NONE;

	d->size += bytes.len;
	while (spill_next(&bytes, &piece))
		if (!EVP_DigestUpdate(d->ctx, piece.ptr, piece.len))
			mem_exhausted();
}

void
digest_final(struct digest *d, unsigned char *out)
{
	if (!EVP_DigestFinal_ex(d->ctx, out, NULL))
		mem_exhausted();
	digest_release(d);
}

void
digest_release(struct digest *d)
{
	EVP_MD_CTX_free(d->ctx);
	d->ctx = NULL;
}

void
digest_of(enum hash h, struct span bytes, unsigned char *out)
{
	struct digest d;

	digest_init(&d, h);
	digest_update(&d, bytes);
	digest_final(&d, out);
}

const char *
digest_text(enum hash h, const unsigned char *value, char *text)
{
	size_t len = strlen(hash_name(h));

	memcpy(text, hash_name(h), len);
	text[len] = ':';
	hex_format(text + len + 1, value, hash_size(h));
	return text;
}

const char *
digest_text_of(struct span bytes, char *text)
{
	unsigned char value[HASH_SIZE_MAX];

	digest_of(HASH_SHA256, bytes, value);
	return digest_text(HASH_SHA256, value, text);
}
