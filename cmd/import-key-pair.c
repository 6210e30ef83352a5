/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/keypair.h"

struct import {
	const char *key, *stem;
	bool yes;
	struct prompt prompt;
};

static const struct opt opts[] = {
	OPT_STR(struct import, 'k', "key", "FILE", key, .help = "the private key to import; - is standard input",
	    .complete = OPT_COMPLETE_FILE),
	OPT_STR(struct import, 'o', "output-key-prefix", "STEM", stem, .help = "write STEM.key and STEM.pub",
	    .def = "import-cosign", .complete = OPT_COMPLETE_FILE),
	OPT_FLAG(struct import, 'y', "yes", yes, .help = "overwrite files without asking"),
	OPT_GROUP(struct import, prompt, prompt_opts),
	OPT_END
};

static int
run(void *args, struct err *e)
{
	const struct import *a = args;
	struct keypair pair = {a->stem, a->yes, a->prompt};
	AUTO(secret) struct secret pem = SECRET_INIT;
	AUTO(secret) struct secret pkcs8 = SECRET_INIT;

	if (!a->key || !*a->key) {
		err_set(e, REASON_USAGE, "there is no key to import");
		return err_expected(e, "--key FILE");
	}
	(void)sandbox_enter(SANDBOX_READ | SANDBOX_WRITE, NULL, 0);
	if (secret_read_file(&pem, a->key, KEYFILE_MAX, e))
		return -1;
	if (keyfile_import(secret_span(&pem), &pkcs8, e))
		return err_wrap(e, "%s", a->key);
	return keypair_write(&pair, &pkcs8, e);
}

static const struct command import = {
	.name = "import-key-pair",
	.brief = "Import a PEM private key",
	.about = "Takes an unencrypted private key, RSA of 2048, 3072 or 4096 bits, ECDSA P-256, P-384 or P-521, "
	    "or Ed25519, and writes it, encrypted with a password, to import-cosign.key and its public key to "
	    "import-cosign.pub. Such a PEM can also be used as --key directly.",
	.examples = "$ openssl ecparam -genkey -name prime256v1 -noout -out openssl.pem\n"
	    "$ COSIGN_PASSWORD=secret cosign import-key-pair --key openssl.pem --output-key-prefix my-key",
	.opts = opts,
	.size = sizeof(struct import),
	.run = run,
};
COMMAND_MAIN(import)
