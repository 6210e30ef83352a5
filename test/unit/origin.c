/* SPDX-License-Identifier: Apache-2.0 */
#include "net/origin.h"

#include "net/proxy.h"
#include "net/retry.h"
#include "tap.h"

static void
test_parse(void)
{
	static const struct { const char *url, *host; unsigned port; bool tls, private, loopback; } good[] = {
		{"http://h", "h", 80, false, false, false},
		{"HTTPS://Ex.Com/a?b", "ex.com", 443, true, false, false},
		{"https://h:8443?x", "h", 8443, true, false, false},
		{"http://[::1]:5000/v2/", "::1", 5000, false, true, true},
		{"http://[fd00::1]/", "fd00::1", 80, false, true, false},
		{"http://[::ffff:10.1.2.3]/", "::ffff:10.1.2.3", 80, false, true, false},
		{"http://127.1.2.3/", "127.1.2.3", 80, false, true, true},
		{"http://2130706433/", "2130706433", 80, false, true, false},
		{"http://0x7f.1/", "0x7f.1", 80, false, true, false},
		{"http://169.254.169.254/", "169.254.169.254", 80, false, true, false},
		{"http://172.15.0.1/", "172.15.0.1", 80, false, false, false},
		{"http://172.31.0.1/", "172.31.0.1", 80, false, true, false},
		{"http://localhost:1/", "localhost", 1, false, true, true},
		{"http://LocalHost./", "localhost.", 80, false, true, true},
		{"http://a.localhost/", "a.localhost", 80, false, true, true},
		{"http://notlocalhost/", "notlocalhost", 80, false, false, false},
		{"http://[2001:db8::1]/", "2001:db8::1", 80, false, false, false},
	};
	static const char *const bad[] = {"", "h", "ftp://h/", "file:///etc/passwd", "http://", "http:///x", "http://u@h/",
		"http://u:p@h/", "http://h:0/", "http://h:65536/", "http://h:x/", "http://h b/", "http://h/a b",
		"http://h\\@evil/", "http://h\t/", "http://[::1", "http://[::1]x/", "http://[zz]/", "http://%41/",
		"http://h\xc3\xa4/", "https:/h", "http://h:80:80/"};
	struct err e = ERR_INIT;
	struct origin o;

	for (size_t i = 0; i < countof(good); i++) {
		succeeds(origin_parse(&o, span_str(good[i].url), &e), &e, "%s", good[i].url);
		is_str(o.host, good[i].host, "its host");
		is_int(o.port, good[i].port, "its port");
		ok(o.tls == good[i].tls && origin_is_private(&o) == good[i].private &&
		    origin_is_loopback(&o) == good[i].loopback, "its kind");
	}
	for (size_t i = 0; i < countof(bad); i++)
		fails_with(origin_parse(&o, span_str(bad[i]), &e), &e, REASON_PROTOCOL, "%s", bad[i]);
}

static void
test_redirect(void)
{
	static const struct { const char *from, *location, *to; } cases[] = {
		{"https://h/a/b?c", "/x", "https://h/x"},
		{"https://h/a/b?c", "x?y#z", "https://h/a/x?y"},
		{"https://h/a/b?c", "?y", "https://h/a/b?y"},
		{"https://h", "x", "https://h/x"},
		{"https://h:8/a", "//other/b", "https://other/b"},
		{"http://h/a", "https://other/b c", "https://other/b%20c"},
		{"http://h/a", "HTTP://h/b", "HTTP://h/b"},
		{"http://127.0.0.1:5/a", "http://10.0.0.1/b", "http://10.0.0.1/b"},
		{"https://h/a", "http://h/a", NULL},
		{"https://h/a", "file:///etc/passwd", NULL},
		{"https://h/a", "gopher://h/", NULL},
		{"https://h/a", "https://127.0.0.1/", NULL},
		{"https://h/a", "https://169.254.169.254/latest", NULL},
		{"https://h/a", "https://[::ffff:127.0.0.1]/", NULL},
		{"https://h/a", "https://0x7f000001/", NULL},
		{"https://h/a", "https://localhost/", NULL},
		{"https://h/a", "https://u:p@other/", NULL},
		{"https://h/a", "https://", NULL},
		{"https://h/a", "//", NULL},
	};
	AUTO(buf) struct buf to = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(cases); i++) {
		int rc = origin_redirect(span_str(cases[i].from), span_str(cases[i].location), &to, &e);

		if (!cases[i].to)
			fails_with(rc, &e, REASON_PROTOCOL, "%s is not followed", cases[i].location);
		else if (succeeds(rc, &e, "%s leads somewhere", cases[i].location))
			is_str(buf_str(&to), cases[i].to, "there");
	}
}

