/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "step/stagebatch.h"

static const struct opt opts[] = {OPT_END};

static int
pack(void *ctx, struct work *w, struct err *e)
{
	(void)ctx;
	return work_pack(w, e);
}

static int
run(void *args, struct err *e)
{
	struct stagebatch b = {STAGE_SIGNATURE, STAGE_BUNDLE, pack, NULL, .running = 1, .json = command_globals.json};

	(void)args;
	return stagebatch_run(&b, e);
}

static const char examples[] =
	"# the bundle alone\n"
	"$ cosign resolve oci:image | cosign make-payload | cosign sign-payload --key cosign.key | cosign pack-bundle | jq -c .bundle\n";

static const struct command pack_bundle = {
	.name = "pack-bundle",
	.brief = "Make Sigstore bundles of signatures",
	.about = "Reads signature records, writes bundle records (cosign-records(5)). Legacy signatures pass: they need no bundle.",
	.examples = examples,
	.opts = opts,
	.run = run,
	.plumbing = true,
};
COMMAND_MAIN(pack_bundle)
