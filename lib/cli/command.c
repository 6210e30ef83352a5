/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>
#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/version.h"
#include "cli/failure.h"
#include "cli/help.h"
#include "cli/spec.h"
#include "cli/suggest.h"
#include "net/http.h"

struct command_globals command_globals;

const struct opt command_global_opts[] = {
	OPT_STR(struct command_globals, 0, "output-file", "FILE", output_file,
	    .help = "write standard output to this file, which is created or emptied",
	    .complete = OPT_COMPLETE_FILE),
	OPT_FLAG(struct command_globals, 'd', "verbose", verbose, .help = "say on stderr what is being done"),
	OPT_DURATION(struct command_globals, 't', "timeout", timeout,
	    .help = "give up after this long; 0 waits for ever", .def = "3m0s"),
	OPT_FLAG(struct command_globals, 0, "json", json,
	    .help = "print typed records, and a failure as one JSON object on stderr"),
	OPT_INT(struct command_globals, 0, "retry", "COUNT", retry,
	    .help = "how often a failed request is sent again", .def = "3"),
	OPT_DURATION(struct command_globals, 0, "retry-max-time", retry_max_time,
	    .help = "stop sending a request again after this long", .def = "30s"),
	OPT_END
};

/* A descriptor that the caller closed is opened the wrong way round, so that
 * no file of ours gets its number and using it is an error. */
static void
fill_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			_exit(1);
	}
}

static bool
reader_is_gone(void)
{
	struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};

	return poll(&p, 1, 0) > 0 && (p.revents & POLLERR);
}

static int
close_stdout(struct err *e)
{
	bool failed = ferror(stdout) != 0;

	errno = 0;
	if (fflush(stdout) || failed)
		return err_errno(e, REASON_OUTPUT, "cannot write to standard output");
	/* Some file systems tell of a full disk only now. */
	if (close(STDOUT_FILENO) && errno != EBADF)
		return err_errno(e, REASON_OUTPUT, "cannot write to standard output");
	return 0;
}

static int
redirect(const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int failed;

	if (fd < 0)
		return err_errno(e, REASON_IO, "--output-file: cannot create %s", path);
	failed = dup2(fd, STDOUT_FILENO) < 0;
	close(fd);
	return failed ? err_errno(e, REASON_IO, "--output-file: %s", path) : 0;
}

static int
apply_globals(struct err *e)
{
	const struct command_globals *g = &command_globals;

	log_set_verbose(g->verbose);
	if (g->timeout < 0 || g->retry < 0 || g->retry > 100 || g->retry_max_time < 0) {
		err_set(e, REASON_USAGE, "--timeout, --retry and --retry-max-time");
		return err_expected(e, "no negative value, and at most 100 retries");
	}
	http_settings = (struct http_settings){
		.deadline = g->timeout ? date_monotonic_ms() + g->timeout : 0,
		.retries = (unsigned)g->retry,
		.retry_max_ms = g->retry_max_time,
		.user_agent = version_user_agent(),
		.verbose = g->verbose,
	};
	return g->output_file && *g->output_file ? redirect(g->output_file, e) : 0;
}

void
command_restart_clock(void)
{
	if (command_globals.timeout)
		http_settings.deadline = date_monotonic_ms() + command_globals.timeout;
}

/* Index of the token that names the verb: the first word that is neither a
 * global flag nor a value of one; 0 when there is none. */
static int
verb_at(int argc, char *const argv[])
{
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-' || !argv[i][1])
			return i;
		if (strcmp(argv[i], "--") == 0)
			return i + 1 < argc ? i + 1 : 0;
		i += opt_takes_next(command_global_opts, argv[i]);
	}
	return 0;
}

/* What is run: a command, or a verb of one, and under which name. */
struct call {
	const struct command *command;
	const char *title;	/* "cosign upload blob" */
	bool group;		/* a command with verbs of which none was named */
	int argc;
	char **argv;
	const char *help;
};

