/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include <unistd.h>
#include "base/buf.h"
#include "base/file.h"
#include "cli/filter.h"

static struct err e = ERR_INIT;
static char got[256];

/* Prints text through the filter, with stdout in a file meanwhile. */
static int
filtered(const char *jq, const char *text, int result)
{
	AUTO(buf) struct buf b = BUF_INIT(sizeof(got) - 1);
	struct err ignored = ERR_INIT;
	FILE *file = tmpfile();
	struct filter f;
	int tap;

	fflush(stdout);
	tap = dup(STDOUT_FILENO);
	dup2(fileno(file), STDOUT_FILENO);
	if (result < 0)
		err_set(&e, REASON_NO_MATCH, "the command failed");
	if (filter_begin(&f, jq, &e) == 0) {
		printf("%s", text);
		result = filter_end(&f, result, &e);
	} else {
		result = -2;
	}
	fflush(stdout);
	dup2(tap, STDOUT_FILENO);
	close(tap);
	lseek(fileno(file), 0, SEEK_SET);
	if (file_read_fd(fileno(file), "output", &b, &ignored))
		buf_reset(&b);
	fclose(file);
	snprintf(got, sizeof(got), "%s", buf_str(&b));
	return result;
}

int
main(void)
{
	succeeds(filtered(NULL, "plain\n", 0), &e, "no filter");
	is_str(got, "plain\n", "text as it is");
	succeeds(filtered(".a", "{\"a\":1}\n\n[{\"a\":2}]\n{\"a\":{\"b\":3}}\n", 0) == -1 ? 0 : 1, &e,
	    "a filter that fails on the second text");
	is_str(got, "1\n", "what came before is there");
	succeeds(filtered(".a", "{\"a\":1}\n{\"a\":{\"b\":3}}", 0), &e, "two texts");
	is_str(got, "1\n{\"b\":3}\n", "their results, a line each");
	succeeds(filtered("empty", "", 0), &e, "nothing printed");
	is_str(got, "", "nothing there");
	fails_with(filtered(".a |", "{}", 0) == -2 ? -1 : 0, &e, REASON_USAGE, "a filter that is none, before the work");
	fails_with(filtered(".", "no JSON", 0), &e, REASON_BAD_JSON, "text that is no JSON");
	fails_with(filtered(".a", "{\"a\":7}", -1), &e, REASON_NO_MATCH, "a failed command stays failed");
	is_str(got, "7\n", "what it printed is filtered");
	is_int(filtered(".", "1", 3), 3, "a status of the command's own");
	return tap_done();
}
