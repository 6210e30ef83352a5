/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/serviceplan.h"
#include "step/stagebatch.h"
#include "step/workwitness.h"

struct witness_args {
	struct services_config config;
	struct services_urls urls;
	struct services_tsa tsa;
	bool yes;
};

static const struct opt opts[] = {
	OPT_FLAG(struct witness_args, 'y', "yes", yes, .help = "answer yes to every question"),
	OPT_GROUP(struct witness_args, config, services_config),
	OPT_GROUP(struct witness_args, urls, services_urls),
	OPT_GROUP(struct witness_args, tsa, services_tsa),
	OPT_END};

/* Legacy signatures have no place in logs of Rekor v2. */
static int
check_form(const struct witness_plan *p, const struct work *w, struct err *e)
{
	for (size_t i = 0; w->form == FORM_LEGACY && i < p->log_count; i++)
		if (p->logs[i].version != 1) {
			err_set(e, REASON_CONFIG, "signatures of the legacy form cannot be in a log of Rekor v2: %s", p->logs[i].url);
			return err_hint(e, "name a log of Rekor v1 by --rekor-url, or in a signing config of its own");
		}
	return 0;
}

static int
ask(void *ctx, struct work *w, struct err *e)
{
	const struct serviceplan *p = ctx;

	return check_form(&p->plan, w, e) ? -1 : workwitness_ask(w, &p->plan, e);
}

static int
run(void *args, struct err *e)
{
	const struct witness_args *o = args;
	AUTO(serviceplan) struct serviceplan p = SERVICEPLAN_INIT;
	struct services_keyless none = {.certificate = NULL};
	struct serviceplan_args a = {.part = SERVICEPLAN_WITNESS, .config = &o->config, .urls = &o->urls, .tsa = &o->tsa,
	    .keyless = &none, .stdin_is_taken = true, .yes = o->yes};
	struct stagebatch b = {STAGE_SIGNATURE, STAGE_SIGNATURE, ask, &p, .running = WITNESS_RUNNING,
	    .begin = command_restart_clock, .json = command_globals.json};

	if (serviceplan_make(&p, &a, e))
		return -1;
	(void)sandbox_enter(SANDBOX_SIGNAL, NULL, 0);
	p.plan.quiet = command_globals.json;
	return stagebatch_run(&b, e);
}

static const char examples[] =
	"# log and stamp what was signed elsewhere\n"
	"$ cosign witness --signing-config signing_config.json --trusted-root trusted_root.json < signed.ndjson "
	"| cosign pack-bundle > bundles.ndjson\n";

static const struct command witness = {
	.name = "witness",
	.brief = "Have logs and timestamp authorities vouch for signatures",
	.about = "Reads signature records, writes them again with log entries and timestamps (cosign-records(5)). What a "
	    "service answers is checked before it is kept, as is the signature before anybody is asked. "
	    "Several records are worked on at once; one that fails takes no others with it.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct witness_args),
	.run = run,
	.plumbing = true,
};
COMMAND_MAIN(witness)