static void
test_mask(void)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

	origin_mask(SPAN("https://s3/x?X-Amz-Signature=abc&digest=sha256:1&token=t&flag"), &b);
	is_str(buf_str(&b), "https://s3/x?X-Amz-Signature=...&digest=sha256:1&token=...&flag", "a signed URL");
	buf_reset(&b);
	origin_mask(SPAN("https://h/x"), &b);
	is_str(buf_str(&b), "https://h/x", "one without a query");
}

static void
test_proxy(void)
{
	static const struct { const char *http, *https, *no; bool cgi; const char *url, *proxy; } cases[] = {
		{"p:1", NULL, NULL, false, "http://h/", "http://p:1"},
		{"p:1", NULL, NULL, false, "https://h/", ""},
		{NULL, "socks5://p:1", NULL, false, "https://h/", "socks5h://p:1"},
		{"http://u:p@p:1", NULL, NULL, false, "http://h/", "http://u:p@p:1"},
		{"p:1", NULL, NULL, true, "http://h/", ""},
		{NULL, "p:1", NULL, true, "https://h/", "http://p:1"},
		{"p:1", NULL, NULL, false, "http://localhost/", ""},
		{"p:1", NULL, NULL, false, "http://127.9.9.9:5000/", ""},
		{"p:1", NULL, NULL, false, "http://[::1]/", ""},
		{"p:1", NULL, "*", false, "http://h/", ""},
		{"p:1", NULL, "other, H.com", false, "http://h.com/", ""},
		{"p:1", NULL, "h.com", false, "http://a.h.com/", ""},
		{"p:1", NULL, "h.com", false, "http://ah.com/", "http://p:1"},
		{"p:1", NULL, ".h.com", false, "http://h.com/", "http://p:1"},
		{"p:1", NULL, ".h.com", false, "http://a.h.com/", ""},
		{"p:1", NULL, "*.h.com", false, "http://a.h.com/", ""},
		{"p:1", NULL, "h.com:8080", false, "http://h.com/", "http://p:1"},
		{"p:1", NULL, "h.com:8080", false, "http://h.com:8080/", ""},
		{"p:1", NULL, "h.com:80", false, "http://h.com/", ""},
		{"p:1", NULL, "10.0.0.0/8", false, "http://10.1.2.3/", ""},
		{"p:1", NULL, "10.0.0.0/8", false, "http://11.1.2.3/", "http://p:1"},
		{"p:1", NULL, "10.1.2.3", false, "http://10.1.2.3:5000/", ""},
		{"p:1", NULL, "[2001:db8::1]:80", false, "http://[2001:db8::1]/", ""},
		{"p:1", NULL, "2001:db8::/33", false, "http://[2001:db8::1]/", ""},
		{"p:1", NULL, "2001:db8::/33", false, "http://[2001:db8:8000::1]/", "http://p:1"},
		{"p:1", NULL, ", ,", false, "http://h/", "http://p:1"},
	};
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;
	struct origin o;

	for (size_t i = 0; i < countof(cases); i++) {
		struct proxy_env env = {cases[i].http, cases[i].https, cases[i].no, cases[i].cgi};

		succeeds(origin_parse(&o, span_str(cases[i].url), &e), &e, "%s", cases[i].url);
		succeeds(proxy_for(&env, &o, &b, &e), &e, "NO_PROXY=%s", cases[i].no ? cases[i].no : "");
		is_str(buf_str(&b), cases[i].proxy, "its proxy");
	}
	fails_with(proxy_for(&(struct proxy_env){.https = "ftp://p"}, &(struct origin){.tls = true, .host = "h"}, &b, &e),
	    &e, REASON_CONFIG, "a proxy of another kind");
}

static void
test_retry(void)
{
	ok(retry_status(429) && retry_status(500) && retry_status(522), "these mean later");
	ok(!retry_status(200) && !retry_status(404) && !retry_status(501), "these do not");
	for (unsigned i = 1; i < 12; i++) {
		int64_t full = i < 6 ? 200 << (i - 1) : 5000, ms = retry_delay(i, 0);

		if (full > 5000)
			full = 5000;
		ok(ms > full / 2 && ms <= full, "the wait after %u tries is %lld ms", i, (long long)ms);
	}
	is_int(retry_delay(1, 7000), 7000, "the server knows better");
}

int
main(void)
{
	test_parse();
	test_redirect();
	test_mask();
	test_proxy();
	test_retry();
	return tap_done();
}
