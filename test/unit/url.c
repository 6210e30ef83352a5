/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/url.h"

#include "tap.h"

static void
test_parse(void)
{
	struct err e = ERR_INIT;
	struct url u;

	succeeds(url_parse(&u, SPAN("HTTPS://Reg.example:8443/v2/a?x=1#f"), &e), &e, "a whole URL");
	ok(u.tls, "the scheme's case does not matter");
	is_span(u.host, SPAN("Reg.example"), "host");
	is_int(u.port, 8443, "port");
	is_span(u.path, SPAN("/v2/a"), "path");
	is_span(u.query, SPAN("x=1"), "query without the fragment");
	succeeds(url_parse(&u, SPAN("http://[::1]"), &e), &e, "an IPv6 literal");
	is_span(u.host, SPAN("::1"), "host without brackets");
	is_int(u.port, 80, "http's own port");
	ok(u.path.len == 0 && !u.query.ptr, "neither path nor query");
}

static void
test_resolve(void)
{
	static const char base[] = "https://r.example:5000/v2/a/blobs/uploads/?s=1";
	static const struct { const char *ref, *want; } cases[] = {
		{"/v2/x?y", "https://r.example:5000/v2/x?y"},
		{"id", "https://r.example:5000/v2/a/blobs/uploads/id"},
		{"../id?z=%20", "https://r.example:5000/v2/a/blobs/id?z=%20"},
		{"../../../../../../x", "https://r.example:5000/x"},
		{"./a/./b/..", "https://r.example:5000/v2/a/blobs/uploads/a/"},
		{"//cdn.example/x", "https://cdn.example/x"},
		{"http://cdn.example/x#y", "http://cdn.example/x"},
		{"?t=2", "https://r.example:5000/v2/a/blobs/uploads/?t=2"},
		{"", "https://r.example:5000/v2/a/blobs/uploads/?s=1"},
	};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(buf) struct buf out = BUF_INIT(URL_MAX);

		succeeds(url_resolve(&out, span_str(base), span_str(cases[i].ref), &e), &e, "'%s'", cases[i].ref);
		is_str(buf_str(&out), cases[i].want, "'%s' resolved", cases[i].ref);
	}
	{
		AUTO(buf) struct buf out = BUF_INIT(URL_MAX);

		fails_with(url_resolve(&out, span_str(base), SPAN("file:///etc/passwd"), &e), &e, REASON_PROTOCOL,
		    "another scheme");
	}
}

static void
test_origin(void)
{
	struct err e = ERR_INIT;
	struct url a, b;

	succeeds(url_parse(&a, SPAN("https://R.example/x"), &e), &e, "a");
	succeeds(url_parse(&b, SPAN("https://r.example:443/"), &e), &e, "b");
	ok(url_same_origin(&a, &b), "case and the default port do not matter");
	succeeds(url_parse(&b, SPAN("http://r.example:443/"), &e), &e, "b over http");
	ok(!url_same_origin(&a, &b), "the scheme does");
}

static void
test_query(void)
{
	AUTO(buf) struct buf u = BUF_INIT(URL_MAX);

	buf_add_str(&u, "https://r/x");
	url_add_query(&u, "digest", SPAN("sha256:0"));
	url_add_query(&u, "scope", SPAN("repository:a/b:pull,push"));
	is_str(buf_str(&u), "https://r/x?digest=sha256%3A0&scope=repository%3Aa%2Fb%3Apull%2Cpush", "query");
}

static void
test_private(void)
{
	static const char *const inside[] = {"localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "10.0.0.1",
		"172.31.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "::", "fe80::1",
		"fd00::1", "::ffff:10.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"};
	static const char *const outside[] = {"r.example", "8.8.8.8", "172.32.0.1", "2001:db8::1",
		"::ffff:8.8.8.8", "localhost.example", "10.example"};

	for (size_t i = 0; i < countof(inside); i++)
		ok(url_host_is_private(span_str(inside[i])), "%s is private", inside[i]);
	for (size_t i = 0; i < countof(outside); i++)
		ok(!url_host_is_private(span_str(outside[i])), "%s is not", outside[i]);
	ok(url_host_is_loopback(SPAN("127.2.3.4")) && !url_host_is_loopback(SPAN("10.0.0.1")), "loopback");
}

static void
try_sample(const char *path, struct span bytes, enum reason want, void *arg UNUSED)
{
	struct err e = ERR_INIT;
	struct url u;

	fails_with(url_parse(&u, span_trim(bytes), &e), &e, want, "%s", path);
}

int
main(void)
{
	test_parse();
	test_resolve();
	test_origin();
	test_query();
	test_private();
	tap_samples("test/vectors/bad/url", try_sample, NULL);
	return tap_done();
}
