/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/keypair.h"

struct generate {
	const char *algorithm, *kms, *stem;
	bool yes;
	struct prompt prompt;
	struct opt_list where;
};

static const struct opt opts[] = {
	OPT_STR(struct generate, 0, "algorithm", "NAME", algorithm, .help = "what kind of key to make",
	    .def = "ecdsa-sha2-256-nistp256",
	    .words = "ecdsa-sha2-256-nistp256|ecdsa-sha2-384-nistp384|ecdsa-sha2-512-nistp521|"
	    "rsa-sign-pkcs1-2048-sha256|rsa-sign-pkcs1-3072-sha256|rsa-sign-pkcs1-4096-sha256|"
	    "rsa-sign-pss-2048-sha256|rsa-sign-pss-3072-sha256|rsa-sign-pss-4096-sha256|"
	    "ed25519|ed25519-ph|ecdsa-sha2-256-nistp384|ecdsa-sha2-256-nistp521"),
	OPT_STR(struct generate, 0, "kms", "REFERENCE", kms, .help = "make the key in a key service",
	    .later = "key services"),
	OPT_STR(struct generate, 0, "output-key-prefix", "STEM", stem, .help = "write STEM.key and STEM.pub",
	    .def = "cosign", .complete = OPT_COMPLETE_FILE),
	OPT_FLAG(struct generate, 'y', "yes", yes, .help = "overwrite files without asking"),
	OPT_GROUP(struct generate, prompt, prompt_opts),
	OPT_POS(struct generate, "SCHEME://REFERENCE", where, .min = 0),
	OPT_END
};

static int
refuse_place(const char *where, struct err *e)
{
	if (strstr(where, "://"))
		return err_set(e, REASON_UNSUPPORTED, "%s: keys can only be made in files yet", where);
	err_set(e, REASON_USAGE, "%s is no place for a key", where);
	return err_hint(e, "--output-key-prefix names the files");
}

/* A key file holds a key, and not how it is to sign. */
static void
warn_of_default(const struct alg *alg)
{
	const struct alg *usual = alg_default(alg->type, alg->bits);

	if (usual != alg)
		log_warn("a key file does not say how it signs: this key will sign as %s", usual->name);
}

static int
run(void *args, struct err *e)
{
	const struct generate *g = args;
	const struct alg *alg = alg_find(span_str(g->algorithm));
	struct keypair pair = {g->stem, g->yes, g->prompt};
	AUTO(secret) struct secret pkcs8 = SECRET_INIT;

	if (g->where.count)
		return refuse_place(g->where.items[0], e);
	if (!alg)
		return err_set(e, REASON_USAGE, "--algorithm %s is unknown", g->algorithm);
	warn_of_default(alg);
	(void)sandbox_enter(SANDBOX_READ | SANDBOX_WRITE, NULL, 0);
	return keyfile_generate(alg, &pkcs8, e) || keypair_write(&pair, &pkcs8, e) ? -1 : 0;
}

static const struct command generate = {
	.name = "generate-key-pair",
	.brief = "Make a key pair",
	.about = "Writes a private key, encrypted with a password, to cosign.key and its public key to cosign.pub. "
	    "The password is taken from --password-file, else from COSIGN_PASSWORD, else from the terminal, "
	    "else from standard input, line end included.",
	.examples = "$ COSIGN_PASSWORD=secret cosign generate-key-pair\n"
	    "$ COSIGN_PASSWORD= cosign generate-key-pair --output-key-prefix release --algorithm ed25519",
	.opts = opts,
	.size = sizeof(struct generate),
	.run = run,
};
COMMAND_MAIN(generate)
