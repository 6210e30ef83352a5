/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>
#include "base/file.h"
#include "base/log.h"
#include "base/spool.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/groups.h"
#include "client/confine.h"
#include "client/relatives.h"
#include "sig/predicate.h"
#include "step/fetched.h"

/* --- what verbs share --- */

struct download {
	struct filter_args filter;
	struct cli_registry registry;
	const char *type, *platform, *output;
	bool local_image;
	struct opt_list images;
};

struct fetch {
	const struct download *opt;
	struct store store;
	struct subject subject;
	struct fetched_wanted wanted;
	size_t printed;
	bool bundles;		/* there is one */
	struct buf types;	/* what was not wanted */
	struct err first;	/* of those that could not be read */
	struct pool pool;
};
#define FETCH_INIT(o) {.opt = (o), .types = BUF_INIT(BUF_TEXT_MAX), .first = ERR_INIT, .pool = POOL_INIT}

static void
fetch_cleanup(struct fetch *f)
{
	buf_release(&f->types);
	pool_release(&f->pool);
}

static int
find(struct fetch *f, struct err *e)
{
	const struct download *o = f->opt;
	struct confine c = {.store = &f->store, .images = o->images.items, .count = 1};
	const char *image = o->images.items[0];
	struct subject found;
	struct ref ref;

	if (store_init(&f->store, &o->registry.options, &f->pool, e))
		return -1;
	f->store.local_image = o->local_image;
	if (store_ref(image, o->local_image, &ref, &f->pool, e) || confine(&c, e) ||
	    store_resolve(&f->store, &ref, o->platform != NULL, &f->pool, &f->subject, e))
		return -1;
	if (!o->platform)
		return 0;
	found = f->subject;
	return store_platform(&f->store, &found, o->platform, &f->pool, &f->subject, e);
}

/* What cannot be read is told, and the rest goes on. A referrer that is no bundle
 * could be anybody's, and is no failure. */
static void
pass_over(struct fetch *f, const struct candidate *c, const struct err *why)
{
	char text[ERR_TEXT];

	log_warn("%.*s is left out: %s", SPAN_FMT(c->manifest.digest), err_text(why, text, sizeof(text)));
	if (c->form == FORM_LEGACY && err_is(&f->first, REASON_NONE))
		f->first = *why;
}

/* An index may have none, and each of its images some. */
static int
hint_platforms(const struct fetch *f, struct err *e)
{
	AUTO(buf) struct buf there = BUF_INIT(BUF_TEXT_MAX);

	if (!f->opt->platform)
		store_platforms(&f->store, &f->subject, &there);
	if (there.len)
		err_hint(e, "this is an index; --platform names one of its images: %s", buf_str(&there));
	return -1;
}

/* Whether what was found is all there is. */
static int
conclude(const struct fetch *f, struct err *e)
{
	if (err_is(&f->first, REASON_NONE))
		return 0;
	*e = f->first;
	return err_wrap(e, "not all that is stored could be read, the first");
}

/* --- signature --- */

