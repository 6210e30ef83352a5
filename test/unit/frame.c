/* SPDX-License-Identifier: Apache-2.0 */
#include "net/frame.h"

#include "base/pool.h"
#include "tap.h"

/* Reads all frames of a text, as requests or answers. */
static int
read_all(struct span text, bool answers, size_t *count, struct err *e)
{
	struct frame_reader r;
	AUTO(pool) struct pool pool = POOL_INIT;
	struct frame f;
	int more;

	frame_reader_init(&r, FRAME_CHUNK_MAX);
	frame_feed(&r, text);
	*count = 0;
	while ((more = frame_next(&r, &f, e)) > 0) {
		struct frame_request q;
		struct frame_answer a;

		++*count;
		if (answers ? frame_answer_parse(&a, f.root, &pool, e) :
		    frame_request_parse(&q, f.root, &pool, e)) {
			more = -1;
			break;
		}
	}
	if (more == 0 && frame_is_partial(&r))
		more = err_set(e, REASON_PROTOCOL, "the input ends in the middle of a frame");
	frame_reader_release(&r);
	return more;
}

static void
bad_sample(const char *path, struct span bytes, enum reason want, void *arg UNUSED)
{
	struct err e = ERR_INIT;
	size_t count;
	bool answers = strstr(path, "answer-");

	fails_with(read_all(bytes, answers, &count, &e), &e, want, "%s", path);
}

static void
test_request(void)
{
	AUTO(buf) struct buf line = BUF_INIT(BUF_TEXT_MAX);
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span headers[] = {SPAN("Accept: a/b"), SPAN("X: <&\"\\>")};
	struct frame_request q = {
		.id = 7, .method = SPAN("PUT"), .url = SPAN("https://h/ä?<x>"), .headers = {headers, 2},
		.secret = SPAN("Authorization: Basic eA=="), .plain = true, .insecure = true, .repeatable = true, .fresh = true,
		.stream = true, .verbose = true, .max = INT64_C(1) << 33, .deadline = 1, .retry_time = 2,
		.retries = 3, .length = 5, .cacert = SPAN("/ca"), .client_cert = SPAN("/c"),
		.client_key = SPAN("/k"), .server_name = SPAN("n"), .user_agent = SPAN("u/1"),
	}, back;
	struct frame_reader r;
	struct frame f;
	struct err e = ERR_INIT;

	frame_request_emit(&q, &line);
	buf_add_str(&line, "he\nlo");
	frame_reader_init(&r, 5);
	for (size_t i = 0; i + 1 < line.len; i++) {
		frame_feed(&r, span_of(line.ptr + i, 1));
		if (frame_next(&r, &f, &e))
			ok(false, "a frame before its end, at byte %zu", i);
	}
	ok(frame_is_partial(&r), "a frame is not whole yet");
	frame_feed(&r, span_of(line.ptr + line.len - 1, 1));
	is_int(frame_next(&r, &f, &e), 1, "a frame byte by byte");
	is_span(f.body, SPAN("he\nlo"), "its body");
	succeeds(frame_request_parse(&back, f.root, &pool, &e), &e, "a request");
	is_int(back.id, 7, "id");
	is_span(back.url, q.url, "url");
	is_int((int64_t)back.headers.count, 2, "headers");
	is_span(back.headers.items[1], headers[1], "a header");
	is_span(back.secret, q.secret, "secret");
	is_int(back.max, q.max, "max");
	ok(back.plain && back.insecure && back.repeatable && back.fresh && back.stream && back.verbose, "flags");
	is_span(back.server_name, q.server_name, "server name");
	is_int(frame_next(&r, &f, &e), 0, "no more");
	ok(!frame_is_partial(&r), "nothing left over");
	frame_reader_release(&r);
}

