/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/groups.h"
#include "cli/many.h"

enum { WORKERS = 16 };

struct resolve {
	struct filter_args filter;
	struct cli_registry registry;
	struct many_args many;
	bool describe, recursive, local_image;
	const char *platform;
	struct opt_list images;
};

static const struct opt opts[] = {
	OPT_FLAG(struct resolve, 0, "describe", describe,
	    .help = "look up media type and size also where the digest is known already"),
	OPT_FLAG(struct resolve, 'r', "recursive", recursive,
	    .help = "of an index print its images too, each as a record of its own", .excludes = "platform"),
	OPT_STR(struct resolve, 0, "platform", "OS/ARCH[/VARIANT]", platform,
	    .help = "of an index take the image for this platform"),
	OPT_FLAG(struct resolve, 0, "local-image", local_image,
	    .help = "IMAGE is a directory that save wrote"),
	OPT_GROUP(struct resolve, many, many_opts),
	OPT_GROUP(struct resolve, filter, filter_opts),
	OPT_GROUP(struct resolve, registry, group_registry),
	OPT_POS(struct resolve, "IMAGE", images, .min = 1, .many = true, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

struct run {
	const struct resolve *r;
	struct store store;
};

/* Members of the line's own object go along. */
static void
print(const struct intake *in, const struct subject *s, struct buf *out)
{
	struct emit j;

	emit_init(&j, out);
	record_begin(&j, SUBJECT_RECORD);
	subject_emit(s, &j);
	if (in->from.kind == JSON_OBJECT)
		record_copy_unknown(&j, in->from, subject_members);
	record_end(&j);
}

static int
print_children(const struct run *run, struct intake *in, struct subject *sub, struct buf *out, struct err *e)
{
	struct store_walk walk = {0};

	if (store_walk(&run->store, sub, &in->pool, &walk, e))
		return -1;
	for (size_t i = 0; i < walk.count; i++)
		print(in, &walk.items[i], out);
	return 0;
}

static int
look_up(void *ctx, struct many_item *it, struct err *e)
{
	const struct run *run = ctx;
	const struct resolve *r = run->r;
	bool describe = r->describe || r->recursive || r->platform;
	struct intake *in = &it->in;
	struct subject sub, child;

	if (intake_find(in, &run->store, r->local_image, describe, &sub, e))
		return -1;
	if (r->recursive)
		return print_children(run, in, &sub, &it->result.out, e);
	if (r->platform) {
		if (store_platform(&run->store, &sub, r->platform, &in->pool, &child, e))
			return -1;
		sub = child;
	}
	print(in, &sub, &it->result.out);
	return 0;
}

/* So that the next step fails for this line too. */
static void
refuse(void *ctx, struct many_item *it)
{
	(void)ctx;
	buf_reset(&it->result.out);
	intake_emit_refusal(&it->in, &it->result.err, &it->result.out);
}

static int
resolve_images(void *args, struct err *e)
{
	const struct resolve *r = args;
	AUTO(pool) struct pool pool = POOL_INIT;
	struct run run = {.r = r};
	struct many m = {.ctx = &run, .images = &r->images, .null = r->many.null, .running = WORKERS, .prefix = "",
	    .done = "resolved", .work = look_up, .refuse = refuse};

	if (store_init(&run.store, &r->registry.options, &pool, e))
		return -1;
	run.store.local_image = r->local_image;
	return many_run(&m, e);
}

static int
run(void *args, struct err *e)
{
	return filter_run(&((struct resolve *)args)->filter, resolve_images, args, e);
}

static const char examples[] =
	"# the digest that a tag stands for now\n"
	"$ cosign resolve oci:layout | jq -r .digest\n"
	"# the digests of a whole list of images\n"
	"$ cosign resolve - < images.txt | jq -r '[.image, .digest] | @tsv'\n"
	"# every signature that is stored beside it\n"
	"$ cosign resolve oci:layout | cosign ls-signatures\n";

static const struct command resolve = {
	.name = "resolve",
	.brief = "Print what images are, as records",
	.about = "Prints a cosign.subject/1 record for each image, in the order of the arguments: the first step of "
	    "every pipeline. With - the images are the lines of standard input: names, or JSON objects with the "
	    "member \"image\"; a line that fails gives a cosign.refusal/1 record. An image named by digest costs no request, unless --describe asks for more.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct resolve),
	.run = run,
	.plumbing = true,
};
COMMAND_MAIN(resolve)
