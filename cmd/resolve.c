/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "cli/command.h"
#include "cli/groups.h"
#include "net/task.h"
#include "step/subject.h"

enum { WORKERS = 16 };

struct resolve {
	struct cli_registry registry;
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
	OPT_GROUP(struct resolve, registry, group_registry),
	OPT_POS(struct resolve, "IMAGE", images, .min = 1, .many = true, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

/* One image; all are looked up at the same time. */
struct job {
	const struct resolve *r;
	const struct store *store;
	const char *text;
	struct buf out;
	struct err err;
	int rc;
};

static void
print(struct buf *out, const struct subject *s)
{
	struct emit j;

	emit_init(&j, out);
	record_begin(&j, SUBJECT_RECORD);
	subject_emit(s, &j);
	record_end(&j);
}

static int
print_children(const struct job *job, struct subject *sub, struct pool *pool, struct buf *out, struct err *e)
{
	struct store_walk walk = {0};

	if (store_walk(job->store, sub, pool, &walk, e))
		return -1;
	for (size_t i = 0; i < walk.count; i++)
		print(out, &walk.items[i]);
	return 0;
}

static int
look_up(const struct job *job, struct buf *out, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	const struct resolve *r = job->r;
	bool describe = r->describe || r->recursive || r->platform;
	struct subject sub, child;
	struct ref ref;

	if (store_ref(job->text, r->local_image, &ref, &pool, e) ||
	    store_resolve(job->store, &ref, describe, &pool, &sub, e))
		return -1;
	if (r->recursive)
		return print_children(job, &sub, &pool, out, e);
	if (r->platform) {
		if (store_platform(job->store, &sub, r->platform, &pool, &child, e))
			return -1;
		sub = child;
	}
	print(out, &sub);
	return 0;
}

static void
work(void *arg)
{
	struct job *job = arg;

	job->rc = look_up(job, &job->out, &job->err);
	if (job->rc)
		err_wrap(&job->err, "%s", job->text);
}

/* What stands before the first failure is printed. */
static int
print_all(struct job *jobs, size_t count, struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		if (jobs[i].rc) {
			*e = jobs[i].err;
			return -1;
		}
		if (buf_check(&jobs[i].out, "the record", e))
			return -1;
		fwrite(jobs[i].out.ptr, 1, jobs[i].out.len, stdout);
	}
	return 0;
}

static int
run(void *args, struct err *e)
{
	const struct resolve *r = args;
	AUTO(pool) struct pool pool = POOL_INIT;
	struct task_group group;
	struct store store;
	struct job *jobs;
	int rc;

	if (store_init(&store, &r->registry.options, &pool, e))
		return -1;
	store.local_image = r->local_image;
	jobs = xcalloc(r->images.count, sizeof(*jobs));
	task_group_init(&group, WORKERS);
	for (size_t i = 0; i < r->images.count; i++) {
		jobs[i] = (struct job){r, &store, r->images.items[i], BUF_INIT(BUF_BIG_MAX), ERR_INIT, 0};
		task_start(&group, work, &jobs[i]);
	}
	task_wait(&group);
	rc = print_all(jobs, r->images.count, e);
	for (size_t i = 0; i < r->images.count; i++)
		buf_release(&jobs[i].out);
	free(jobs);
	return rc;
}

static const char examples[] =
	"# the digest that a tag stands for now\n"
	"$ cosign resolve oci:layout | jq -r .digest\n"
	"# every signature that is stored beside it\n"
	"$ cosign resolve oci:layout | cosign ls-signatures\n";

static const struct command resolve = {
	.name = "resolve",
	.brief = "Print what images are, as records",
	.about = "Prints a cosign.subject/1 record for each image, in the order of the arguments: the first step of "
	    "every pipeline. An image named by digest costs no request, unless --describe asks for more.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct resolve),
	.run = run,
	.plumbing = true,
};
COMMAND_MAIN(resolve)
