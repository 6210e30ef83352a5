/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic on names. Only for a reference without a digest somebody has to
 * look: that is cosign-resolve, so that this program needs neither hashes nor
 * the network.
 */
#include "base/env.h"
#include "base/mem.h"
#include "base/proc.h"
#include "cli/command.h"
#include "cli/groups.h"
#include "json/record.h"

struct triangulate {
	struct cli_registry registry;
	const char *type;
	struct opt_list images;
};

static const struct opt opts[] = {
	OPT_STR(struct triangulate, 0, "type", "TYPE", type, .help = "what to name", .def = "signature",
	    .words = "signature|attestation|sbom|digest"),
	OPT_GROUP(struct triangulate, registry, group_registry),
	OPT_POS(struct triangulate, "IMAGE", images, .min = 1, .complete = OPT_COMPLETE_IMAGE),
	OPT_END};

static const struct { const char *type, *suffix; } suffixes[] = {
	{"signature", ".sig"}, {"attestation", ".att"}, {"sbom", ".sbom"}, {"digest", NULL},
};

/* By the environment, where nobody else can read a password. */
static void
hand_on(const struct registry_options *o)
{
	const struct { const char *name, *value; } flags[] = {
		{"COSIGN_ALLOW_INSECURE_REGISTRY", o->allow_insecure ? "true" : NULL},
		{"COSIGN_ALLOW_HTTP_REGISTRY", o->allow_http ? "true" : NULL},
		{"COSIGN_REGISTRY_USERNAME", o->username},
		{"COSIGN_REGISTRY_PASSWORD", o->password},
		{"COSIGN_REGISTRY_TOKEN", o->token},
		{"COSIGN_REGISTRY_CACERT", o->cacert},
		{"COSIGN_REGISTRY_CLIENT_CERT", o->client_cert},
		{"COSIGN_REGISTRY_CLIENT_KEY", o->client_key},
		{"COSIGN_REGISTRY_SERVER_NAME", o->server_name},
		/* what is meant for other commands, and cosign-resolve takes too */
		{"COSIGN_DESCRIBE", NULL}, {"COSIGN_RECURSIVE", NULL}, {"COSIGN_PLATFORM", NULL},
		{"COSIGN_LOCAL_IMAGE", NULL},
	};

	for (size_t i = 0; i < countof(flags); i++) {
		if (flags[i].value && *flags[i].value)
			setenv(flags[i].name, flags[i].value, 1);
		else
			unsetenv(flags[i].name);
	}
}

/* 0 and the digest; -1; or the status of the other program, which then has
 * said why. */
static int
look_up(const struct triangulate *t, const char *image, struct ref *ref, struct pool *pool, struct err *e)
{
	AUTO(charp) char *path = proc_sibling("cosign-resolve");
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	const char *argv[6] = {path ? path : "cosign-resolve"};
	size_t n = 1;
	struct node root, digest;
	struct span text;
	int status;

	if (command_globals.json)
		argv[n++] = "--json";
	if (command_globals.verbose)
		argv[n++] = "--verbose";
	argv[n++] = "--";
	argv[n++] = image;
	hand_on(&t->registry.options);
	if (proc_run(argv, NULL, SPAN_NONE, &out, command_globals.timeout, &status, e))
		return -1;
	if (status)
		return status;
	if (scan_document(buf_span(&out), &root, e) || !node_member(root, "digest", &digest) ||
	    !node_string(digest, pool, &text) || !ref_is_digest(text))
		return err_set(e, REASON_PROTOCOL, "cosign-resolve gives no digest of %s", image);
	ref->digest = text.ptr;
	return 0;
}

static int
name_place(const struct triangulate *t, const struct ref *ref, struct pool *pool, const char **place, struct err *e)
{
	const char *name = env_get_nonempty("COSIGN_REPOSITORY");
	struct ref target;

	*place = ref_context(ref, pool);
	if (!name || strcmp(t->type, "digest") == 0)
		return 0;
	if (ref_parse_repository(&target, span_str(name), pool, e))
		return err_wrap(e, "COSIGN_REPOSITORY");
	*place = ref_context(&target, pool);
	return 0;
}

static int
run(void *args, struct err *e)
{
	const struct triangulate *t = args;
	AUTO(pool) struct pool pool = POOL_INIT;
	const char *prefix = t->registry.options.tag_prefix, *place;
	struct ref ref;
	int rc;

	if (ref_parse(&ref, span_str(t->images.items[0]), &pool, e) || name_place(t, &ref, &pool, &place, e))
		return -1;
	rc = ref.digest ? 0 : look_up(t, t->images.items[0], &ref, &pool, e);
	if (rc)
		return rc;
	for (size_t i = 0; i < countof(suffixes); i++) {
		if (strcmp(suffixes[i].type, t->type) != 0)
			continue;
		if (suffixes[i].suffix)
			printf("%s:%s\n", place, ref_digest_tag(prefix ? prefix : "", ref.digest, suffixes[i].suffix, &pool));
		else
			printf("%s@%s\n", place, ref.digest);
	}
	return 0;
}

static const char examples[] =
	"# where signatures of the old form are, by name alone\n"
	"$ cosign triangulate example.com/app@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
	"# and attestations\n"
	"$ cosign triangulate --type attestation example.com/app@sha256:"
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n";

static const struct command triangulate = {
	.name = "triangulate",
	.brief = "Print where the signatures of an image are stored",
	.about = "Prints the tag of the old storage form, or the image's digest. A reference by digest is "
	    "answered without asking anybody; whether anything is there is not looked at.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct triangulate),
	.run = run,
	.gone = "it will be removed in the original's next major version",
};
COMMAND_MAIN(triangulate)
