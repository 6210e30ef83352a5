/* SPDX-License-Identifier: Apache-2.0 */
#include "json/query.h"

#include <errno.h>
#include <fcntl.h>
#include <jq.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/buf.h"
#include "json/scan.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* What the child says: one of these, then text for the last four. */
enum word {
	WORD_READY = 'k',	/* compiled */
	WORD_DONE = 'd',
	WORD_SYNTAX = 'c',
	WORD_ERROR = 'e',
	WORD_OUTPUT = 'o',
	WORD_MEMORY = 'm',
};

/* The child's descriptors, 2 being /dev/null. */
enum { FD_IN, FD_OUT, FD_ERR, FD_REPORT, FD_COUNT };
enum { MESSAGE_MAX = 300 };

static void
say(enum word word, struct span text)
{
	char message[1 + MESSAGE_MAX];
	size_t len = text.len < MESSAGE_MAX ? text.len : MESSAGE_MAX;
	ssize_t ignored;

	message[0] = (char)word;
	if (len > 0)
		memcpy(message + 1, text.ptr, len);
	ignored = write(FD_REPORT, message, 1 + len);
	(void)ignored;
}

static void NORETURN
give_up(enum word word, struct span text)
{
	say(word, text);
	_exit(1);
}

static void
out_of_memory(void *arg)
{
	(void)arg;
	give_up(WORD_MEMORY, SPAN_NONE);
}

/* The text of libjq's message, which may be any value; consumes it. */
static void NORETURN
give_up_jv(enum word word, jv message)
{
	if (jv_get_kind(message) != JV_KIND_STRING)
		message = jv_dump_string(message, 0);
	give_up(word, span_of(jv_string_value(message),
	    (size_t)jv_string_length_bytes(jv_copy(message))));
}

/* The first message of the compiler says it; the later ones count. */
static void
syntax_error(void *arg, jv message)
{
	static const char prefix[] = "jq: error: ";
	struct span text;

	(void)arg;
	if (jv_get_kind(message) != JV_KIND_STRING)
		give_up_jv(WORD_SYNTAX, message);
	text = span_str(jv_string_value(message));
	if (span_starts(text, prefix))
		text = span_from(text, sizeof(prefix) - 1);
	give_up(WORD_SYNTAX, span_cut(&text, '\n'));
}

static void
runtime_error(void *arg, jv message)
{
	(void)arg;
	give_up_jv(WORD_ERROR, message);
}

static void
limit(int what, rlim_t soft, rlim_t hard)
{
	struct rlimit l = {soft, hard};

	if (setrlimit(what, &l) != 0)
		give_up(WORD_ERROR, SPAN("cannot set a limit"));
}

static void
place_descriptors(int in, int out, int report)
{
	int high[FD_COUNT] = {
		[FD_IN] = fcntl(in, F_DUPFD, FD_COUNT), [FD_OUT] = fcntl(out, F_DUPFD, FD_COUNT),
		[FD_REPORT] = fcntl(report, F_DUPFD, FD_COUNT), [FD_ERR] = -1,
	};
	int null = open("/dev/null", O_WRONLY);

	high[FD_ERR] = SANITIZED ? fcntl(2, F_DUPFD, FD_COUNT) : fcntl(null, F_DUPFD, FD_COUNT);
	for (int i = 0; i < FD_COUNT; i++)
		if (high[i] < 0 || dup2(high[i], i) < 0)
			_exit(1);
	if (close_range(FD_COUNT, ~0u, 0) != 0)
		_exit(1);
}

/* No file can be opened from here on: a filter can neither import nor read. */
static void
confine(unsigned cpu_seconds)
{
	static char *none[] = {NULL};

	environ = none;	/* libjq takes no NULL here */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXCPU, SIG_DFL);
	limit(RLIMIT_CORE, 0, 0);
	limit(RLIMIT_CPU, cpu_seconds, cpu_seconds + 1);
	limit(RLIMIT_NOFILE, FD_COUNT, FD_COUNT);
	if (!SANITIZED)
		limit(RLIMIT_AS, QUERY_MEMORY_MAX, QUERY_MEMORY_MAX);
}

