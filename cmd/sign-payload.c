/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/prompt.h"
#include "client/keyref.h"
#include "step/stage.h"

struct sign_payload {
	const char *key;
	struct prompt prompt;
};

static const struct opt opts[] = {
	OPT_STR(struct sign_payload, 0, "key", "KEY", key, .help = "private key: a file or env://VARIABLE",
	    .complete = OPT_COMPLETE_FILE),
	OPT_GROUP(struct sign_payload, prompt, prompt_opts),
	OPT_END};

static int
seal(void *ctx, struct work *w, struct err *e)
{
	return work_seal(w, ctx, e);
}

static int
run(void *args, struct err *e)
{
	struct sign_payload *s = args;
	AUTO(signer) struct signer signer = SIGNER_INIT;
	struct stage_filter f = {STAGE_PAYLOAD, STAGE_SIGNATURE, seal, &signer};

	if (!s->key) {
		err_set(e, REASON_UNSUPPORTED, "this version signs with a private key only");
		return err_hint(e, "pass --key KEY");
	}
	s->prompt.records = true;
	(void)sandbox_enter(SANDBOX_READ, NULL, 0);
	if (keyref_signer(s->key, &signer, prompt_password, &s->prompt, e))
		return -1;
	(void)sandbox_enter(0, NULL, 0);
	return stage_filter(&f, e);
}

static const char examples[] =
	"# sign on a machine that has the key and no network\n"
	"$ cosign resolve oci:image | cosign make-payload | cosign sign-payload --key cosign.key > signed.ndjson\n";

static const struct command sign_payload = {
	.name = "sign-payload",
	.brief = "Sign payloads with a key",
	.about = "Reads payload records, writes signature records (cosign-records(5)). Opens no socket. The password comes "
		"from --password-file or COSIGN_PASSWORD, because standard input carries records.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct sign_payload),
	.run = run,
	.plumbing = true,
};
COMMAND_MAIN(sign_payload)
