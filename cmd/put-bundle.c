/* SPDX-License-Identifier: Apache-2.0 */
#include "base/env.h"
#include "cli/command.h"
#include "cli/groups.h"
#include "step/gate.h"
#include "step/stagebatch.h"

struct put_bundle {
	struct cli_registry registry;
	bool replace, record_created;
};

static const struct opt opts[] = {
	OPT_FLAG(struct put_bundle, 0, "replace", replace, .help = "take the signatures that are there out of the list"),
	OPT_FLAG(struct put_bundle, 0, "record-creation-timestamp", record_created,
	    .help = "legacy form: say when the signature was made"),
	OPT_GROUP(struct put_bundle, registry, group_registry),
	OPT_GROUP(struct put_bundle, registry, group_refmode),
	OPT_END};

struct step {
	const struct put_bundle *opt;
	struct store store;
	struct gate gate;	/* one signature of an image at a time */
};

/* The key the record names, to know an equal signature that is there already. */
static int
publish(void *ctx, struct work *w, struct err *e)
{
	struct step *s = ctx;
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	struct span digest = w->subject.desc.digest;
	int rc;
	struct work_publish how = {.replace = s->opt->replace, .record_created = s->opt->record_created,
	    .docker_types = env_get_bool("COSIGN_DOCKER_MEDIA_TYPES"), .key = &key};

	if (w->form == FORM_BUNDLE || w->witness.cert.len)
		how.key = NULL;
	else if (pubkey_parse_pem(&key, w->public_key, e))
		return -1;
	gate_enter(&s->gate, digest);
	rc = work_publish(w, &s->store, &how, e);
	gate_leave(&s->gate, digest);
	return rc;
}

static int
run(void *args, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct step s = {.opt = args};
	/* Of two that replace each other the later stays. */
	struct stagebatch b = {STAGE_BUNDLE, STAGE_LOCATION, publish, &s, .running = s.opt->replace ? 1 : BATCH_RUNNING,
	    .begin = command_restart_clock, .json = command_globals.json};

	if (store_init(&s.store, &s.opt->registry.options, &pool, e))
		return -1;
	return stagebatch_run(&b, e);
}

static const char examples[] =
	"# store what was signed elsewhere\n"
	"$ cosign pack-bundle < signed.ndjson | cosign put-bundle\n";

static const struct command put_bundle = {
	.name = "put-bundle",
	.brief = "Store signatures beside their images",
	.about = "Reads bundle records, writes location records (cosign-records(5)).",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct put_bundle),
	.run = run,
	.plumbing = true,
};
COMMAND_MAIN(put_bundle)
