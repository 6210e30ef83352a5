/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays files, and all files below folders, through one fuzz target. With no
 * file at all it fails: a test that cannot fail is none. Given to a fuzzing
 * engine, the target brings no main of its own and this file is left out.
 */
#include <dirent.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/mem.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long replayed;

static int
visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int
replay_file(const char *path)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;
	uint8_t *exact;
	char text[ERR_TEXT];

	if (file_read(path, &b, &e) != 0) {
		fprintf(stderr, "%s\n", err_text(&e, text, sizeof(text)));
		return -1;
	}
	/* A block of just this size, so that a sanitizer sees a read past it. */
	exact = xmalloc(b.len);
	if (b.len > 0)
		memcpy(exact, b.ptr, b.len);
	LLVMFuzzerTestOneInput(exact, b.len);
	free(exact);
	replayed++;
	return 0;
}

static int
replay(const char *path)
{
	struct dirent **names = NULL;
	struct stat st;
	int n, rc = 0;

	if (stat(path, &st) != 0) {
		perror(path);
		return -1;
	}
	if (!S_ISDIR(st.st_mode))
		return replay_file(path);
	n = scandir(path, &names, visible, alphasort);
	for (int i = 0; i < n; i++) {
		AUTO(charp) char *below = xasprintf("%s/%s", path, names[i]->d_name);

		if (replay(below) != 0)
			rc = -1;
		free(names[i]);
	}
	free(names);
	return n < 0 ? -1 : rc;
}

int
main(int argc, char **argv)
{
	int rc = 0;

	for (int i = 1; i < argc; i++)
		if (replay(argv[i]) != 0)
			rc = 1;
	printf("%lu inputs replayed\n", replayed);
	return replayed == 0 ? 1 : rc;
}
