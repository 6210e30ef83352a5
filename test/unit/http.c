/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include "base/date.h"
#include "net/remote.h"
#include "net/task.h"
#include "tap.h"

static const struct http_request get = {.method = "GET", .url = "https://h/", .secret_header = "Authorization: x"};

static int
ask(const char *fault, const struct http_request *q, struct http_response *r, struct err *e)
{
	setenv("REMOTE_FAULT", fault, 1);
	remote_kill();
	return http_do(q, r, e);
}

static void
test_faults(void)
{
	static const struct { const char *fault; enum reason want; const char *says; } cases[] = {
		{"gone", REASON_HELPER, "exit status 3"},
		{"killed", REASON_HELPER, "signal 9"},
		{"within", REASON_HELPER, "in the middle of a frame"},
		{"garbage", REASON_PROTOCOL, "no JSON"},
		{"unknown-id", REASON_PROTOCOL, "never made"},
		{"no-head", REASON_PROTOCOL, "a body before its head"},
		{"no-answer", REASON_PROTOCOL, "without an answer"},
		{"huge-line", REASON_PROTOCOL, "line is too long"},
		{"failed", REASON_NETWORK, "no ?[1m route"},
		{"odd-reason", REASON_PROTOCOL, "without an answer"},
		{"deaf", REASON_HELPER, "reads no requests"},
		{"too-much", REASON_TOO_LARGE, "at most 15 bytes"},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
		struct http_request q = get;
		struct err e = ERR_INIT;
		char text[ERR_TEXT];
		int rc;

		q.max_body = 15;
		rc = ask(cases[i].fault, &q, &r, &e);
		ok(strstr(err_text(&e, text, sizeof(text)), cases[i].says), "%s says '%s': %s", cases[i].fault,
		    cases[i].says, text);
		fails_with(rc, &e, cases[i].want, "a co-process that is %s", cases[i].fault);
	}
}

static void
test_time(const char *fault)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	struct err e = ERR_INIT;
	int64_t before = date_monotonic_ms();

	http_settings.deadline = before - 2900;
	fails_with(ask(fault, &get, &r, &e), &e, REASON_TIMEOUT, "the time is up before it began");
	http_settings.deadline = before + 1;
	fails_with(ask(fault, &get, &r, &e), &e, REASON_TIMEOUT, "a co-process that is %s", fault);
	ok(date_monotonic_ms() - before < 10000, "not waited for for long");
	http_settings.deadline = 0;
}

static void
test_answers(void)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	struct err e = ERR_INIT;

	succeeds(ask("not-found", &get, &r, &e), &e, "any status is success");
	is_int(r.status, 404, "its status");
	is_str(buf_str(&r.body), "missing", "its body");
	is_str(r.url, "http://h/", "its url");
	is_str(http_header(&r, "x-a"), "1", "a header");
	is_str(http_header_nth(&r, "x-a", 1), "2", "the second of that name, its case aside");
	is_str(http_header_nth(&r, "x-a", 2), NULL, "no third");
	is_str(http_header(&r, "x-b"), NULL, "no other");
	succeeds(ask("again", &get, &r, &e), &e, "an answer that started again");
	is_str(buf_str(&r.body), "whole", "only the second counts");
}

static int
refuse(struct sink *s UNUSED, struct span bytes UNUSED, struct err *e)
{
	return err_set(e, REASON_DIGEST_MISMATCH, "not what was asked for");
}

static void
test_sinks(void)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf all = BUF_INIT(1000);
	struct sink_buf into;
	struct sink never = {refuse};
	struct http_request q = get;
	struct err e = ERR_INIT;

	sink_buf_init(&into, &all, "the answer");
	q.sink = &into.sink;
	fails_with(ask("again-late", &q, &r, &e), &e, REASON_PROTOCOL, "a sink is not fed twice");
	is_str(buf_str(&all), "half", "it was fed once");
	buf_reset(&all);
	succeeds(ask("not-found", &q, &r, &e), &e, "a refusal");
	is_str(buf_str(&r.body), "missing", "its body goes to the response");
	is_int((int64_t)all.len, 0, "and not to the sink");
	q.sink = &never;
	fails_with(ask("", &q, &r, &e), &e, REASON_DIGEST_MISMATCH, "a sink that refuses");
	succeeds(http_do(&get, &r, &e), &e, "the next request is answered all the same");
}

static void
test_environment(void)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	struct err e = ERR_INIT;
	const char *seen;

	setenv("COSIGN_PASSWORD", "hidden-1", 1);
	setenv("SIGSTORE_ID_TOKEN", "hidden-2", 1);
	setenv("MY_KEY", "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nhidden-3", 1);
	setenv("HTTPS_PROXY", "http://user:seen@p", 1);
	succeeds(ask("", &get, &r, &e), &e, "asked for its environment");
	seen = buf_str(&r.body);
	ok(!strstr(seen, "hidden-"), "no secret is handed on");
	ok(strstr(seen, "HTTPS_PROXY=http://user:seen@p"), "what it needs is");
	ok(strstr(seen, "PATH="), "and the rest");
}

struct asked { struct http_response r; int rc; };

static void
ask_in_task(void *arg)
{
	struct asked *a = arg;
	struct err e = ERR_INIT;

	a->rc = http_do(&get, &a->r, &e);
}

static void
test_overlap(void)
{
	struct asked asked[3] = {{.r = HTTP_RESPONSE_INIT}, {.r = HTTP_RESPONSE_INIT}, {.r = HTTP_RESPONSE_INIT}};
	struct task_group g;
	long id[3];

	setenv("REMOTE_FAULT", "reversed", 1);
	remote_kill();
	task_group_init(&g, 3);
	for (int i = 0; i < 3; i++)
		task_start(&g, ask_in_task, &asked[i]);
	task_wait(&g);
	for (int i = 0; i < 3; i++) {
		is_int(asked[i].rc, 0, "request %d", i);
		id[i] = strtol(buf_str(&asked[i].r.body), NULL, 10);
		http_response_release(&asked[i].r);
	}
	ok(id[0] < id[1] && id[1] < id[2], "each got its own answer");
	setenv("REMOTE_FAULT", "killed", 1);
	remote_kill();
	for (int i = 0; i < 3; i++)
		task_start(&g, ask_in_task, &asked[i]);
	task_wait(&g);
	for (int i = 0; i < 3; i++)
		is_int(asked[i].rc, -1, "request %d fails with its co-process", i);
}

static void
test_refusals(void)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	struct http_header split = {"A", "b\r\nC: d"}, name = {"A: b\nC", "d"};
	struct http_request q = get;
	struct err e = ERR_INIT;

	q.headers = &split;
	q.header_count = 1;
	fails_with(ask("", &q, &r, &e), &e, REASON_PROTOCOL, "two headers in a value");
	q.headers = &name;
	fails_with(ask("", &q, &r, &e), &e, REASON_PROTOCOL, "two headers in a name");
	remote_kill();
	setenv("COSIGN_REMOTE_HTTP", "/nonexistent/program", 1);
	fails_with(http_do(&get, &r, &e), &e, REASON_HELPER, "no such program");
}

int
main(void)
{
	setenv("COSIGN_REMOTE_HTTP", "test/fake/remote", 1);
	test_faults();
	test_answers();
	test_sinks();
	test_environment();
	test_overlap();
	test_time("slow");
	test_refusals();
	return tap_done();
}
