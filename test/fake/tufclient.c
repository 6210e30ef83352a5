/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client that tuf-conformance drives:
 *
 *	tuf-client --metadata-dir DIR init ROOT_JSON
 *	tuf-client --metadata-dir DIR --metadata-url URL refresh
 *	tuf-client --metadata-dir DIR --metadata-url URL --target-name NAME…
 *		--target-base-url URL --target-dir DIR download
 *
 * Exit status 0 or 1. The clock is libc's, so that faketime can set it.
 */
#include <getopt.h>
#include <unistd.h>
#include "base/date.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/version.h"
#include "client/tuf.h"
#include "net/http.h"

struct args {
	const char *metadata_dir, *metadata_url, *target_dir, *targets_url;
	VEC(const char *) names;
	const char *command, *root;
};

static int
parse(struct args *a, int argc, char **argv)
{
	static const struct option longs[] = {
		{"metadata-dir", required_argument, NULL, 'd'}, {"metadata-url", required_argument, NULL, 'u'},
		{"target-name", required_argument, NULL, 'n'}, {"target-dir", required_argument, NULL, 't'},
		{"target-base-url", required_argument, NULL, 'b'}, {0}};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'd')
			a->metadata_dir = optarg;
		else if (c == 'u')
			a->metadata_url = optarg;
		else if (c == 't')
			a->target_dir = optarg;
		else if (c == 'b')
			a->targets_url = optarg;
		else if (c == 'n')
			*VEC_PUSH(&a->names) = optarg;
		else
			return -1;
	}
	a->command = optind < argc ? argv[optind] : "";
	a->root = optind + 1 < argc ? argv[optind + 1] : NULL;
	return a->metadata_dir ? 0 : -1;
}

static int
init(const struct args *a, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(TUFMETA_ROOT_MAX);
	AUTO(charp) char *path = xasprintf("%s/root.json", a->metadata_dir);

	if (!a->root)
		return err_set(e, REASON_USAGE, "init ROOT_JSON");
	if (file_read(a->root, &bytes, e) || file_mkdirs(a->metadata_dir, 0700, e))
		return -1;
	return file_write(path, buf_span(&bytes), 0644, FILE_REPLACE, e);
}

static int
update(const struct args *a, bool download, struct err *e)
{
	AUTO(tuf) struct tuf t = {0};
	struct tuf_options o = {.metadata_url = a->metadata_url, .targets_url = a->targets_url, .dir = a->metadata_dir,
	    .target_dir = a->target_dir};

	if (!a->metadata_url || (download && (!a->targets_url || !a->target_dir)))
		return err_set(e, REASON_USAGE, "an option is missing");
	if (tuf_start(&t, &o, SPAN_NONE, date_now(), e) || tuf_refresh(&t, e))
		return -1;
	for (size_t i = 0; download && i < a->names.count; i++) {
		AUTO(buf) struct buf out = BUF_INIT(TUF_TARGET_MAX);

		if (tuf_get(&t, span_str(a->names.items[i]), &out, e))
			return -1;
	}
	return 0;
}

/* The co-process of the same build, for we are not installed beside it. */
static void
find_helper(void)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	AUTO(charp) char *path = NULL;

	if (n <= 0)
		return;
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	path = xasprintf("%s/%s", self, HELPER);
	if (access(path, X_OK) == 0)
		setenv("COSIGN_REMOTE_HTTP", path, 0);
}

int
main(int argc, char **argv)
{
	struct args a = {0};
	struct err e = ERR_INIT;
	char text[ERR_TEXT];
	int rc = -1;

	http_settings = (struct http_settings){.retries = 0, .user_agent = version_user_agent()};
	find_helper();
	if (parse(&a, argc, argv))
		err_set(&e, REASON_USAGE, "usage: tuf-client --metadata-dir DIR … init|refresh|download");
	else if (strcmp(a.command, "init") == 0)
		rc = init(&a, &e);
	else if (strcmp(a.command, "refresh") == 0 || strcmp(a.command, "download") == 0)
		rc = update(&a, a.command[0] == 'd', &e);
	else
		err_set(&e, REASON_USAGE, "expected init, refresh or download");
	VEC_FREE(&a.names);
	if (rc)
		fprintf(stderr, "tuf-client: %s\n", err_text(&e, text, sizeof(text)));
	return rc ? 1 : 0;
}