static const struct opt signature_opts[] = {
	OPT_STR(struct download, 0, "platform", "OS/ARCH[/VARIANT]", platform,
	    .help = "of an index take the image for this platform"),
	OPT_FLAG(struct download, 0, "local-image", local_image, .help = "IMAGE is a directory that save wrote"),
	OPT_GROUP(struct download, filter, filter_opts),
	OPT_GROUP(struct download, registry, group_registry),
	OPT_POS(struct download, "IMAGE", images, .min = 1, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

/* Where there are bundles, what is stored in the old form is not printed, as
 * upstream has it. A referrer that is no good bundle counts for nothing. */
static int
print_signature(void *ctx, const struct candidate *c, struct err *e)
{
	struct fetch *f = ctx;
	struct err why = ERR_INIT;
	int rc;

	(void)e;
	if (c->form == FORM_LEGACY && f->bundles)
		return 0;
	if (c->error) {
		pass_over(f, c, c->error);
		return 0;
	}
	rc = c->form == FORM_BUNDLE ? fetched_bundle(c, stdout, &why) : fetched_signature(c, stdout, &why);
	if (rc && err_is(&why, REASON_OUTPUT)) {
		*e = why;
		return -1;
	}
	if (rc) {
		pass_over(f, c, &why);
		return 0;
	}
	f->printed++;
	f->bundles = f->bundles || c->form == FORM_BUNDLE;
	return 0;
}

static int
download_signatures(void *args, struct err *e)
{
	AUTO(fetch) struct fetch f = FETCH_INIT(args);

	if (find(&f, e) || store_candidates(&f.store, &f.subject, FORM_BUNDLE | FORM_LEGACY, print_signature, &f, e))
		return -1;
	if (f.printed || !err_is(&f.first, REASON_NONE))
		return conclude(&f, e);
	err_set(e, REASON_NO_SIGNATURE, "%s: no signatures associated", f.opt->images.items[0]);
	return hint_platforms(&f, e);
}

static int
signature_run(void *args, struct err *e)
{
	return filter_run(&((struct download *)args)->filter, download_signatures, args, e);
}

static const struct command signature = {
	.name = "signature",
	.brief = "Print the stored signatures of an image, unjudged",
	.about = "Prints a line of JSON for each: its bundles, attestations among them; where there is none, an object for "
		"each signature of the old form.",
	.examples = "# how many signatures an image has\n"
		"$ cosign download signature oci:signed | wc -l\n",
	.opts = signature_opts,
	.size = sizeof(struct download),
	.run = signature_run,
};

/* --- attestation --- */

static const struct opt attestation_opts[] = {
	OPT_STR(struct download, 0, "predicate-type", "TYPE", type, .hints = PREDICATE_NAMES,
	    .help = "only attestations of this type: a short name, or the URI of a predicate type"),
	OPT_STR(struct download, 0, "platform", "OS/ARCH[/VARIANT]", platform,
	    .help = "of an index take the image for this platform"),
	OPT_STR(struct download, 'o', "output", "FORM", output, .def = "stored",
	    .words = "stored|envelope|statement|predicate",
	    .help = "what to print of each: what is stored, its DSSE envelope on a line, or what was signed, decoded"),
	OPT_FLAG(struct download, 0, "local-image", local_image, .help = "IMAGE is a directory that save wrote"),
	OPT_GROUP(struct download, filter, filter_opts),
	OPT_GROUP(struct download, registry, group_registry),
	OPT_POS(struct download, "IMAGE", images, .min = 1, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

static int
print_attestation(void *ctx, const struct candidate *c, struct err *e)
{
	struct fetch *f = ctx;
	AUTO(pool) struct pool pool = POOL_INIT;
	struct err why = ERR_INIT;
	struct span type;
	int rc;

	if (c->error) {
		pass_over(f, c, c->error);
		return 0;
	}
	rc = fetched_attestation(c, &f->wanted, stdout, &pool, &type, &why);
	if (rc == 0)
		f->printed++;
	else if (rc > 0)
		attested_note_type(&f->types, type);
	else if (err_is(&why, REASON_OUTPUT))
		*e = why;
	else
		pass_over(f, c, &why);
	return rc < 0 && err_is(&why, REASON_OUTPUT) ? -1 : 0;
}

static int
none_printed(const struct fetch *f, struct err *e)
{
	if (!f->wanted.type) {
		struct err note = ERR_INIT;

		hint_platforms(f, &note);
		if (err_get_hint(&note))
			log_say("no attestations of the index itself; %s", err_get_hint(&note));
		return 0;
	}
	err_set(e, f->types.len ? REASON_NO_MATCH : REASON_NO_SIGNATURE, "no attestations with predicate type '%s' found",
	    f->wanted.type);
	err_expected(e, "%s", f->wanted.type);
	err_found(e, "%s", f->types.len ? buf_str(&f->types) : "none");
	return hint_platforms(f, e);
}

static int
set_wanted(struct fetch *f, struct err *e)
{
	struct predicate_type type;

	if (fetched_output(f->opt->output, &f->wanted.output, e))
		return -1;
	if (!f->opt->type || !*f->opt->type)
		return 0;
	if (predicate_type(&type, f->opt->type, false, e))
		return err_wrap(e, "--predicate-type");
	f->wanted.type = type.uri;
	return 0;
}

static int
download_attestations(void *args, struct err *e)
{
	AUTO(fetch) struct fetch f = FETCH_INIT(args);

	if (set_wanted(&f, e) || find(&f, e) || store_candidates(&f.store, &f.subject,
	    FORM_BUNDLE | FORM_LEGACY | STORE_ATTESTATIONS, print_attestation, &f, e))
		return -1;
	if (!f.printed && err_is(&f.first, REASON_NONE))
		return none_printed(&f, e);
	return conclude(&f, e);
}

static int
attestation_run(void *args, struct err *e)
{
	return filter_run(&((struct download *)args)->filter, download_attestations, args, e);
}

static const struct command attestation = {
	.name = "attestation",
	.brief = "Print the stored attestations of an image, unjudged",
	.about = "Prints a line of JSON for each: bundles first, signatures among them unless a type is asked for, then the "
		"envelopes of the old form. None at all is no failure, unless a type is asked for.",
	.examples = "# what somebody says about the build, without asking whether it is true\n"
		"$ cosign download attestation --predicate-type slsaprovenance1 --output predicate oci:attested | jq .buildDefinition.buildType\n",
	.opts = attestation_opts,
	.size = sizeof(struct download),
	.run = attestation_run,
};

/* --- sbom --- */

static const struct opt sbom_opts[] = {
	OPT_STR(struct download, 0, "platform", "OS/ARCH[/VARIANT]", platform,
	    .help = "of an index take the image for this platform"),
	OPT_FLAG(struct download, 0, "local-image", local_image, .help = "IMAGE is a directory that save wrote"),
	OPT_GROUP(struct download, registry, group_registry),
	OPT_POS(struct download, "IMAGE", images, .min = 1, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

/* The layer that holds it. */
struct sbom {
	struct pool *pool;
	struct desc layer;
	bool found, referrer;
};

/* Referrers count more than the tag, and of several the last. */
static int
note_sbom(void *ctx, const struct relative *r, struct err *e)
{
	struct sbom *s = ctx;

	if (!r->manifest) {
		*e = *r->error;
		return err_wrap(e, "getting sbom attachment");
	}
	if (r->manifest->is_index || r->manifest->count != 1) {
		err_set(e, REASON_BAD_MANIFEST, "getting sbom attachment: %.*s", SPAN_FMT(r->desc.digest));
		err_expected(e, "exactly one layer in attachment");
		return err_found(e, "%zu", r->manifest->count);
	}
	s->layer = desc_copy(&r->manifest->layers[0], s->pool);
	s->found = true;
	return 0;
}

/* Not before it is whole does anybody see it. */
static int
copy_sbom(const struct fetch *f, const struct sbom *s, int spool, struct err *e)
{
	struct sink_fd to;

	sink_fd_init(&to, spool, "a temporary file");
	if (store_stream(&f->store, &f->subject, &s->layer, &to.sink, e))
		return -1;
	if (lseek(spool, 0, SEEK_SET) != 0)
		return err_errno(e, REASON_IO, "cannot read a temporary file again");
	return file_copy_fd(spool, "a temporary file", 1, "standard output", e);
}

static int
sbom_run(void *args, struct err *e)
{
	AUTO(fetch) struct fetch f = FETCH_INIT(args);
	AUTO(fd) int spool = -1;
	struct sbom s = {.pool = &f.pool};

	log_warn("SBOM attachments are deprecated and support will be removed in a Cosign release soon after 2024-02-22 "
	    "(see https://github.com/sigstore/cosign/issues/2755). Instead, please use SBOM attestations.");
	log_warn("Downloading SBOMs this way does not ensure its authenticity. If you want to ensure a tamper-proof SBOM, "
	    "download it using 'cosign download attestation <image uri>'.");
	if (spool_open(&spool, e) || find(&f, e) || relatives_list(&f.store, &f.subject,
	    RELATIVES_SBOM | RELATIVES_REFERRERS, RELATIVES_SBOM_TYPE, note_sbom, &s, e))
		return -1;
	if (!s.found) {
		err_set(e, REASON_NO_SIGNATURE, "no sbom attached to reference");
		return hint_platforms(&f, e);
	}
	log_say("Found SBOM of media type: %.*s", SPAN_FMT(s.layer.media_type));
	return copy_sbom(&f, &s, spool, e);
}

static const struct command sbom = {
	.name = "sbom",
	.brief = "Print the SBOM that is attached to an image, unjudged",
	.about = "It comes as it is stored, and not before all of it has come. Nobody signed it.",
	.opts = sbom_opts,
	.size = sizeof(struct download),
	.run = sbom_run,
};

static const struct command *const verbs[] = {&signature, &attestation, &sbom, NULL};

static const struct command download = {
	.name = "download",
	.brief = "Print what is stored beside an image",
	.verbs = verbs,
};
COMMAND_MAIN(download)
