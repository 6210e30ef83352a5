/* SPDX-License-Identifier: Apache-2.0 */
#include "json/jqrun.h"

#include <errno.h>
#include <jq.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/buf.h"

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

static void
say(enum jqrun_word word, struct span text)
{
	char message[1 + JQRUN_MESSAGE_MAX];
	size_t len = text.len < JQRUN_MESSAGE_MAX ? text.len : JQRUN_MESSAGE_MAX;
	ssize_t ignored;

	message[0] = (char)word;
	if (len > 0)
		memcpy(message + 1, text.ptr, len);
	ignored = write(JQRUN_REPORT, message, 1 + len);
	(void)ignored;
}

static void NORETURN
give_up(enum jqrun_word word, struct span text)
{
	say(word, text);
	_exit(1);
}

static void
out_of_memory(void *arg)
{
	(void)arg;
	give_up(JQRUN_MEMORY, SPAN_NONE);
}

/* The text of libjq's message, which may be any value; consumes it. */
static void NORETURN
give_up_jv(enum jqrun_word word, jv message)
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
		give_up_jv(JQRUN_SYNTAX, message);
	text = span_str(jv_string_value(message));
	if (span_starts(text, prefix))
		text = span_from(text, sizeof(prefix) - 1);
	give_up(JQRUN_SYNTAX, span_cut(&text, '\n'));
}

static void
runtime_error(void *arg, jv message)
{
	(void)arg;
	give_up_jv(JQRUN_ERROR, message);
}

static void
limit(int what, rlim_t soft, rlim_t hard)
{
	struct rlimit l = {soft, hard};

	if (setrlimit(what, &l) != 0)
		give_up(JQRUN_ERROR, SPAN("cannot set a limit"));
}

/* No file can be opened from here on: a filter can neither import nor read. */
static void
confine(unsigned cpu_seconds, size_t memory)
{
	static char *none[] = {NULL};

	environ = none;	/* libjq takes no NULL here */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXCPU, SIG_DFL);
	limit(RLIMIT_CORE, 0, 0);
	limit(RLIMIT_CPU, cpu_seconds, cpu_seconds + 1);
	limit(RLIMIT_NOFILE, JQRUN_FDS, JQRUN_FDS);
	if (!SANITIZED)
		limit(RLIMIT_AS, memory, memory);
}

static void
write_out(struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(JQRUN_OUT, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			give_up(JQRUN_OUTPUT, span_str(strerror(errno)));
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
		give_up(JQRUN_MEMORY, SPAN_NONE);
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
		say(JQRUN_DONE, SPAN_NONE);
		_exit(0);
	}
	if (jv_is_valid(message))
		give_up_jv(JQRUN_ERROR, message);
	give_up(JQRUN_ERROR, SPAN("the filter halted"));
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
		give_up_jv(JQRUN_ERROR, jv_invalid_get_msg(result));
	jv_free(result);
}

static void
run_parsed(jq_state *jq, jv_parser *parser)
{
	jv input;

	while (jv_is_valid(input = jv_parser_next(parser)))
		run_one(jq, input);
	if (jv_invalid_has_msg(jv_copy(input)))
		give_up_jv(JQRUN_ERROR, jv_invalid_get_msg(input));
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

void NORETURN
jqrun(const char *filter, unsigned cpu_seconds, size_t memory)
{
	jq_state *jq;
	jv_parser *parser;
	char chunk[65536];
	ssize_t n;

	confine(cpu_seconds, memory);
	jq = jq_init();
	parser = jv_parser_new(0);
	if (!jq)
		give_up(JQRUN_MEMORY, SPAN_NONE);
	jq_set_nomem_handler(jq, out_of_memory, NULL);
	jq_set_error_cb(jq, syntax_error, NULL);
	set_origins(jq);
	if (!jq_compile(jq, filter))
		give_up(JQRUN_SYNTAX, SPAN("the filter does not compile"));
	jq_set_error_cb(jq, runtime_error, NULL);
	say(JQRUN_READY, SPAN_NONE);
	while ((n = read(JQRUN_IN, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			give_up(JQRUN_ERROR, SPAN("cannot read"));
		jv_parser_set_buf(parser, chunk, (int)n, 1);
		run_parsed(jq, parser);
	}
	jv_parser_set_buf(parser, "", 0, 0);
	run_parsed(jq, parser);
	say(JQRUN_DONE, SPAN_NONE);
	_exit(0);
}
