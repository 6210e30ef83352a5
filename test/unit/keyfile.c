/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/keyfile.h"
#include <dirent.h>
#include "base/file.h"
#include "base/mem.h"
#include "tap.h"

static int asked;

static int
hello(void *ctx UNUSED, struct secret *password, struct err *e UNUSED)
{
	asked++;
	secret_copy(password, SPAN("hello"));
	return 0;
}

static int
refuse(void *ctx UNUSED, struct secret *password UNUSED, struct err *e)
{
	return err_set(e, REASON_NO_TERMINAL, "nobody is there");
}

static void
try_bad(const char *path, struct span bytes, enum reason want, void *arg UNUSED)
{
	AUTO(signer) struct signer s = SIGNER_INIT;
	AUTO(buf) struct buf sig = BUF_INIT(64);
	struct err e = ERR_INIT;

	asked = 0;
	fails_with(keyfile_open(&s, bytes, hello, NULL, &e), &e, want, "%s", path);
	ok(!s.key && !s.alg, "nothing is left of it");
	ok(asked == 0 || keyfile_is_encrypted(bytes), "only an encrypted key asks");
	fails_with(signer_sign(&s, SPAN("x"), &sig, &e), &e, REASON_BAD_KEY, "and it does not sign");
}

static void
try_good(const char *name)
{
	AUTO(charp) char *path = xasprintf("test/vectors/good/keyfile/%s", name);
	AUTO(buf) struct buf pem = BUF_INIT(KEYFILE_MAX);
	AUTO(buf) struct buf sig = BUF_INIT(1024);
	AUTO(signer) struct signer s = SIGNER_INIT;
	AUTO(secret) struct secret pkcs8 = SECRET_INIT;
	struct err e = ERR_INIT;
	bool closed;

	if (!succeeds(file_read(path, &pem, &e), &e, "%s", path))
		return;
	closed = keyfile_is_encrypted(buf_span(&pem));
	asked = 0;
	if (!succeeds(keyfile_open(&s, buf_span(&pem), hello, NULL, &e), &e, "%s: opens", name))
		return;
	is_int(asked, closed, "%s: asks only if it must", name);
	succeeds(signer_sign(&s, SPAN("x"), &sig, &e), &e, "%s: signs", name);
	succeeds(pubkey_verify(&s.pub, HASH_NONE, SPAN("x"), buf_span(&sig), &e), &e, "%s: verifies", name);
	if (closed)
		fails_with(keyfile_import(buf_span(&pem), &pkcs8, &e), &e, REASON_BAD_KEY, "%s: no import", name);
	else
		succeeds(keyfile_import(buf_span(&pem), &pkcs8, &e), &e, "%s: imports", name);
}

static void
all_good(void)
{
	DIR *d = opendir("test/vectors/good/keyfile");
	int count = 0;

	for (struct dirent *f; d && (f = readdir(d));) {
		if (f->d_name[0] == '.')
			continue;
		try_good(f->d_name);
		count++;
	}
	if (d)
		closedir(d);
	ok(count >= 10, "there are good files");
}

/* Sealed and opened again; the answer of whoever is asked counts. */
static void
seals(void)
{
	AUTO(secret) struct secret pkcs8 = SECRET_INIT, empty = SECRET_INIT;
	AUTO(buf) struct buf pem = BUF_INIT(KEYFILE_MAX);
	AUTO(signer) struct signer s = SIGNER_INIT;
	struct err e = ERR_INIT;

	secret_new(&empty, 0);
	succeeds(keyfile_generate(alg_default(KEY_P256, 0), &pkcs8, &e), &e, "made");
	is_int((int64_t)pkcs8.len, 138, "a P-256 key as Go writes it");
	succeeds(keyfile_seal(&pkcs8, &empty, &pem, &e), &e, "sealed with the empty password");
	ok(span_starts(buf_span(&pem), "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\neyJrZGYiOnsi"), "its label");
	fails_with(keyfile_open(&s, buf_span(&pem), hello, NULL, &e), &e, REASON_BAD_PASSWORD, "another password");
	fails_with(keyfile_open(&s, buf_span(&pem), refuse, NULL, &e), &e, REASON_NO_TERMINAL, "nobody to ask");
	fails_with(keyfile_open(&s, buf_span(&pem), NULL, NULL, &e), &e, REASON_BAD_PASSWORD, "nobody at all");
}

int
main(void)
{
	all_good();
	seals();
	tap_samples("test/vectors/bad/keyfile", try_bad, NULL);
	return tap_done();
}
