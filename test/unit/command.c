/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/file.h"
#include "cli/command.h"

struct args { const char *name; bool hot; struct opt_list words; };

static const struct opt opts[] = {
	OPT_STR(struct args, 'n', "name", "NAME", name, .help = "a name", .def = "nobody"),
	OPT_FLAG(struct args, 0, "hot", hot, .help = "heat", .gone = "it is summer"),
	OPT_POS(struct args, "WORD", words, .many = true),
	OPT_END
};

static int
run(void *a, struct err *e)
{
	const struct args *args = a;

	if (strcmp(args->name, "fail") == 0) {
		err_set(e, REASON_NO_SIGNATURE, "nothing there");
		return err_wrap(e, "thing %d", 7);
	}
	if (strcmp(args->name, "nine") == 0)
		return 9;
	printf("%s %d %zu %d %lld\n", args->name, args->hot, args->words.count, command_globals.verbose,
	    (long long)command_globals.timeout);
	return 0;
}

static const struct command blob = {.name = "blob", .brief = "Blow a blob", .opts = opts,
	.size = sizeof(struct args), .run = run};
static const struct command wasm = {.name = "wasm", .brief = "Wash a wasm", .opts = opts,
	.size = sizeof(struct args), .run = run, .gone = "nobody washes", .no_env = true};
static const struct command *const verbs[] = {&blob, &wasm, NULL};
static const struct command upload = {.name = "upload", .brief = "Put things up", .verbs = verbs};

enum { WORDS_MAX = 16 };
static char *out, *said;
static int status;

static char *
contents(int fd)
{
	struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	lseek(fd, 0, SEEK_SET);
	if (file_read_fd(fd, "output", &b, &e))
		buf_reset(&b);
	close(fd);
	buf_add(&b, "", 0);
	return buf_take(&b);
}

/* Runs a command line in a process of its own. */
static void
call(const struct command *c, const char *line)
{
	char words[256];
	char *argv[WORDS_MAX] = {words};
	FILE *files[2] = {tmpfile(), tmpfile()};
	int argc = 0, how = 0;
	pid_t pid;

	snprintf(words, sizeof(words), "%s", line);
	for (char *w = words; w && argc < WORDS_MAX - 1; argc++) {
		argv[argc] = w;
		w = strchr(w, ' ');
		if (w)
			*w++ = '\0';
	}
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(fileno(files[0]), STDOUT_FILENO);
		dup2(fileno(files[1]), STDERR_FILENO);
		_exit(command_main(c, argc, argv));
	}
	waitpid(pid, &how, 0);
	status = WIFEXITED(how) ? WEXITSTATUS(how) : 255;
	free(out);
	free(said);
	out = contents(dup(fileno(files[0])));
	said = contents(dup(fileno(files[1])));
	fclose(files[0]);
	fclose(files[1]);
}

#define HAS(text, what, name) ok((text) && strstr((text), (what)) != NULL, "%s", (name))

static void
test_verbs(void)
{
	call(&upload, "upload blob -n x a b");
	is_int(status, 0, "a verb");
	is_str(out, "x 0 2 0 180000\n", "its arguments");
	call(&upload, "upload -d --timeout 4s blob a");
	is_str(out, "nobody 0 1 1 4000\n", "global flags before the verb");
	call(&upload, "upload");
	is_int(status, 0, "no verb");
	HAS(out, "Wash a wasm", "help lists the verbs");
	call(&upload, "upload wasn");
	is_int(status, 2, "a wrong verb");
	HAS(said, "did you mean cosign upload wasm?", "and what was meant");
	call(&upload, "upload blob --help");
	HAS(out, "Usage: cosign upload blob [flags] [WORD...]", "help of a verb");
	call(&upload, "upload wasm x");
	HAS(said, "Command \"wasm\" is deprecated, nobody washes", "a deprecated verb says so");
	call(&upload, "upload blob --help=spec");
	HAS(out, "{\"name\":\"upload\"", "the specification is of the whole");
}

static void
test_results(void)
{
	call(&blob, "blob --name fail");
	is_int(status, 10, "the reason gives the status");
	is_str(said, "Error: thing 7: nothing there\n", "the error, once");
	call(&blob, "blob --name fail --json");
	is_str(said,
	    "{\"type\":\"cosign.error/1\",\"reason\":\"no-signature\",\"message\":\"thing 7: nothing there\","
	    "\"chain\":[\"thing 7\",\"nothing there\"],\"exit\":10}\n",
	    "the error as an object");
	call(&blob, "blob --name nine");
	is_int(status, 9, "a status of the command's own");
	is_str(said, "", "without a word");
	call(&blob, "blob --hot --hot=false");
	is_str(said, "Flag --hot has been deprecated, it is summer\n", "a deprecated flag, once");
}

static void
test_environment(void)
{
	setenv("COSIGN_NAME", "env", 1);
	setenv("COSIGN_TIMEOUT", "9s", 1);
	call(&blob, "blob");
	is_str(out, "env 0 0 0 9000\n", "flags and global flags from variables");
	call(&wasm, "wasm");
	is_str(out, "nobody 0 0 0 180000\n", "not for commands that are not bound");
	setenv("COSIGN_TIMEOUT", "nine", 1);
	call(&blob, "blob");
	is_str(out, "env 0 0 0 180000\n", "a variable that makes no sense");
	HAS(said, "WARNING: COSIGN_TIMEOUT is ignored", "is ignored aloud");
}

int
main(void)
{
	test_verbs();
	test_results();
	test_environment();
	free(out);
	free(said);
	return tap_done();
}
