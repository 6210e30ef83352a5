/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/pubkey.h"
#include "tap.h"

static const char p256[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWj/glK52t0FVkwiK1edG8TLDLxYd\n"
	"hUkASqDoQR57StjGoPzzGCAWi2WvrkoUAt3cz7IQEX0EBVvGJcI5X2U2oQ==\n"
	"-----END PUBLIC KEY-----\n";

static void
try_bad(const char *path, struct span bytes, enum reason want, void *arg UNUSED)
{
	AUTO(pubkey) struct pubkey k = PUBKEY_INIT;
	struct err e = ERR_INIT;

	fails_with(pubkey_parse_pem(&k, bytes, &e), &e, want, "%s", path);
	fails_with(pubkey_verify(&k, HASH_NONE, SPAN("x"), SPAN("\x30\x06\x02\x01\x01\x02\x01\x01"), &e), &e,
	    REASON_BAD_KEY, "and it verifies nothing");
}

/* A point that is not on its curve is found when it is used. */
static void
off_curve(void)
{
	AUTO(pubkey) struct pubkey k = PUBKEY_INIT, other = PUBKEY_INIT;
	struct err e = ERR_INIT;

	succeeds(pubkey_parse_pem(&k, SPAN(p256), &e), &e, "parsed");
	k.spki.ptr[k.spki.len - 1] ^= 1;
	succeeds(pubkey_parse_spki(&other, buf_span(&k.spki), &e), &e, "parsed");
	fails_with(pubkey_verify(&other, HASH_NONE, SPAN("x"), SPAN("\x30\x06\x02\x01\x01\x02\x01\x01"), &e), &e,
	    REASON_BAD_KEY, "not on the curve");
}

int
main(void)
{
	AUTO(pubkey) struct pubkey k = PUBKEY_INIT;
	AUTO(buf) struct buf text = BUF_INIT(4096);
	struct err e = ERR_INIT;
	char name[32];

	succeeds(pubkey_parse_pem(&k, SPAN(p256), &e), &e, "parsed");
	pubkey_hint(&k, &text);
	is_str(buf_str(&text), "LUv6KgH3dFdgBk5Q6LD5/8fOqFTMKLXupt3dngWxwnw=", "hint");
	buf_reset(&text);
	pubkey_emit_pem(&k, &text);
	is_str(buf_str(&text), p256, "written as it was read");
	is_str(pubkey_describe(&k, name), "ECDSA P-256", "its name");
	off_curve();
	tap_samples("test/vectors/bad/pubkey", try_bad, NULL);
	return tap_done();
}
