/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/pool.h"
#include "base/sink.h"
#include "tap.h"

static void
grows(void)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	is_str(buf_str(&b), "", "empty");
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%03d", i);
	is_int((int64_t)b.len, 3000, "3000 characters");
	is_span(span_from(buf_span(&b), 2997), SPAN("999"), "the end");
	is_int((int64_t)strlen(buf_str(&b)), 3000, "NUL-terminated");
	succeeds(buf_check(&b, "it", &e), &e, "fits");
	buf_reset(&b);
	buf_add_char(&b, 'x');
	is_str(buf_str(&b), "x", "after a reset");
}

static void
has_a_maximum(void)
{
	AUTO(buf) struct buf b = BUF_INIT(8);
	struct err e = ERR_INIT;

	buf_add_str(&b, "12345678");
	succeeds(buf_check(&b, "it", &e), &e, "exactly the maximum");
	buf_add_char(&b, '9');
	fails_with(buf_check(&b, "it", &e), &e, REASON_TOO_LARGE, "one more");
	is_int((int64_t)b.len, 8, "and it is not there");
	ok(buf_room(&b, 1) == NULL, "no room");
	buf_reset(&b);
	buf_printf(&b, "%s", "123456789");
	fails_with(buf_check(&b, "it", &e), &e, REASON_TOO_LARGE, "printed past the maximum");
	ok(buf_room(&b, SIZE_MAX) == NULL, "no room for all there is");
}

static void
pools(void)
{
	AUTO(pool) struct pool p = POOL_INIT;
	char *a = pool_str(&p, SPAN("one")), *all_zero = pool_alloc(&p, 100000);
	bool zero = true;

	for (size_t i = 0; i < 100000; i++)
		zero = zero && all_zero[i] == 0;
	ok(zero, "zeroed");
	for (int i = 0; i < 1000; i++) {
		void *x = pool_alloc(&p, (size_t)i % 7 + 1);

		if ((uintptr_t)x % _Alignof(max_align_t) != 0) {
			ok(false, "aligned");
			break;
		}
	}
	is_str(a, "one", "what was there stays");
	is_str(pool_printf(&p, "%d-%s", 1, "x"), "1-x", "printed");
}

static void
sinks(void)
{
	AUTO(buf) struct buf b = BUF_INIT(4);
	struct err e = ERR_INIT;
	struct sink_buf s;

	sink_buf_init(&s, &b, "the answer");
	succeeds(s.sink.feed(&s.sink, SPAN("ab"), &e), &e, "feeds");
	succeeds(s.sink.feed(&s.sink, SPAN("cd"), &e), &e, "feeds to the end");
	fails_with(s.sink.feed(&s.sink, SPAN("e"), &e), &e, REASON_TOO_LARGE, "past it");
	is_span(buf_span(&b), SPAN("abcd"), "what was kept");
}

int
main(void)
{
	grows();
	has_a_maximum();
	pools();
	sinks();
	return tap_done();
}
