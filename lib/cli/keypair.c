/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/keypair.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/command.h"
#include "json/emit.h"

static int
agree(const char *path, enum file_mode *how, struct err *e)
{
	if (!file_exists(path) || *how == FILE_REPLACE)
		return 0;
	log_warn("File %s already exists. Overwrite?", path);
	if (prompt_confirm("--yes", e))
		return err_wrap(e, "%s exists", path);
	*how = FILE_REPLACE;
	return 0;
}

static void
report(const char *key, const char *pub, const struct signer *s)
{
	AUTO(buf) struct buf hint = BUF_INIT(BUF_TEXT_MAX);
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	struct emit j;

	pubkey_hint(&s->pub, &hint);
	emit_init(&j, &out);
	emit_object(&j);
	emit_kstr(&j, "type", "cosign.key-pair/1");
	emit_kstr(&j, "privateKey", key);
	emit_kstr(&j, "publicKey", pub);
	emit_kstr(&j, "algorithm", s->alg->name);
	emit_kspan(&j, "hint", buf_span(&hint));
	emit_object_end(&j);
	printf("%s\n", buf_str(&out));
}

static int
write_public(const char *path, const struct pubkey *k, enum file_mode how, struct err *e)
{
	AUTO(buf) struct buf pem = BUF_INIT(PUBKEY_FILE_MAX);

	pubkey_emit_pem(k, &pem);
	return file_write(path, buf_span(&pem), 0644, how, e);
}

int
keypair_write(const struct keypair *p, const struct secret *pkcs8, struct err *e)
{
	AUTO(charp) char *key = xasprintf("%s.key", p->stem);
	AUTO(charp) char *pub = xasprintf("%s.pub", p->stem);
	AUTO(secret) struct secret password = SECRET_INIT;
	AUTO(buf) struct buf pem = BUF_INIT(KEYFILE_MAX);
	AUTO(signer) struct signer s = SIGNER_INIT;
	enum file_mode how = p->yes ? FILE_REPLACE : FILE_KEEP;
	struct prompt prompt = {.password_file = p->prompt.password_file, .create = true};

	if (signer_from_pkcs8(&s, pkcs8, e) || prompt_password(&prompt, &password, e) ||
	    agree(key, &how, e) || agree(pub, &how, e) || keyfile_seal(pkcs8, &password, &pem, e))
		return -1;
	if (file_write(key, buf_span(&pem), 0600, how, e))
		return -1;
	if (!command_globals.json)
		log_say("Private key written to %s", key);
	if (write_public(pub, &s.pub, how, e))
		return -1;
	if (!command_globals.json)
		log_say("Public key written to %s", pub);
	else
		report(key, pub, &s);
	return 0;
}
