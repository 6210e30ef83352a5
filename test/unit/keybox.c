/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/keybox.h"
#include "codec/hex.h"
#include "crypto/digest.h"
#include "tap.h"

/* Password, salt 00..1f, nonce 00..17 and the test key, as other programs
 * compute with them. */
static const char pkcs8_hex[] = "302e020100300506032b657004220420"
				"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
static const char box_hex[] = "09ae37a5cbb473566d6f8601e90804af6d5fe4322b69cbae8ed0e0a7f33c6c9b"
			      "2beef720a1e0c316ab42fb9a09b2dde10abb3ec08d2bf25c9767e8ceae61f7c4";

static const struct { uint64_t n; const char *key; } keys[] = {
	{32768, "6b3a7dbe8322233fa253245d2473dd9c7c6cd5d2a7e16b82414b0fbaee9fc6d6"},
	{65536, "ccaaff3fbc13d288b8277dede684a5856f2a93e615131d545ec4fcb651910285"},
	{131072, "12fec3909ec6e05cf8e15f0dad650e1d7ffe49ebb8c63ac6ee4f07f3c41c7500"},
};

static unsigned char salt[KEYBOX_SALT];
static struct secret password, pkcs8;

static void
derives(void)
{
	for (size_t i = 0; i < countof(keys); i++) {
		AUTO(secret) struct secret key = SECRET_INIT;
		struct scrypt cost = {keys[i].n, 8, 1};
		struct err e = ERR_INIT;
		char text[65];

		secret_new(&key, 32);
		succeeds(scrypt_derive(&key, &password, span_of(salt, sizeof(salt)), &cost, &e), &e, "scrypt runs");
		hex_format(text, key.bytes, 32);
		is_str(text, keys[i].key, "scrypt with N=%d", (int)keys[i].n);
	}
}

static void
seals(struct buf *json)
{
	struct err e = ERR_INIT;
	unsigned char value[32], box[64];
	char text[65];
	struct keybox b = KEYBOX_INIT;

	succeeds(keybox_seal(&pkcs8, &password, salt, salt, json, &e), &e, "sealed");
	is_int((int64_t)json->len, 294, "length of the JSON");
	digest_of(HASH_SHA256, buf_span(json), value);
	hex_format(text, value, 32);
	is_str(text, "8e5af538b729d95da38c271b195f3728e97a671e63401f35de12e7710e70b7c2", "the JSON, byte for byte");
	ok(hex_decode(box, sizeof(box), span_str(box_hex)), "the box in hex");
	if (succeeds(keybox_parse(&b, buf_span(json), &e), &e, "parsed"))
		is_span(b.ciphertext, span_of(box, sizeof(box)), "ciphertext");
	keybox_release(&b);
}

static void
opens(const struct buf *json)
{
	AUTO(keybox) struct keybox b = KEYBOX_INIT;
	AUTO(secret) struct secret plain = SECRET_INIT;
	AUTO(secret) struct secret wrong = SECRET_INIT;
	struct err e = ERR_INIT;

	if (!succeeds(keybox_parse(&b, buf_span(json), &e), &e, "parsed"))
		return;
	if (succeeds(keybox_open(&b, &password, &plain, &e), &e, "opened"))
		ok(span_eq(secret_span(&plain), secret_span(&pkcs8)), "the same key");
	secret_release(&plain);
	secret_copy(&wrong, SPAN("cosign-test\n"));
	fails_with(keybox_open(&b, &wrong, &plain, &e), &e, REASON_BAD_PASSWORD, "a line end too many");
	ok(err_get_hint(&e) == NULL && plain.bytes == NULL, "nothing is left");
}

int
main(void)
{
	AUTO(buf) struct buf json = BUF_INIT(4096);

	for (size_t i = 0; i < sizeof(salt); i++)
		salt[i] = (unsigned char)i;
	secret_copy(&password, SPAN("cosign-test"));
	secret_new(&pkcs8, 48);
	ok(hex_decode(pkcs8.bytes, 48, span_str(pkcs8_hex)), "the test key");
	derives();
	seals(&json);
	opens(&json);
	secret_release(&password);
	secret_release(&pkcs8);
	return tap_done();
}
