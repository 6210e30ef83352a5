/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/groups.h"
#include "cli/prompt.h"
#include "client/confine.h"
#include "client/purge.h"
#include "json/record.h"

struct clean {
	struct cli_registry registry;
	const char *type;
	bool force;
	struct opt_list images;
};

static const struct opt opts[] = {
	OPT_STR(struct clean, 0, "type", "TYPE", type, .help = "what to remove; referrer: every Sigstore bundle",
	    .def = "all", .words = "signature|attestation|referrer|sbom|all"),
	OPT_FLAG(struct clean, 'f', "force", force, .help = "do not ask"),
	OPT_GROUP(struct clean, registry, group_registry),
	OPT_POS(struct clean, "IMAGE", images, .min = 1, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

static const struct { const char *type; unsigned kinds; const char *question; } types[] = {
	{"signature", PURGE_SIGNATURES, "signatures"},
	{"attestation", PURGE_ATTESTATIONS, "attestations"},
	{"referrer", PURGE_BUNDLES, "referrer attestations and/or signatures"},
	{"sbom", PURGE_SBOMS, "SBOMs"},
	{"all", PURGE_ALL, "signatures, SBOMs and attestations"},
};

struct run {
	const char *image;
	struct store store;
	struct subject subject;
	struct pool pool;
	struct buf records;
};

static void
tell(void *ctx, const struct purge_report *r)
{
	struct run *run = ctx;
	char why[ERR_TEXT];
	struct emit j;

	if (r->error) {
		err_text(r->error, why, sizeof(why));
		log_say("could not delete %s from %s: %s", r->name, run->image, why);
		return;
	}
	if (!command_globals.json) {
		log_say("Removed %s from %s", r->name, run->image);
		return;
	}
	emit_init(&j, &run->records);
	record_begin(&j, "cosign.removal/1");
	emit_kstr(&j, "image", ref_name(&run->subject.ref, &run->pool));
	emit_kspan(&j, "subject", run->subject.desc.digest);
	emit_kstr(&j, "kind", r->kind);
	emit_kstr(&j, "name", r->name);
	emit_kspan(&j, "digest", r->desc->digest);
	record_end(&j);
}

static int
ask(const struct clean *o, size_t type, struct err *e)
{
	if (o->force)
		return 0;
	log_warn("this will remove all %s from the image", types[type].question);
	return prompt_confirm("--force", e);
}

static int
clean_image(struct run *r, const struct clean *o, size_t type, struct err *e)
{
	struct confine c = {.store = &r->store, .images = o->images.items, .count = 1, .writes = true};
	struct err why = ERR_INIT;
	struct ref ref;
	int rc;

	if (store_init(&r->store, &o->registry.options, &r->pool, e) ||
	    store_ref(r->image, false, &ref, &r->pool, e) || confine(&c, e) ||
	    store_resolve(&r->store, &ref, false, &r->pool, &r->subject, e))
		return -1;
	rc = purge(&r->store, &r->subject, types[type].kinds, tell, r, &why);
	if (file_print_buf(&r->records, "the records", e))
		return -1;
	if (rc)
		*e = why;
	return rc;
}

static int
run(void *args, struct err *e)
{
	const struct clean *o = args;
	struct run r = {.image = o->images.items[0], .pool = POOL_INIT, .records = BUF_INIT(BUF_BIG_MAX)};
	size_t type = 0;
	int rc;

	while (strcmp(types[type].type, o->type) != 0)
		type++;
	rc = ask(o, type, e) || clean_image(&r, o, type, e) ? -1 : 0;
	buf_release(&r.records);
	pool_release(&r.pool);
	return rc;
}

static const char examples[] =
	"# remove what was signed, attested and attached\n"
	"$ cosign clean --force oci:image\n"
	"# remove the attestations alone, and say which they were\n"
	"$ cosign clean --force --json --type attestation oci:image | jq -r .digest\n";

static const struct command clean = {
	.name = "clean",
	.brief = "Remove the signatures of an image, and what else is attached to it",
	.about = "Removes what this suite stores and no other referrers, in both storage forms. The image stays.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct clean),
	.run = run,
};
COMMAND_MAIN(clean)
