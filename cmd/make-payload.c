/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/images.h"
#include "step/stagebatch.h"

struct make_payload {
	bool new_bundle;
	const char *identity;
	struct opt_list annotations;
};

static const struct opt opts[] = {
	OPT_CSV(struct make_payload, 'a', "annotations", "KEY=VALUE", annotations,
	    .help = "sign this annotation with the image (repeatable)"),
	OPT_FLAG(struct make_payload, 0, "new-bundle-format", new_bundle, .def = "true",
	    .help = "make the statement of a bundle; false: the payload of a legacy signature"),
	OPT_STR(struct make_payload, 0, "sign-container-identity", "NAME", identity,
	    .help = "legacy form: name the image so"),
	OPT_END};

struct step {
	const struct make_payload *opt;
	struct shape_map annotations;
};

static int
compose(void *ctx, struct work *w, struct err *e)
{
	struct step *s = ctx;

	w->form = s->opt->new_bundle ? FORM_BUNDLE : FORM_LEGACY;
	w->annotations = s->annotations;
	if (w->form == FORM_LEGACY && work_name(w, s->opt->identity, e))
		return -1;
	return work_compose(w, e);
}

static int
run(void *args, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct step s = {.opt = args};
	struct stagebatch b = {STAGE_SUBJECT, STAGE_PAYLOAD, compose, &s, .running = 1, .json = command_globals.json};

	if (images_annotations(&s.opt->annotations, &pool, &s.annotations, e))
		return -1;
	return stagebatch_run(&b, e);
}

static const char examples[] =
	"# what would be signed\n"
	"$ cosign resolve oci:image | cosign make-payload | jq -r .payload | base64 -d\n";

static const struct command make_payload = {
	.name = "make-payload",
	.brief = "Say what is to be signed about an image",
	.about = "Reads subject records, writes payload records (cosign-records(5)).",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct make_payload),
	.run = run,
	.plumbing = true,
};
COMMAND_MAIN(make_payload)