static void
test_answers(void)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span headers[] = {SPAN("etag: \xff\x01x")};
	struct frame_reader r;
	struct frame f;
	struct frame_answer a;
	struct err e = ERR_INIT;

	frame_answer_emit(&(struct frame_answer){.kind = FRAME_HEAD, .id = 1, .status = 200,
	    .url = SPAN("http://h/")}, &text);
	frame_answer_emit(&(struct frame_answer){.kind = FRAME_BODY, .id = 1, .length = 3}, &text);
	buf_add_str(&text, "abc\n");
	frame_answer_emit(&(struct frame_answer){.kind = FRAME_END, .id = 1, .reason = SPAN("network"),
	    .message = SPAN("m"), .hint = SPAN("h")}, &text);
	frame_reader_init(&r, FRAME_CHUNK_MAX);
	frame_feed(&r, buf_span(&text));
	is_int(frame_next(&r, &f, &e), 1, "head");
	succeeds(frame_answer_parse(&a, f.root, &pool, &e), &e, "it is one");
	is_int(a.status, 200, "status");
	is_int(frame_next(&r, &f, &e), 1, "body");
	succeeds(frame_answer_parse(&a, f.root, &pool, &e), &e, "it is one");
	is_span(f.body, SPAN("abc"), "bytes");
	is_int(frame_next(&r, &f, &e), 1, "end, behind a blank line");
	succeeds(frame_answer_parse(&a, f.root, &pool, &e), &e, "it is one");
	is_span(a.reason, SPAN("network"), "reason");
	frame_reader_release(&r);

	buf_reset(&text);
	frame_answer_emit(&(struct frame_answer){.kind = FRAME_HEAD, .id = 1, .status = 200,
	    .url = SPAN("http://h/"), .headers = {headers, 1}}, &text);
	ok(memchr(text.ptr, 1, text.len) == NULL, "control characters are written as escapes");

	buf_reset(&text);
	headers[0] = SPAN("grpc-status: 0");
	frame_answer_emit(&(struct frame_answer){.kind = FRAME_END, .id = 1, .headers = {headers, 1}}, &text);
	frame_reader_init(&r, FRAME_CHUNK_MAX);
	frame_feed(&r, buf_span(&text));
	is_int(frame_next(&r, &f, &e), 1, "an end with trailers");
	succeeds(frame_answer_parse(&a, f.root, &pool, &e), &e, "it is one");
	is_int((int64_t)a.headers.count, 1, "one trailer");
	frame_reader_release(&r);
}

static void
test_headers(void)
{
	struct span n, v;

	ok(frame_header_split(SPAN("A-b:  c d "), &n, &v) && span_is(n, "A-b") && span_is(v, "c d"), "a header");
	ok(frame_header_split(SPAN("a:"), &n, &v) && v.len == 0, "an empty value");
	ok(!frame_header_split(SPAN("a"), &n, &v), "no colon");
	ok(!frame_header_split(SPAN(": b"), &n, &v), "no name");
	ok(!frame_header_split(SPAN("a b: c"), &n, &v), "a blank in the name");
	ok(!frame_header_split(SPAN("a: b\r\nc: d"), &n, &v), "two in one");
	ok(!frame_header_split(SPAN_NONE, &n, &v), "none");
}

static void
test_caps(void)
{
	AUTO(buf) struct buf text = BUF_INIT(FRAME_LINE_MAX * 2);
	struct err e = ERR_INIT;
	size_t count;

	buf_add_str(&text, "{\"id\":1,\"x\":\"");
	while (text.len <= FRAME_LINE_MAX)
		buf_add_str(&text, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	fails_with(read_all(buf_span(&text), false, &count, &e), &e, REASON_PROTOCOL, "a line without end");
	buf_reset(&text);
	buf_add_str(&text, "{\"id\":1,\"method\":\"GET\",\"url\":\"u\",\"headers\":[\"a: b\"");
	for (int i = 0; i < FRAME_HEADERS_MAX; i++)
		buf_add_str(&text, ",\"a: b\"");
	buf_add_str(&text, "]}\n");
	fails_with(read_all(buf_span(&text), false, &count, &e), &e, REASON_PROTOCOL, "too many headers");
	buf_reset(&text);
	buf_add_str(&text, "{\"id\":1,\"method\":\"GET\",\"url\":\"u\",\"headers\":[\"a: b\"");
	for (int i = 0; i < FRAME_HEADERS_MAX - 1; i++) {
		buf_add_str(&text, ",\"a: ");
		for (int k = 0; k < 300; k++)
			buf_add_char(&text, 'b');
		buf_add_char(&text, '"');
	}
	buf_add_str(&text, "]}\n");
	fails_with(read_all(buf_span(&text), false, &count, &e), &e, REASON_PROTOCOL, "headers too large");
}

int
main(void)
{
	struct err e = ERR_INIT;
	size_t count;

	test_request();
	test_answers();
	test_headers();
	test_caps();
	succeeds(read_all(SPAN("{\"id\":1,\"method\":\"GET\",\"url\":\"u\",\"new\":{\"a\":[1]}}\n"
	    "\n{\"id\":1,\"cancel\":true}\n"), false, &count, &e), &e, "unknown members are ignored");
	is_int((int64_t)count, 2, "two frames");
	ok(tap_samples("test/vectors/bad/frame", bad_sample, NULL) > 10, "bad samples");
	return tap_done();
}