static void
write_out(struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(FD_OUT, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			give_up(WORD_OUTPUT, span_str(strerror(errno)));
		bytes = span_from(bytes, (size_t)n);
	}
}

static void
print(struct buf *out, jv result)
{
	jv text = jv_dump_string(result, 0);

	buf_add(out, jv_string_value(text), (size_t)jv_string_length_bytes(jv_copy(text)));
	buf_add_char(out, '\n');
	jv_free(text);
	if (out->over)
		give_up(WORD_MEMORY, SPAN_NONE);
	if (out->len >= 65536) {
		write_out(buf_span(out));
		buf_reset(out);
	}
}

/* After halt or halt_error. */
static void NORETURN
halted(jq_state *jq)
{
	jv status = jq_get_exit_code(jq), message = jq_get_error_message(jq);

	if (!jv_is_valid(status) ||
	    (jv_get_kind(status) == JV_KIND_NUMBER && jv_number_value(status) == 0)) {
		say(WORD_DONE, SPAN_NONE);
		_exit(0);
	}
	if (jv_is_valid(message))
		give_up_jv(WORD_ERROR, message);
	give_up(WORD_ERROR, SPAN("the filter halted"));
}

/* Consumes input. */
static void
run_one(jq_state *jq, jv input)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	jv result;

	jq_start(jq, input, 0);
	while (jv_is_valid(result = jq_next(jq)))
		print(&out, result);
	write_out(buf_span(&out));
	if (jq_halted(jq))
		halted(jq);
	if (jv_invalid_has_msg(jv_copy(result)))
		give_up_jv(WORD_ERROR, jv_invalid_get_msg(result));
	jv_free(result);
}

static void
run_parsed(jq_state *jq, jv_parser *parser)
{
	jv input;

	while (jv_is_valid(input = jv_parser_next(parser)))
		run_one(jq, input);
	if (jv_invalid_has_msg(jv_copy(input)))
		give_up_jv(WORD_ERROR, jv_invalid_get_msg(input));
	jv_free(input);
}

/* Without these libjq aborts on import; with them it looks nowhere. */
static void
set_origins(jq_state *jq)
{
	jq_set_attr(jq, jv_string("JQ_ORIGIN"), jv_string("/"));
	jq_set_attr(jq, jv_string("PROGRAM_ORIGIN"), jv_string("/"));
	jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
}

