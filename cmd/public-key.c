/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/prompt.h"
#include "client/keyref.h"
#include "json/emit.h"

struct public_key {
	const char *key, *outfile, *slot;
	bool sk;
	struct prompt prompt;
};

static const struct opt opts[] = {
	OPT_STR(struct public_key, 0, "key", "FILE", key, .help = "the private key: a PEM file, or env://NAME",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct public_key, 0, "outfile", "FILE", outfile, .help = "write there, not to standard output",
	    .complete = OPT_COMPLETE_FILE),
	OPT_FLAG(struct public_key, 0, "sk", sk, .help = "use a key on a hardware token", .later = "hardware keys"),
	OPT_STR(struct public_key, 0, "slot", "SLOT", slot, .help = "the token's slot",
	    .hints = "authentication|signature|card-authentication|key-management", .later = "hardware keys"),
	OPT_GROUP(struct public_key, prompt, prompt_opts),
	OPT_END
};

static void
add_record(struct buf *out, const struct signer *s)
{
	AUTO(buf) struct buf text = BUF_INIT(PUBKEY_FILE_MAX);
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	emit_kstr(&j, "type", "cosign.public-key/1");
	emit_kstr(&j, "algorithm", s->alg->name);
	pubkey_hint(&s->pub, &text);
	emit_kspan(&j, "hint", buf_span(&text));
	buf_reset(&text);
	pubkey_emit_pem(&s->pub, &text);
	emit_kspan(&j, "pem", buf_span(&text));
	emit_object_end(&j);
	buf_add_char(out, '\n');
}

static int
run(void *args, struct err *e)
{
	struct public_key *a = args;
	AUTO(signer) struct signer s = SIGNER_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);

	if (!a->key || !*a->key) {
		err_set(e, REASON_USAGE, "there is no key");
		return err_expected(e, "--key FILE");
	}
	(void)sandbox_enter(SANDBOX_READ | SANDBOX_WRITE, NULL, 0);
	if (keyref_signer(a->key, &s, prompt_password, &a->prompt, e))
		return -1;
	if (command_globals.json)
		add_record(&out, &s);
	else
		pubkey_emit_pem(&s.pub, &out);
	if (!a->outfile || !*a->outfile) {
		fwrite(out.ptr, 1, out.len, stdout);
		return 0;
	}
	if (file_write(a->outfile, buf_span(&out), 0644, FILE_REPLACE, e))
		return -1;
	log_say("Public key written to %s", a->outfile);
	return 0;
}

static const struct command public_key = {
	.name = "public-key",
	.brief = "Print the public key of a private key",
	.about = "The private key may be encrypted by this suite or by OpenSSL, or not at all.",
	.examples = "$ COSIGN_PASSWORD=secret cosign public-key --key cosign.key\n"
	    "$ COSIGN_PASSWORD=secret cosign public-key --key cosign.key --outfile again.pub",
	.opts = opts,
	.size = sizeof(struct public_key),
	.run = run,
};
COMMAND_MAIN(public_key)
