/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/groups.h"
#include "step/candidate.h"

struct ls_signatures {
	struct filter_args filter;
	struct cli_registry registry;
	bool local_image, new_bundle, new_bundle_given, attestations;
	const char *form;
	int64_t workers;
	struct opt_list images;
};

static const struct opt opts[] = {
	OPT_STR(struct ls_signatures, 0, "form", "FORM", form, .help = "only signatures stored in this form",
	    .def = "all", .words = "all|bundle|legacy"),
	OPT_FLAG(struct ls_signatures, 0, "attestations", attestations,
	    .help = "attestations are meant: of the old form those, and bundles, which may be either"),
	OPT_FLAG(struct ls_signatures, 0, "new-bundle-format", new_bundle,
	    .help = "false is the same as --form legacy", .def = "true"),
	OPT_FLAG(struct ls_signatures, 0, "local-image", local_image, .help = "IMAGE is a directory that save wrote"),
	OPT_INT(struct ls_signatures, 0, "max-workers", "N", workers, .help = "requests at a time for one image",
	    .def = "16"),
	OPT_GROUP(struct ls_signatures, filter, filter_opts),
	OPT_GROUP(struct ls_signatures, registry, group_registry),
	OPT_GROUP(struct ls_signatures, registry, group_refmode),
	OPT_POS(struct ls_signatures, "IMAGE", images, .many = true, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

struct listing {
	const struct ls_signatures *opt;
	struct store store;
	unsigned forms;
	const struct subject *subject;
	struct node from;		/* the record it came from; JSON_NULL without */
};

/* The members a subject record and a candidate record have of ours. */
static const char *const known[] = {"image", "mediaType", "digest", "size", "reference", "subject", "form",
	"manifest", "layer", "index", "annotations", "bundle", "bytes", "payload", "error", NULL};

static int
print(void *ctx, const struct candidate *c, struct err *e)
{
	const struct listing *l = ctx;
	AUTO(buf) struct buf out = BUF_INIT(RECORD_LINE_MAX);
	struct emit j;

	emit_init(&j, &out);
	record_begin(&j, CANDIDATE_RECORD);
	candidate_emit(l->subject, c, &j);
	if (l->from.kind == JSON_OBJECT)
		record_copy_unknown(&j, l->from, known);
	record_end(&j);
	if (buf_check(&out, "the record", e))
		return -1;
	fwrite(out.ptr, 1, out.len, stdout);
	return 0;
}

static int
print_subject(const struct subject *s, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(RECORD_LINE_MAX);
	struct emit j;

	emit_init(&j, &out);
	record_begin(&j, SUBJECT_RECORD);
	subject_emit(s, &j);
	record_end(&j);
	if (buf_check(&out, "the record", e))
		return -1;
	fwrite(out.ptr, 1, out.len, stdout);
	return 0;
}

/* The subject goes before its candidates, so that an image without any is
 * judged too. */
static int
list(struct listing *l, const struct subject *s, const struct record *rec, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(RECORD_LINE_MAX);

	l->subject = s;
	l->from = rec ? rec->root : (struct node){JSON_NULL, SPAN_NONE};
	if (rec) {
		record_pass(&out, rec);
		fwrite(out.ptr, 1, out.len, stdout);
	} else if (print_subject(s, e)) {
		return -1;
	}
	return store_candidates(&l->store, s, l->forms, print, l, e);
}

static int
list_image(struct listing *l, const char *text, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct subject sub;
	struct ref ref;

	if (store_ref(text, l->opt->local_image, &ref, &pool, e) ||
	    store_resolve(&l->store, &ref, false, &pool, &sub, e) || list(l, &sub, NULL, e))
		return err_wrap(e, "%s", text);
	return 0;
}

static int
list_record(struct listing *l, const struct record *rec, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(buf) struct buf out = BUF_INIT(RECORD_LINE_MAX);
	struct subject sub;

	if (record_is_other_version(rec, SUBJECT_RECORD))
		return record_refuse(rec, SUBJECT_RECORD, e);
	if (!record_is(rec, SUBJECT_RECORD)) {
		record_pass(&out, rec);
		fwrite(out.ptr, 1, out.len, stdout);
		return 0;
	}
	if (subject_parse(&sub, rec->root, &pool, e) || list(l, &sub, rec, e))
		return err_wrap(e, "record %zu", rec->number);
	return 0;
}

static int
list_records(struct listing *l, struct err *e)
{
	AUTO(record_reader) struct record_reader reader;
	struct record rec;
	size_t records = 0;
	int rc;

	record_reader_init(&reader, 0, "standard input");
	for (; (rc = record_read(&reader, &rec, e)) > 0; records++)
		if (list_record(l, &rec, e))
			return -1;
	if (rc == 0 && records == 0) {
		err_set(e, REASON_BAD_RECORD, "standard input holds no record");
		return err_hint(e, "name an image, or pipe the output of cosign resolve");
	}
	return rc;
}

static unsigned
stored_forms(const struct ls_signatures *o)
{
	if (strcmp(o->form, "legacy") == 0 || !o->new_bundle)
		return FORM_LEGACY;
	return strcmp(o->form, "bundle") == 0 ? FORM_BUNDLE : FORM_BUNDLE | FORM_LEGACY;
}

static unsigned
forms(const struct ls_signatures *o)
{
	return stored_forms(o) | (o->attestations ? STORE_ATTESTATIONS : 0);
}

static int
list_all(void *args, struct err *e)
{
	const struct ls_signatures *o = args;
	AUTO(pool) struct pool pool = POOL_INIT;
	struct listing l = {.opt = o, .forms = forms(o)};

	if (o->workers < 1 || o->workers > 1000)
		return err_set(e, REASON_USAGE, "--max-workers is a number from 1 to 1000");
	if (store_init(&l.store, &o->registry.options, &pool, e))
		return -1;
	l.store.workers = (size_t)o->workers;
	l.store.local_image = o->local_image;
	if (o->images.count == 0 || (o->images.count == 1 && strcmp(o->images.items[0], "-") == 0))
		return list_records(&l, e);
	for (size_t i = 0; i < o->images.count; i++)
		if (list_image(&l, o->images.items[i], e))
			return -1;
	return 0;
}

static int
run(void *args, struct err *e)
{
	return filter_run(&((struct ls_signatures *)args)->filter, list_all, args, e);
}

static const char examples[] =
	"# how many signatures of either form an image has\n"
	"$ cosign ls-signatures oci:layout | jq -r .form | sort | uniq -c\n"
	"# the bundles, as upstream's download prints them\n"
	"$ cosign resolve oci:layout | cosign ls-signatures --form bundle | jq -c .bundle\n"
	"# attestations, judged\n"
	"$ cosign resolve oci:attested | cosign ls-signatures --attestations | cosign check-bundle --attestations --type custom --key cosign.pub --insecure-ignore-tlog=true\n";

static const struct command ls_signatures = {
	.name = "ls-signatures",
	.brief = "Print the stored signatures of images, unjudged, as records",
	.about = "Reads cosign.subject/1 records from standard input, or takes images as arguments, and prints a "
	    "cosign.candidate/1 record for each signature that is stored for them: bundles first, then those "
	    "of the old form. Nothing is verified. An image without signatures prints nothing.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct ls_signatures),
	.run = run,
	.plumbing = true,
};
COMMAND_MAIN(ls_signatures)