static void NORETURN
child(const char *filter)
{
	jq_state *jq = jq_init();
	jv_parser *parser = jv_parser_new(0);
	char chunk[65536];
	ssize_t n;

	if (!jq)
		give_up(WORD_MEMORY, SPAN_NONE);
	jq_set_nomem_handler(jq, out_of_memory, NULL);
	jq_set_error_cb(jq, syntax_error, NULL);
	set_origins(jq);
	if (!jq_compile(jq, filter))
		give_up(WORD_SYNTAX, SPAN("the filter does not compile"));
	jq_set_error_cb(jq, runtime_error, NULL);
	say(WORD_READY, SPAN_NONE);
	while ((n = read(FD_IN, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			give_up(WORD_ERROR, SPAN("cannot read"));
		jv_parser_set_buf(parser, chunk, (int)n, 1);
		run_parsed(jq, parser);
	}
	jv_parser_set_buf(parser, "", 0, 0);
	run_parsed(jq, parser);
	say(WORD_DONE, SPAN_NONE);
	_exit(0);
}

static ssize_t
read_some(int fd, char *to, size_t size)
{
	ssize_t n;

	do {
		n = read(fd, to, size);
	} while (n < 0 && errno == EINTR);
	return n;
}

static void
close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int
reap(struct query *q)
{
	int status = 0;

	close_end(&q->to);
	close_end(&q->from);
	while (waitpid(q->pid, &status, 0) < 0 && errno == EINTR)
		;
	q->pid = -1;
	return status;
}

void
query_stop(struct query *q)
{
	if (q->pid <= 0)
		return;
	kill(q->pid, SIGKILL);
	(void)reap(q);
}

/* What a child that said nothing died of. */
static int
bad_end(int status, unsigned cpu_seconds, struct err *e)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (sig == SIGXCPU || sig == SIGKILL)
		return err_set(e, REASON_TIMEOUT,
		    "--jq: the filter took more than %u s of CPU time", cpu_seconds);
	if (sig)
		return err_set(e, REASON_FAILED, "--jq: libjq died of signal %d", sig);
	return err_set(e, REASON_FAILED, "--jq: libjq ended with status %d", WEXITSTATUS(status));
}

/* The child's last words, behind WORD_READY: 0 for a good end. */
static int
judge(char *message, size_t len, int status, unsigned cpu_seconds, struct err *e)
{
	static const struct { char word; enum reason reason; const char *what; } ends[] = {
		{WORD_SYNTAX, REASON_USAGE, "no jq filter"},
		{WORD_ERROR, REASON_FAILED, "the filter failed"},
		{WORD_OUTPUT, REASON_OUTPUT, "cannot write results"},
		{WORD_MEMORY, REASON_TOO_LARGE, "the filter needs too much memory"},
	};

	message[len] = '\0';
	if (message[0] == WORD_DONE && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	for (size_t i = 0; i < countof(ends); i++)
		if (len > 0 && message[0] == ends[i].word)
			return err_set(e, ends[i].reason, "--jq: %s%s%s", ends[i].what,
			    len > 1 ? ": " : "", message + 1);
	return bad_end(status, cpu_seconds, e);
}

int
query_finish(struct query *q, struct err *e)
{
	char message[1 + MESSAGE_MAX + 1];
	size_t len = 0;
	ssize_t n;

	if (q->pid <= 0)
		return 0;
	close_end(&q->to);
	while (len < sizeof(message) - 1 &&
	    (n = read_some(q->from, message + len, sizeof(message) - 1 - len)) > 0)
		len += (size_t)n;
	return judge(message, len, reap(q), q->cpu_seconds, e);
}

static int
await_ready(struct query *q, struct err *e)
{
	char message[1 + MESSAGE_MAX + 1] = "";
	ssize_t n = read_some(q->from, message, sizeof(message) - 1);

	if (n > 0 && message[0] == WORD_READY)
		return 0;
	return judge(message, n > 0 ? (size_t)n : 0, reap(q), q->cpu_seconds, e);
}

int
query_start(struct query *q, const char *filter, int out_fd, struct err *e)
{
	int in[2] = {-1, -1}, report[2] = {-1, -1};

	/* A socket, so that writing to a child that is gone raises no signal. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0 ||
	    pipe2(report, O_CLOEXEC) != 0 ||
	    (q->pid = fork()) < 0) {
		err_errno(e, REASON_FAILED, "--jq: cannot start");
		for (int i = 0; i < 2; i++) {
			close_end(&in[i]);
			close_end(&report[i]);
		}
		return -1;
	}
	if (q->pid == 0) {
		place_descriptors(in[0], out_fd, report[1]);
		confine(q->cpu_seconds);
		child(filter);
	}
	close(in[0]);
	close(report[1]);
	q->to = in[1];
	q->from = report[0];
	return await_ready(q, e);
}

/* Sends all; false if the child is gone. */
static bool
send_all(struct query *q, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = send(q->to, bytes.ptr, bytes.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes = span_from(bytes, (size_t)n);
	}
	return true;
}

int
query_feed(struct query *q, struct span json, struct err *e)
{
	struct node root;

	if (scan_document(json, &root, e) != 0)
		return err_wrap(e, "--jq");
	if (q->pid <= 0 || (send_all(q, root.raw) && send_all(q, SPAN("\n"))))
		return 0;
	return query_finish(q, e);
}
