/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/groups.h"
#include "cli/images.h"
#include "step/work.h"

struct generate {
	struct cli_registry registry;
	struct opt_list annotations, identities, images;
};

static const struct opt opts[] = {
	OPT_CSV(struct generate, 'a', "annotations", "KEY=VALUE", annotations,
	    .help = "put this annotation into the payload (repeatable)"),
	OPT_CSV(struct generate, 0, "sign-container-identity", "NAME", identities,
	    .help = "name the image so in the payload"),
	OPT_GROUP(struct generate, registry, group_registry),
	OPT_POS(struct generate, "IMAGE", images, .min = 1, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

static int
run(void *args, struct err *e)
{
	struct generate *g = args;
	AUTO(work) struct work w = WORK_INIT;
	struct store store;
	struct ref ref;

	w.form = FORM_LEGACY;
	if (store_init(&store, &g->registry.options, &w.pool, e) ||
	    images_annotations(&g->annotations, &w.pool, &w.annotations, e) ||
	    store_ref(g->images.items[0], false, &ref, &w.pool, e))
		return -1;
	if (store_resolve(&store, &ref, false, &w.pool, &w.subject, e) ||
	    work_name(&w, g->identities.count ? g->identities.items[0] : NULL, e) || work_compose(&w, e))
		return -1;
	fwrite(w.payload.ptr, 1, w.payload.len, stdout);
	return 0;
}

static const char examples[] =
	"# sign the payload with another program\n"
	"$ cosign generate --sign-container-identity example.com/app oci:image > payload.json\n"
	"$ openssl dgst -sha256 -sign key.pem -out payload.sig payload.json\n";

static const struct command generate = {
	.name = "generate",
	.brief = "Print the payload of a legacy signature",
	.about = "Prints the simple signing payload, without a newline, so that another program can sign it.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct generate),
	.run = run,
	.gone = "it makes payloads of the legacy form only",
};
COMMAND_MAIN(generate)
