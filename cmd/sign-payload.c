/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/prompt.h"
#include "cli/serviceplan.h"
#include "client/keyref.h"
#include "step/stagebatch.h"
#include "step/workwitness.h"

struct sign_payload {
	const char *key;
	struct prompt prompt;
	struct services_config config;
	struct services_urls urls;
	struct services_keyless keyless;
};

static const struct opt opts[] = {
	OPT_STR(struct sign_payload, 0, "key", "KEY", key, .help = "private key: a file or env://VARIABLE",
	    .complete = OPT_COMPLETE_FILE),
	OPT_GROUP(struct sign_payload, prompt, prompt_opts),
	OPT_GROUP(struct sign_payload, config, services_config),
	OPT_GROUP(struct sign_payload, urls, services_urls),
	OPT_GROUP(struct sign_payload, keyless, services_keyless),
	OPT_END};

static bool
has_key(const struct sign_payload *s)
{
	return s->key && *s->key;
}

static int
seal(void *ctx, struct work *w, struct err *e)
{
	return workwitness_seal(w, ctx, e);
}

/* Services first, which may need programs and files; then the sandbox. */
static int
set_up(struct sign_payload *s, struct serviceplan *p, struct signer *signer, struct err *e)
{
	struct services_tsa none = {.url = NULL};
	struct serviceplan_args a = {.part = SERVICEPLAN_CERTIFICATE, .config = &s->config, .urls = &s->urls, .tsa = &none,
	    .keyless = &s->keyless, .key = s->key, .stdin_is_taken = true};
	bool certified = !has_key(s) || s->keyless.issue_certificate;
	unsigned keep;

	s->prompt.records = true;
	/* A key alone needs no services, whatever else they were asked for. */
	if (!certified)
		s->config.use_signing_config = s->config.tlog_upload = false;
	if (serviceplan_make(p, &a, e))
		return -1;
	keep = serviceplan_asks(p) ? SANDBOX_SIGNAL : 0;
	(void)sandbox_enter(keep | SANDBOX_READ, NULL, 0);
	if (has_key(s) && keyref_signer(s->key, signer, prompt_password, &s->prompt, e))
		return -1;
	(void)sandbox_enter(keep, NULL, 0);
	return serviceplan_sealer(p, has_key(s) ? signer : NULL, e);
}

static int
run(void *args, struct err *e)
{
	AUTO(signer) struct signer signer = SIGNER_INIT;
	AUTO(serviceplan) struct serviceplan p = SERVICEPLAN_INIT;
	struct stagebatch b = {STAGE_PAYLOAD, STAGE_SIGNATURE, seal, &p.sealer, .running = 1, .begin = command_restart_clock, .json = command_globals.json};

	return set_up(args, &p, &signer, e) ? -1 : stagebatch_run(&b, e);
}

static const char examples[] =
	"# sign on a machine that has the key and no network\n"
	"$ cosign resolve oci:image | cosign make-payload | cosign sign-payload --key cosign.key > signed.ndjson\n"
	"# sign with an identity\n"
	"$ cosign resolve oci:image | cosign make-payload | cosign sign-payload --signing-config signing_config.json "
	"--trusted-root trusted_root.json --identity-token token > signed.ndjson\n";

static const struct command sign_payload = {
	.name = "sign-payload",
	.brief = "Sign payloads with a key or an identity",
	.about = "Reads payload records, writes signature records (cosign-records(5)). Opens no socket; with an identity the "
		"certificate comes through cosign-remote-http, and one serves all records while it is fresh. The password comes "
		"from --password-file or COSIGN_PASSWORD, because standard input carries records.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct sign_payload),
	.run = run,
	.plumbing = true,
};
COMMAND_MAIN(sign_payload)
