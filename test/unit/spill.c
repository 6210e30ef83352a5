/* SPDX-License-Identifier: Apache-2.0 */
#include "base/spill.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "codec/b64.h"
#include "json/emit.h"
#include "json/scan.h"
#include "net/frame.h"
#include "tap.h"

enum { LARGE = SPILL_MIN + (1 << 20) + 12345 };

static char
letter(size_t i)
{
	return (char)('a' + i * 2654435761u % 26);
}

static void
fill(struct buf *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_add_char(b, letter(i));
}

static bool
is_filled(struct span s, size_t len)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != letter(i))
			return false;
	return s.len == len;
}

static void
a_buffer_grows(const char *where)
{
	AUTO(buf) struct buf a = BUF_INIT(BUF_BIG_MAX), b = BUF_INIT(BUF_BIG_MAX);
	char *taken;

	fill(&a, LARGE);
	ok(is_filled(buf_span(&a), LARGE), "letter by letter, %s", where);
	buf_add_span(&b, buf_span(&a));
	ok(is_filled(buf_span(&b), LARGE) && b.ptr[b.len] == '\0', "at once, %s", where);
	spill_leave(b.ptr + 1, LARGE - 2);
	ok(is_filled(buf_span(&b), LARGE), "what left comes back, %s", where);
	is_int(span_find(buf_span(&b), '!'), -1, "walked through, %s", where);
	buf_reset(&b);
	fill(&b, 1000);
	ok(is_filled(buf_span(&b), 1000), "used again, %s", where);
	taken = buf_take(&a);
	ok(is_filled(span_str(taken), LARGE), "taken out, %s", where);
	free(taken);
}

static void
a_pool_has_zeros(const char *where)
{
	for (int i = 0; i < 3; i++) {
		AUTO(pool) struct pool p = POOL_INIT;
		unsigned char *bytes = pool_alloc(&p, LARGE), any = 0;

		for (size_t k = 0; k < LARGE; k++)
			any |= bytes[k];
		is_int(any, 0, "zeros, %s", where);
		memset(bytes, 0xff, LARGE);
		ok(pool_span(&p, span_of(bytes, LARGE)).ptr[LARGE - 1] == '\xff', "copied, %s", where);
	}
}

/* Quotes, backslashes and wide characters wherever pieces may end. */
static void
text_survives(const char *where)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX), json = BUF_INIT(BUF_BIG_MAX), digits = BUF_INIT(BUF_BIG_MAX),
	    back = BUF_INIT(BUF_BIG_MAX);
	AUTO(pool) struct pool pool = POOL_INIT;
	static const char *const odd[] = {"\"", "\\", "\n", "\xc3\xa4", "\xf0\x9f\x90\x9a", "x"};
	struct err e = ERR_INIT;
	struct span got = SPAN_NONE;
	struct node root, v = {0};
	struct emit j;

	for (size_t i = 0; text.len < LARGE; i++)
		buf_add_str(&text, odd[i * 2654435761u % 997 % countof(odd)]);
	emit_init(&j, &json);
	emit_object(&j);
	emit_kspan(&j, "text", buf_span(&text));
	emit_kstr(&j, "last", "one");
	emit_object_end(&j);
	succeeds(scan_document(buf_span(&json), &root, &e), &e, "large JSON is read, %s", where);
	ok(node_member(root, "last", &v) && node_is(v, "one"), "and skipped, %s", where);
	ok(node_member(root, "text", &v) && node_string(v, &pool, &got) && span_eq(got, buf_span(&text)),
	    "a string of it is what it was, %s", where);
	b64_encode(&digits, buf_span(&text), B64_STD);
	is_int((int64_t)digits.len, ((int64_t)text.len + 2) / 3 * 4, "its base64, %s", where);
	succeeds(b64_decode(&back, buf_span(&digits), B64_ANY, &e), &e, "decodes, %s", where);
	ok(span_eq(buf_span(&back), buf_span(&text)), "to what it was, %s", where);
	digits.ptr[digits.len / 2] = '!';
	buf_reset(&back);
	fails_with(b64_decode(&back, buf_span(&digits), B64_ANY, &e), &e, REASON_BAD_ENCODING,
	    "a wrong digit in the middle, %s", where);
}

/* A body larger than a read, between two frames, in odd parts. */
static void
bodies(void)
{
	AUTO(buf) struct buf in = BUF_INIT(BUF_BIG_MAX), body = BUF_INIT(BUF_BIG_MAX);
	struct frame_reader r;
	struct err e = ERR_INIT;
	struct frame f;
	int frames = 0, more = 0;

	buf_printf(&in, "{\"id\":1,\"length\":3}\nabc\n{\"id\":2,\"length\":%d}\n", LARGE);
	fill(&in, LARGE);
	buf_add_str(&in, "{\"id\":3,\"length\":2}\nxy");
	frame_reader_init(&r, FRAME_BODY_MAX);
	for (struct span rest = buf_span(&in); rest.len && more >= 0; rest = span_from(rest, 99991)) {
		frame_feed(&r, span_first(rest, 99991));
		while ((more = frame_next(&r, &f, &e)) > 0) {
			static const int want[] = {3, LARGE, 2};

			is_int((int64_t)f.body.len, want[frames], "body %d", frames);
			if (frames == 1) {
				frame_take_body(&r, &f, &body);
				ok(is_filled(buf_span(&body), LARGE), "the large one is whole");
			}
			frames++;
		}
	}
	is_int(frames, 3, "all frames");
	ok(!frame_is_partial(&r), "and nothing behind");
	frame_reader_release(&r);
}

/* A child reads what its parent had, and has a file of its own for the rest. */
static void
children(void)
{
	AUTO(buf) struct buf a = BUF_INIT(BUF_BIG_MAX);
	int status = 1;
	pid_t pid;

	fill(&a, LARGE);
	pid = fork();
	if (pid == 0) {
		AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);

		buf_add_str(&b, "other");
		fill(&b, LARGE);
		status = is_filled(buf_span(&a), LARGE) && is_filled(span_from(buf_span(&b), 5), LARGE) ? 0 : 1;
		buf_release(&a);
		_exit(status);
	}
	(void)waitpid(pid, &status, 0);
	is_int(status, 0, "a child");
	ok(is_filled(buf_span(&a), LARGE), "its parent");
}

static long
peak_kib(void)
{
	struct rusage u;

	return getrusage(RUSAGE_SELF, &u) ? 0 : u.ru_maxrss;
}

static void UNUSED
memory(void)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);
	static char kib[1024];
	long before = peak_kib();

	for (int i = 0; i < 128 << 10; i++)
		buf_add(&b, kib, sizeof(kib));
	is_int(span_find(buf_span(&b), 'x'), -1, "128 MiB are walked through");
	ok(peak_kib() - before < 16 << 10, "in %ld KiB", peak_kib() - before);
}

static void
all(const char *where)
{
	a_buffer_grows(where);
	a_pool_has_zeros(where);
	text_survives(where);
}

int
main(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	pid_t pid;
	int status;

	(void)getrlimit(RLIMIT_FSIZE, &limit);
#if defined(__SANITIZE_ADDRESS__)
	skip("the sanitizer has memory of its own", "memory");
#else
	if (limit.rlim_cur == RLIM_INFINITY)
		memory();
	else
		skip("files are limited", "memory");
#endif
	all("in a file");
	bodies();
	children();
	/* A process of its own goes on, which can have no such file. */
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)setenv("TMPDIR", "/nowhere", 1);
		all("in memory");
		return tap_done();
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
