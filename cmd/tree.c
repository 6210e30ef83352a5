/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/groups.h"
#include "client/confine.h"
#include "client/relatives.h"
#include "json/record.h"

struct tree {
	struct filter_args filter;
	struct cli_registry registry;
	bool oci11, recursive, local_image;
	const char *platform;
	struct opt_list images;
};

static const struct opt opts[] = {
	OPT_FLAG(struct tree, 'r', "recursive", recursive, .help = "of an index show its images too",
	    .excludes = "platform"),
	OPT_STR(struct tree, 0, "platform", "OS/ARCH[/VARIANT]", platform,
	    .help = "of an index show the image for this platform"),
	OPT_FLAG(struct tree, 0, "experimental-oci11", oci11, .def = "true", .help = "false leaves referrers out",
	    .gone = "referrers are always looked for"),
	OPT_FLAG(struct tree, 0, "local-image", local_image, .help = "IMAGE is a directory that save wrote"),
	OPT_GROUP(struct tree, filter, filter_opts),
	OPT_GROUP(struct tree, registry, group_registry),
	OPT_GROUP(struct tree, registry, group_refmode),
	OPT_POS(struct tree, "IMAGE", images, .min = 1, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

struct show {
	const struct tree *opt;
	struct store store;
	const char *place;	/* where what is attached is */
	size_t shown;
	bool records;
	struct buf out;		/* items of the record */
	struct pool pool;
};

static void
show_cleanup(struct show *s)
{
	buf_release(&s->out);
	pool_release(&s->pool);
}

/* --- for people --- */

static const struct { enum relatives_kind kind; const char *text, *name; } kinds[] = {
	{RELATIVES_SIGNATURES, "🔐 Signatures", "signatures"}, {RELATIVES_ATTESTATIONS, "💾 Attestations", "attestations"},
	{RELATIVES_SBOM, "📦 SBOMs", "sbom"}, {RELATIVES_REFERRERS, NULL, "referrer"},
};

static size_t
kind_index(enum relatives_kind kind)
{
	size_t i = 0;

	while (kinds[i].kind != kind)
		i++;
	return i;
}

/* Text from elsewhere, fit for a terminal. */
static const char *
clean(struct show *s, struct span text)
{
	char *copy = pool_str(&s->pool, text);

	for (char *c = copy; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			*c = '?';
	return copy;
}

/* What it says of itself: the type of its statement, else of the artifact. */
static struct span
type_of(const struct relative *r)
{
	struct span type = shape_map_get(&r->manifest->annotations, ANNOTATION_BUNDLE_PREDICATE);

	if (type.len)
		return type;
	if (r->desc.artifact_type.len)
		return r->desc.artifact_type;
	return manifest_artifact_type(r->manifest);
}

static void
print_layers(struct show *s, const struct manifest *m)
{
	for (size_t i = 0; i < m->count; i++)
		printf("   %s 🍒 %s\n", i + 1 == m->count ? "└──" : "├──", clean(s, m->layers[i].digest));
}

static void
print_relative(struct show *s, const struct relative *r)
{
	const char *text = kinds[kind_index(r->kind)].text;

	if (!text)
		printf("└── 🔗 %s artifacts via OCI referrer: %s@%s\n", clean(s, type_of(r)), s->place,
		    clean(s, r->desc.digest));
	else if (r->tag)
		printf("└── %s for an image tag: %s:%s\n", text, s->place, r->tag);
	else
		printf("└── %s for an image: %s@%s\n", text, s->place, clean(s, r->desc.digest));
	print_layers(s, r->manifest);
}

/* --- for programs --- */

static void
emit_layers(const struct manifest *m, struct emit *j)
{
	emit_key(j, "layers");
	emit_array(j);
	for (size_t i = 0; i < m->count; i++) {
		struct desc bare = m->layers[i];
		struct span type = shape_map_get(&bare.annotations, ANNOTATION_PREDICATE);

		bare.annotations = (struct shape_map){NULL, 0};
		emit_object(j);
		emit_kspan(j, "mediaType", bare.media_type);
		emit_kspan(j, "digest", bare.digest);
		emit_kint(j, "size", bare.size);
		if (type.len)
			emit_kspan(j, "predicateType", type);
		emit_object_end(j);
	}
	emit_array_end(j);
}

static void
emit_found(const struct relative *r, struct emit *j)
{
	struct span artifact = manifest_artifact_type(r->manifest);
	struct span type = shape_map_get(&r->manifest->annotations, ANNOTATION_BUNDLE_PREDICATE);
	struct span created = shape_map_get(&r->manifest->annotations, ANNOTATION_CREATED);

	if (r->kind == RELATIVES_REFERRERS && artifact.len)
		emit_kspan(j, "artifactType", artifact);
	if (type.len)
		emit_kspan(j, "predicateType", type);
	if (created.len)
		emit_kspan(j, "created", created);
	emit_layers(r->manifest, j);
}

static void
add_record(struct show *s, const struct relative *r)
{
	char text[ERR_TEXT];
	struct emit j;

	if (s->out.len)
		buf_add_char(&s->out, ',');
	emit_init(&j, &s->out);
	emit_object(&j);
	emit_kstr(&j, "kind", kinds[kind_index(r->kind)].name);
	if (r->tag)
		emit_kstr(&j, "tag", r->tag);
	emit_kspan(&j, "digest", r->desc.digest);
	if (r->manifest) {
		emit_found(r, &j);
	} else {
		emit_key(&j, "error");
		emit_object(&j);
		emit_kstr(&j, "reason", reason_slug(r->error->reason));
		emit_kstr(&j, "message", err_text(r->error, text, sizeof(text)));
		emit_object_end(&j);
	}
	emit_object_end(&j);
}

static int
print_record(struct show *s, const struct subject *sub, const char *image, struct err *e)
{
	AUTO(buf) struct buf line = BUF_INIT(BUF_BIG_MAX);
	struct emit j;

	emit_init(&j, &line);
	record_begin(&j, "cosign.tree/1");
	emit_kstr(&j, "image", image);
	emit_kspan(&j, "digest", sub->desc.digest);
	if (sub->desc.platform_os.len) {
		emit_key(&j, "platform");
		emit_object(&j);
		emit_kspan(&j, "os", sub->desc.platform_os);
		emit_kspan(&j, "architecture", sub->desc.platform_arch);
		if (sub->desc.platform_variant.len)
			emit_kspan(&j, "variant", sub->desc.platform_variant);
		emit_object_end(&j);
	}
	emit_kstr(&j, "repository", s->place);
	emit_key(&j, "attached");
	emit_array(&j);
	if (s->out.len)
		emit_raw(&j, buf_span(&s->out));
	emit_array_end(&j);
	record_end(&j);
	return buf_check(&s->out, "the record", e) ? -1 : file_print_buf(&line, "the record", e);
}

/* --- both --- */

static int
show_relative(void *ctx, const struct relative *r, struct err *e)
{
	struct show *s = ctx;
	char text[ERR_TEXT];

	(void)e;
	/* An image without layers holds nothing, as upstream has it. */
	if (r->kind != RELATIVES_REFERRERS && r->manifest && !r->manifest->count)
		return 0;
	if (s->records) {
		add_record(s, r);
	} else if (!r->manifest) {
		log_say("Error fetching artifact %s@%.*s: %s", s->place, SPAN_FMT(r->desc.digest),
		    err_text(r->error, text, sizeof(text)));
		return 0;
	} else {
		print_relative(s, r);
	}
	s->shown++;
	return 0;
}

static int
show_image(struct show *s, const struct subject *sub, const char *name, struct err *e)
{
	unsigned which = s->opt->oci11 ? RELATIVES_ALL : RELATIVES_ALL & ~(unsigned)RELATIVES_REFERRERS;

	s->place = ref_context(store_place(&s->store, sub), &s->pool);
	s->shown = 0;
	buf_reset(&s->out);
	if (!s->records)
		printf("📦 Supply Chain Security Related artifacts for an image: %s\n", name);
	if (relatives_list(&s->store, sub, which, NULL, show_relative, s, e))
		return -1;
	if (s->records)
		return print_record(s, sub, ref_name(&sub->ref, &s->pool), e);
	/* To the byte what upstream says, without a last newline. */
	if (!s->shown)
		printf("No Supply Chain Security Related Artifacts found for image %s,\n start creating one with simply "
		    "running$ cosign sign <img>%s", name, s->opt->recursive ? "\n" : "");
	return 0;
}

static int
show_walk(struct show *s, const struct subject *root, const char *name, struct err *e)
{
	struct store_walk walk = {NULL, 0};

	if (store_walk(&s->store, root, &s->pool, &walk, e))
		return -1;
	for (size_t i = 0; i < walk.count; i++)
		if (show_image(s, &walk.items[i], i ? ref_name(&walk.items[i].ref, &s->pool) : name, e))
			return -1;
	return 0;
}

static int
show_tree(void *args, struct err *e)
{
	const struct tree *t = args;
	AUTO(show) struct show s = {.opt = t, .records = command_globals.json || (t->filter.jq && *t->filter.jq),
	    .out = BUF_INIT(BUF_BIG_MAX), .pool = POOL_INIT};
	struct confine c = {.store = &s.store, .images = t->images.items, .count = 1};
	const char *name = t->images.items[0];
	struct subject root, sub;
	struct ref ref;

	if (store_init(&s.store, &t->registry.options, &s.pool, e))
		return -1;
	s.store.local_image = t->local_image;
	if (store_ref(name, t->local_image, &ref, &s.pool, e) || confine(&c, e) ||
	    store_resolve(&s.store, &ref, true, &s.pool, &root, e))
		return -1;
	if (t->recursive)
		return show_walk(&s, &root, name, e);
	if (!t->platform)
		return show_image(&s, &root, name, e);
	if (store_platform(&s.store, &root, t->platform, &s.pool, &sub, e))
		return -1;
	return show_image(&s, &sub, ref_name(&sub.ref, &s.pool), e);
}

static int
run(void *args, struct err *e)
{
	return filter_run(&((struct tree *)args)->filter, show_tree, args, e);
}

static const char examples[] =
	"# what is stored beside an image, in either form\n"
	"$ cosign tree oci:signed\n"
	"# the types of its attestations\n"
	"$ cosign tree --jq '.attached[].predicateType // empty' oci:signed\n";

static const struct command tree = {
	.name = "tree",
	.brief = "Show what is stored beside an image",
	.about = "Shows signatures, attestations, SBOMs and other artifacts that refer to an image, and the digests of their "
		"layers. Nothing is fetched but manifests, and nothing is verified. With --json it is a cosign.tree/1 record.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct tree),
	.run = run,
};
COMMAND_MAIN(tree)
