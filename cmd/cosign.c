/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dispatcher: `cosign verify …` becomes cosign-verify …. It knows the
 * global flags, to find the word behind them, and the generated list of
 * commands; everything else is the command's own business.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/mem.h"
#include "base/proc.h"
#include "cli/command.h"
#include "cli/failure.h"
#include "cli/help.h"
#include "cli/spec.h"
#include "cli/suggest.h"

static const struct { const char *name, *brief; bool plumbing, gone; } commands[] = {
#define COMMAND(name, plumbing, gone, brief) {name, brief, plumbing, gone},
#include "cli/commands.def"
#undef COMMAND
	{"help", "Show the manual page of a command", false, false},
};

/* Stands for the dispatcher in cmd/spec.ndjson: there its flags are the
 * global ones. */
static const struct command self = {
	.name = "cosign",
	.brief = "Sign and verify container images and other artifacts",
	.opts = command_global_opts,
	.no_env = false,
};

static void
list(const char *heading, bool plumbing)
{
	for (size_t i = 0; i < countof(commands); i++) {
		if (commands[i].plumbing != plumbing)
			continue;
		if (heading)
			printf("\n%s:\n", heading);
		heading = NULL;
		printf("  %-20s", commands[i].name);
		help_wrap(commands[i].brief, 22, 24);
	}
}

static int
overview(void)
{
	printf("Usage: cosign COMMAND [flags] [ARGUMENT...]\n\n%s.\n", self.brief);
	list("Commands", false);
	list("Plumbing, for scripts and pipes", true);
	help_flags("Global flags", command_global_opts, NULL);
	printf("\ncosign help COMMAND opens a manual page, cosign COMMAND --help is short.\n");
	if (fflush(stdout) == 0)
		return 0;
	perror("Error: cannot write to standard output");
	return reason_exit(REASON_OUTPUT);
}

static int
fail(const struct err *e, int argc, char *const argv[])
{
	bool json = false;

	for (int i = 1; i < argc; i++)
		json |= strcmp(argv[i], "--json") == 0;
	if (json)
		failure_print_json(e);
	else
		failure_print(e);
	return reason_exit(e->reason);
}

static int
unknown(const char *word, struct err *e)
{
	struct suggest s;

	suggest_init(&s, word);
	for (size_t i = 0; i < countof(commands); i++)
		suggest_offer(&s, commands[i].name);
	err_set(e, REASON_USAGE, "unknown command \"%s\" for \"cosign\"", word);
	if (s.best)
		return err_hint(e, "did you mean cosign %s?", s.best);
	return err_hint(e, "cosign --help lists the commands");
}

/* Where the suite's programs are: the first of beside this one, beside it in
 * libexec, and where they were to be installed, that has them. With a slash
 * at its end. */
static char *
suite_dir(void)
{
	static const char *const relative[] = {"", "../libexec/cosign/"};
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 64);
	char *sibling;

	path[n > 0 ? n : 0] = '\0';
	for (size_t i = 0; strchr(path, '/') && i < countof(relative); i++) {
		size_t dir = (size_t)(strrchr(path, '/') - path) + 1;

		snprintf(path + dir, sizeof(path) - dir, "%scosign-version", relative[i]);
		if (access(path, X_OK) == 0)
			return xspandup(span_of(path, strlen(path) - strlen("cosign-version")));
		path[dir] = '\0';
	}
	sibling = proc_sibling("cosign-version");
	if (sibling)
		sibling[strlen(sibling) - strlen("cosign-version")] = '\0';
	return sibling;
}

static void
prepend_path(const char *dir)
{
	const char *path = getenv("PATH");
	int len = (int)strlen(dir) - 1;
	char *whole;

	if (path && strncmp(path, dir, (size_t)len) == 0 && (path[len] == ':' || !path[len]))
		return;
	whole = xasprintf("%.*s:%s", len, dir, path ? path : "/usr/local/bin:/usr/bin:/bin");
	setenv("PATH", whole, 1);
	free(whole);
}

