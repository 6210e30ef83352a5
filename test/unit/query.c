/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <unistd.h>
#include "base/file.h"
#include "json/query.h"
#include "tap.h"

/* There the limit on memory is off. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

/* Runs a filter over texts; what it printed goes to out. */
static int
run(const char *filter, const char *const texts[], unsigned cpu_seconds, struct buf *out, struct err *e)
{
	AUTO(query) struct query q = QUERY_INIT;
	FILE *f = tmpfile();
	int rc;

	if (!f)
		return err_set(e, REASON_IO, "no temporary file");
	q.cpu_seconds = cpu_seconds;
	rc = query_start(&q, filter, fileno(f), e);
	for (size_t i = 0; rc == 0 && texts[i]; i++)
		rc = query_feed(&q, span_str(texts[i]), e);
	if (rc == 0)
		rc = query_finish(&q, e);
	if (lseek(fileno(f), 0, SEEK_SET) != 0 || file_read_fd(fileno(f), "results", out, NULL) != 0)
		rc = err_set(e, REASON_IO, "results cannot be read");
	fclose(f);
	return rc;
}

static const char *const texts[] = {"{\"a\": 1, \"b\": [1, 2.5, \"x\\u00e9\"]}", "{\"a\":null}\n", NULL};

static const struct { const char *filter, *want; } good[] = {
	{".", "{\"a\":1,\"b\":[1,2.5,\"x\xc3\xa9\"]}\n{\"a\":null}\n"},
	{".a", "1\nnull\n"},
	{".b[]?", "1\n2.5\n\"x\xc3\xa9\"\n"},
	{"empty", ""},
	{"", "{\"a\":1,\"b\":[1,2.5,\"x\xc3\xa9\"]}\n{\"a\":null}\n"},
	{".b | length", "3\n0\n"},
	{"env | length", "0\n0\n"},
	{"$ENV.PATH", "null\nnull\n"},
	{"1, halt, 2", "1\n"},
	{"def f: 1; f", "1\n1\n"},
	{"try error(\"x\") catch .", "\"x\"\n\"x\"\n"},
};

static const struct { const char *filter; enum reason reason; const char *printed; } bad[] = {
	{".a |", REASON_USAGE, ""},
	{"nonsense", REASON_USAGE, ""},
	{"$unknown", REASON_USAGE, ""},
	{"import \"x\" as x; .", REASON_USAGE, ""},
	{"import \"/etc/passwd\" as $x; .", REASON_USAGE, ""},
	{".b[0] | error(\"no\")", REASON_FAILED, ""},
	{".a, (.b | .[\"x\"])", REASON_FAILED, "1\n"},
	{"1, halt_error", REASON_FAILED, "1\n"},
	{"error({\"a\":1})", REASON_FAILED, ""},
	{"include \"x\" {search: \"/tmp\"}; .", REASON_USAGE, ""},
	{"import \"passwd\" as $x {search: \"/etc\"}; .", REASON_USAGE, ""},
};

static void
filters(void)
{
	for (size_t i = 0; i < countof(good); i++) {
		AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
		struct err e = ERR_INIT;

		succeeds(run(good[i].filter, texts, 10, &out, &e), &e, "%s", good[i].filter);
		is_str(buf_str(&out), good[i].want, "results of %s", good[i].filter);
	}
	for (size_t i = 0; i < countof(bad); i++) {
		AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
		struct err e = ERR_INIT;
		int rc = run(bad[i].filter, texts, 10, &out, &e);
		char text[ERR_TEXT];

		diag("%s", err_text(&e, text, sizeof(text)));
		fails_with(rc, &e, bad[i].reason, "%s", bad[i].filter);
		is_str(buf_str(&out), bad[i].printed, "results of %s", bad[i].filter);
	}
}

static void
limits(void)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	fails_with(run("[range(1e12)] | length", texts, 1, &out, &e), &e, REASON_TIMEOUT, "CPU time");
#ifndef SANITIZED
	fails_with(run("[] | .[100000000] = 0", texts, 10, &out, &e), &e, REASON_TOO_LARGE, "memory");
#endif
	fails_with(run(".", (const char *const[]){"{\"a\":1,\"a\":2}", NULL}, 10, &out, &e), &e, REASON_BAD_JSON,
	    "libjq sees no bad JSON");
}

static void
unwritable(void)
{
	AUTO(query) struct query q = QUERY_INIT;
	AUTO(fd) int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct err e = ERR_INIT;

	if (fd < 0) {
		skip("no /dev/full", "a full disk");
		return;
	}
	succeeds(query_start(&q, ".", fd, &e), &e, "starts");
	succeeds(query_feed(&q, SPAN("1"), &e), &e, "takes a text");
	fails_with(query_finish(&q, &e), &e, REASON_OUTPUT, "a full disk");
	succeeds(query_finish(&q, &e), &e, "finishing twice is nothing");
}

/* More than any socket holds, to a filter that went away. */
static void
large(void)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX), out = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;

	buf_add_char(&text, '"');
	for (int i = 0; i < 1 << 20; i++)
		buf_add(&text, "abcd", 4);
	buf_add_char(&text, '"');
	succeeds(run("length", (const char *const[]){buf_str(&text), NULL}, 10, &out, &e), &e, "four megabytes");
	is_str(buf_str(&out), "4194304\n", "their length");
	buf_reset(&out);
	succeeds(run("halt", (const char *const[]){"1", buf_str(&text), "2", NULL}, 10, &out, &e), &e,
	    "texts behind a halt are dropped");
	fails_with(run("error(\"x\")", (const char *const[]){"1", buf_str(&text), "2", NULL}, 10, &out, &e), &e,
	    REASON_FAILED, "texts behind an error");
}

int
main(void)
{
	filters();
	limits();
	unwritable();
	large();
	return tap_done();
}