static int
choose_verb(struct call *call, struct pool *pool, struct err *e)
{
	const struct command *c = call->command;
	int at = verb_at(call->argc, call->argv);
	struct suggest s;

	if (!at) {
		call->group = true;
		return 0;
	}
	suggest_init(&s, call->argv[at]);
	for (size_t i = 0; c->verbs[i]; i++) {
		suggest_offer(&s, c->verbs[i]->name);
		if (strcmp(call->argv[at], c->verbs[i]->name) != 0)
			continue;
		call->command = c->verbs[i];
		call->title = pool_printf(pool, "%s %s", call->title, call->argv[at]);
		/* argv keeps its NULL at the end. */
		memmove(call->argv + at, call->argv + at + 1, (size_t)(call->argc - at) * sizeof(*call->argv));
		call->argc--;
		return 0;
	}
	err_set(e, REASON_USAGE, "unknown command \"%s\" for \"%s\"", call->argv[at], call->title);
	return s.best ? err_hint(e, "did you mean %s %s?", call->title, s.best) : -1;
}

static int
show_help(const struct call *call, const struct command *whole)
{
	if (call->help && strcmp(call->help, "spec") == 0)
		spec_print(whole);
	else
		help_print(call->command, call->title);
	return 0;
}

static int
perform(struct call *call, const struct command *whole, void *args, struct pool *pool, struct err *e)
{
	const struct command *c = call->command;
	struct opt_target targets[] = {
		{c->opts, args, c->no_env},
		{command_global_opts, &command_globals, c->no_env},
	};

	if (opt_parse_targets(targets, countof(targets), call->argc, call->argv, &call->help, pool, e))
		return -1;
	if (call->help || call->group)
		return show_help(call, whole);
	if (c->gone)
		log_say("Command \"%s\" is deprecated, %s", c->name, c->gone);
	return apply_globals(e) ? -1 : c->run(args, e);
}

static bool
has_own_json(const struct command *c)
{
	struct opt_slot slots[OPT_SLOTS_MAX];
	size_t n = opt_flatten(c->opts, slots);

	for (size_t i = 0; i < n; i++)
		if (slots[i].opt->name && strcmp(slots[i].opt->name, "json") == 0)
			return true;
	return false;
}

/* Also when the line was wrong before its --json was reached. */
static bool
wants_json(const struct call *call)
{
	bool asked = command_globals.json;

	for (int i = 1; i < call->argc && !asked; i++)
		asked = strcmp(call->argv[i], "--json") == 0;
	return asked && !has_own_json(call->command);
}

static int
finish(const struct call *call, int result, struct err *e)
{
	if (result >= 0 && close_stdout(e))
		result = -1;
	else if (result < 0)
		(void)fflush(stdout);
	if (result >= 0)
		return result;
	if ((err_is(e, REASON_OUTPUT) || err_is(e, REASON_IO)) && reader_is_gone())
		return COMMAND_EXIT_PIPE;
	if (err_is(e, REASON_USAGE) && !err_get_hint(e))
		err_hint(e, "%s --help lists the flags", call->title);
	if (wants_json(call))
		failure_print_json(e);
	else
		failure_print(e);
	return reason_exit(e->reason) ? reason_exit(e->reason) : 1;
}

int
command_main(const struct command *c, int argc, char **argv)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(charp) char *args = NULL;
	struct call call = {.command = c, .argc = argc, .argv = argv};
	struct err e = ERR_INIT;
	int result = 0;

	fill_descriptors();
	/* Both are errors of write(2). */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	call.title = pool_printf(&pool, "cosign %s", c->name);
	if (c->verbs)
		result = choose_verb(&call, &pool, &e);
	args = xcalloc(1, call.command->size + 1);
	if (result == 0)
		result = perform(&call, c, args, &pool, &e);
	return finish(&call, result, &e);
}