/* Returns only when there is no such program. */
static int
run_program(const char *dir, const char *word, char **argv, struct err *e)
{
	char *name, *path, *before = argv[0];
	int why;

	if (strchr(word, '/') || !*word)
		return unknown(word, e);
	name = xasprintf("cosign-%s", word);
	path = xasprintf("%s%s", dir ? dir : "", name);
	if (dir)
		prepend_path(dir);
	argv[0] = name;
	if (dir)
		execv(path, argv);
	execvp(name, argv);
	why = errno;
	argv[0] = before;
	free(name);
	free(path);
	if (why == ENOENT)
		return unknown(word, e);
	errno = why;
	return err_errno(e, REASON_HELPER, "cannot run cosign-%s", word);
}

/* Shows a page if there is a man program and it finds the page; page is a
 * file's path or a name. Otherwise returns. */
static void
show_page(const char *page)
{
	const char *const show[] = {"man", strchr(page, '/') ? "-l" : page, strchr(page, '/') ? page : NULL, NULL};
	int status = 0;
	pid_t pid;

	if (!strchr(page, '/')) {
		pid = fork();
		if (pid == 0) {
			int null = open("/dev/null", O_RDWR | O_CLOEXEC);

			dup2(null, STDOUT_FILENO);
			dup2(null, STDERR_FILENO);
			execlp("man", "man", "-w", page, (char *)NULL);
			_exit(127);
		}
		while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		if (pid < 0 || status != 0)
			return;
	}
	execvp(show[0], (char *const *)(uintptr_t)show);
}

/* A page of the tree that the program is in, whatever man knows of it. */
static char *
page_file(const char *dir, const char *name)
{
	static const char *const relative[] = {"../man", "../../share/man/man1"};

	for (size_t i = 0; dir && i < countof(relative); i++) {
		char *file = xasprintf("%s%s/%s.1", dir, relative[i], name);

		if (access(file, R_OK) == 0)
			return file;
		free(file);
	}
	return NULL;
}

/* The manual page, or --help where there is none or no man. */
static int
help(const char *dir, const char *word, struct err *e)
{
	char *argv[] = {NULL, (char[]){"--help"}, NULL};
	bool whole = strcmp(word, "cosign") == 0;
	AUTO(charp) char *name = whole ? xstrdup(word) : xasprintf("cosign-%s", word);
	AUTO(charp) char *file = strchr(word, '/') ? NULL : page_file(dir, name);

	if (file)
		show_page(file);
	if (!strchr(word, '/'))
		show_page(name);
	return whole ? overview() : run_program(dir, word, argv, e);
}

/* Index of the first token that is neither a global flag nor its value; argc
 * when there is none. */
static int
word_at(int argc, char *const argv[])
{
	int i = 1;

	while (i < argc && argv[i][0] == '-' && argv[i][1])
		i += 1 + opt_takes_next(command_global_opts, argv[i]);
	return i < argc ? i : argc;
}

/* --help, --version and mistakes before the word; -1 to go on. */
static int
early_flags(int at, char **argv, const char *dir, struct err *e)
{
	struct command_globals ignored = {0};
	struct opt_target target = {command_global_opts, &ignored, true};
	AUTO(pool) struct pool pool = POOL_INIT;
	const char *first = argv[1] + strspn(argv[1], "-");
	const char *asked;

	if (strcmp(first, "version") == 0 || strcmp(argv[1], "-v") == 0)
		return run_program(dir, "version", argv + 1, e) ? -2 : 0;
	if (opt_parse_targets(&target, 1, at, argv, &asked, &pool, e))
		return -2;
	if (!asked)
		return -1;
	if (strcmp(asked, "spec") != 0)
		return overview();
	spec_print(&self);
	return 0;
}

int
main(int argc, char **argv)
{
	AUTO(charp) char *dir = suite_dir();
	struct err e = ERR_INIT;
	int at = word_at(argc, argv);
	int result = at > 1 ? early_flags(at, argv, dir, &e) : -1;
	const char *word;

	if (result >= 0)
		return result;
	if (result == -2)
		return fail(&e, argc, argv);
	if (at == argc)
		return overview();
	word = argv[at];
	if (strcmp(word, "help") == 0) {
		if (at + 1 == argc)
			return overview();
		return help(dir, argv[at + 1], &e) < 0 ? fail(&e, argc, argv) : 0;
	}
	/* The flags before the word move behind it, the word's place is argv[0]. */
	memmove(argv + 1, argv, (size_t)at * sizeof(*argv));
	if (run_program(dir, word, argv + 1, &e))
		return fail(&e, argc, argv);
	return 0;
}
