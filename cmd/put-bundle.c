/* SPDX-License-Identifier: Apache-2.0 */
#include "base/env.h"
#include "cli/command.h"
#include "cli/groups.h"
#include "step/stage.h"

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
};

/* The key the record names, to know an equal signature that is there already. */
static int
publish(void *ctx, struct work *w, struct err *e)
{
	struct step *s = ctx;
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	struct work_publish how = {.replace = s->opt->replace, .record_created = s->opt->record_created,
	    .docker_types = env_get_bool("COSIGN_DOCKER_MEDIA_TYPES"), .key = &key};

	if (w->form == FORM_BUNDLE || w->witness.cert.len)
		how.key = NULL;
	else if (pubkey_parse_pem(&key, w->public_key, e))
		return -1;
	return work_publish(w, &s->store, &how, e);
}

static int
run(void *args, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct step s = {.opt = args};
	struct stage_filter f = {STAGE_BUNDLE, STAGE_LOCATION, publish, &s};

	if (store_init(&s.store, &s.opt->registry.options, &pool, e))
		return -1;
	return stage_filter(&f, e);
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
