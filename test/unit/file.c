/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/mem.h"
#include "tap.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;

static char *
path(const char *name)
{
	return xasprintf("%s/%s", dir, name);
}

static unsigned
mode_of(const char *name)
{
	AUTO(charp) char *p = path(name);
	struct stat st = {0};

	return stat(p, &st) == 0 ? st.st_mode & 07777 : 0;
}

static int
count_entries(void)
{
	DIR *d = opendir(dir);
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void
writes(void)
{
	AUTO(charp) char *a = path("a");
	AUTO(buf) struct buf b = BUF_INIT(100);
	struct err e = ERR_INIT;

	umask(077);
	succeeds(file_write(a, SPAN("one"), 0644, FILE_KEEP, &e), &e, "a new file");
	is_int(mode_of("a"), 0644, "its mode, whatever umask says");
	fails_with(file_write(a, SPAN("two"), 0600, FILE_KEEP, &e), &e, REASON_EXISTS, "it is there");
	succeeds(file_read(a, &b, &e), &e, "read");
	is_span(buf_span(&b), SPAN("one"), "untouched");
	succeeds(file_write(a, SPAN("three"), 0600, FILE_REPLACE, &e), &e, "replaced");
	is_int(mode_of("a"), 0600, "with the new mode");
	buf_reset(&b);
	succeeds(file_read(a, &b, &e), &e, "read again");
	is_span(buf_span(&b), SPAN("three"), "the new bytes");
	is_int(count_entries(), 1, "no temporary file is left");
	ok(file_write("/nowhere/at/all", SPAN("x"), 0600, FILE_REPLACE, &e) == -1, "no such directory");
}

static void
reads(void)
{
	AUTO(charp) char *a = path("a"), *missing = path("missing");
	AUTO(buf) struct buf b = BUF_INIT(100), small = BUF_INIT(3);
	struct err e = ERR_INIT;

	fails_with(file_read(missing, &b, &e), &e, REASON_NOT_FOUND, "a missing file");
	fails_with(file_read(dir, &b, &e), &e, REASON_IO, "a directory");
	fails_with(file_read(a, &small, &e), &e, REASON_TOO_LARGE, "more than the maximum");
	ok(file_exists(a) && !file_exists(missing), "exists");
	ok(file_is_dir(dir) && !file_is_dir(a), "is a directory");
}

static void
directories(void)
{
	AUTO(charp) char *deep = path("x/y/z"), *below = path("a/b");
	struct err e = ERR_INIT;

	succeeds(file_mkdirs(deep, 0700, &e), &e, "all at once");
	succeeds(file_mkdirs(deep, 0700, &e), &e, "again");
	is_int(mode_of("x/y"), 0700, "each with the mode");
	ok(file_mkdirs(below, 0700, &e) == -1, "below a file");
}

static void
locks(void)
{
	AUTO(charp) char *p = path("lock");
	AUTO(fd) int one = -1, two = -1;
	struct err e = ERR_INIT;

	succeeds(file_lock(p, 1000, &one, &e), &e, "a lock");
	fails_with(file_lock(p, 20, &two, &e), &e, REASON_TIMEOUT, "it is taken");
	close(one);
	one = -1;
	succeeds(file_lock(p, 1000, &two, &e), &e, "it is free again");
}

static void
pipes(void)
{
	char got[4] = "";
	int ends[2];

	if (!ok(pipe(ends) == 0, "a pipe"))
		return;
	ok(file_put(ends[1], "one", 3) && file_get(ends[0], got, 3), "three bytes");
	is_str(got, "one", "the same");
	ok(file_put(ends[1], NULL, 0) && file_get(ends[0], NULL, 0), "none");
	ok(file_put(ends[1], "on", 2), "two more");
	close(ends[1]);
	ok(!file_get(ends[0], got, 3), "an end before the third");
	close(ends[0]);
	ok(!file_put(ends[1], "x", 1), "a descriptor that is closed");
}

int
main(void)
{
	char template[] = "/tmp/file-test.XXXXXX";
	AUTO(charp) char *command = NULL;

	dir = mkdtemp(template);
	if (!dir)
		return 1;
	writes();
	reads();
	directories();
	locks();
	pipes();
	command = xasprintf("rm -rf '%s'", dir);
	ok(system(command) == 0, "cleaned up");
	return tap_done();
}
