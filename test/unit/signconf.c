/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/signconf.h"
#include "base/date.h"
#include "base/file.h"
#include "base/mem.h"
#include "tap.h"

#define SEEDS "test/fuzz/seeds/signconf/"
#define SHARED "../shared/"

static int
load(struct signconf *c, const char *path, struct err *e)
{
	AUTO(buf) struct buf json = BUF_INIT(SIGNCONF_MAX + 1);

	return file_read(path, &json, e) ? -1 : signconf_parse(c, buf_span(&json), e);
}

static void
test_whole(void)
{
	AUTO(signconf) struct signconf c = SIGNCONF_INIT;
	struct err e = ERR_INIT;
	int64_t start = date_days(2026, 1, 1) * 86400000;

	if (!succeeds(load(&c, SEEDS "whole.json", &e), &e, "one of each"))
		return;
	is_int((int64_t)c.cas.count, 1, "certificate authorities");
	is_int((int64_t)c.oidcs.count, 1, "identity providers");
	is_int((int64_t)c.tlogs.count, 3, "logs");
	is_int((int64_t)c.tsas.count, 1, "timestamp authorities");
	is_span(c.tlogs.items[0].url, SPAN("https://a"), "URL");
	is_span(c.tlogs.items[1].operator, SPAN("b"), "operator");
	is_int(c.tlogs.items[0].version, 2, "version");
	is_int(c.tlogs.items[0].window.start, start, "start");
	is_int(c.tlogs.items[0].window.end, INT64_MAX, "no end");
	is_int(c.tlog_selector.mode, SIGNCONF_EXACT, "so many");
	is_int(c.tlog_selector.count, 2, "two");
	is_int(c.tsa_selector.mode, SIGNCONF_ANY, "any");
}

static void
test_spellings(void)
{
	AUTO(signconf) struct signconf c = SIGNCONF_INIT;
	struct err e = ERR_INIT;

	if (!succeeds(load(&c, SEEDS "spellings.json", &e), &e, "other spellings"))
		return;
	is_int((int64_t)c.cas.count, 0, "null is none");
	is_int(c.tsas.items[0].version, 3, "a number as text");
	is_int(c.tsas.items[0].window.start, INT64_MIN, "no start");
	is_int(c.tsas.items[0].window.end, date_days(2027, 1, 1) * 86400000, "an end is rounded down");
	is_int(c.tsas.items[1].version, 0, "no version");
	is_int(c.tsas.items[1].window.end, INT64_MAX, "no window");
	is_int(c.tsa_selector.mode, SIGNCONF_EXACT, "a mode by number");
	is_int(c.tsa_selector.count, 7, "a count as text");
	is_int(c.tlog_selector.mode, SIGNCONF_UNDEFINED, "a mode spelled out");
}

static void
test_emit(const char *path)
{
	AUTO(buf) struct buf first = BUF_INIT(SIGNCONF_MAX), second = BUF_INIT(SIGNCONF_MAX);
	AUTO(signconf) struct signconf c = SIGNCONF_INIT, back = SIGNCONF_INIT;
	struct err e = ERR_INIT;

	if (!succeeds(load(&c, path, &e), &e, "%s", path))
		return;
	signconf_emit(&c, &first);
	if (!succeeds(signconf_parse(&back, buf_span(&first), &e), &e, "%s: read again", path))
		return;
	signconf_emit(&back, &second);
	is_span(buf_span(&second), buf_span(&first), "%s: written again", path);
}

static void
test_empty(void)
{
	AUTO(signconf) struct signconf c = SIGNCONF_INIT;
	AUTO(buf) struct buf out = BUF_INIT(SIGNCONF_MAX);

	signconf_emit(&c, &out);
	is_str(buf_str(&out), "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\","
	    "\"rekorTlogConfig\":{},\"tsaConfig\":{}}", "both selectors are always there");
}

static void
test_selector(void)
{
	static const struct { const char *text; enum signconf_mode mode; uint32_t count; } good[] = {
		{"ALL", SIGNCONF_ALL, 0}, {"any", SIGNCONF_ANY, 0}, {"EXACT:1", SIGNCONF_EXACT, 1},
		{"Exact:4294967295", SIGNCONF_EXACT, UINT32_MAX},
	};
	static const char *const bad[] = {"", "SOME", "ANY:1", "ALL:", "EXACT", "EXACT:", "EXACT:0", "EXACT:-1",
		"EXACT:1:1", "EXACT: 1", "EXACT:4294967296", "EXACT:99999999999999999999", "2", ":1",
		"SERVICE_SELECTOR_UNDEFINED"};
	struct signconf_selector s;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(good); i++) {
		succeeds(signconf_selector_parse(&s, span_str(good[i].text), &e), &e, "%s", good[i].text);
		is_int(s.mode, good[i].mode, "%s: mode", good[i].text);
		is_int(s.count, good[i].count, "%s: count", good[i].text);
	}
	for (size_t i = 0; i < countof(bad); i++)
		fails_with(signconf_selector_parse(&s, span_str(bad[i]), &e), &e, REASON_USAGE, "'%s'", bad[i]);
}

static void
bad_config(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(signconf) struct signconf c = SIGNCONF_INIT;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(signconf_parse(&c, bytes, &e), &e, want, "%s", path);
}

/* Every byte changed: read, or refused as a signing config. */
static void
test_flipped(void)
{
	AUTO(buf) struct buf json = BUF_INIT(SIGNCONF_MAX);
	struct err e = ERR_INIT;
	size_t odd = 0;

	if (!succeeds(file_read(SEEDS "whole.json", &json, &e), &e, "one of each"))
		return;
	for (size_t i = 0; i < json.len * 8; i++) {
		AUTO(signconf) struct signconf c = SIGNCONF_INIT;

		json.ptr[i / 8] = (char)(json.ptr[i / 8] ^ (1 << i % 8));
		odd += signconf_parse(&c, buf_span(&json), &e) && e.reason != REASON_CONFIG && e.reason != REASON_TOO_LARGE;
		err_clear(&e);
		json.ptr[i / 8] = (char)(json.ptr[i / 8] ^ (1 << i % 8));
	}
	is_int((int64_t)odd, 0, "every bit flipped");
}

int
main(void)
{
	static const char *const shared[] = {"fixtures/signing_config.json", "fixtures/signing_config.notlog.json",
		"fixtures/signing_config.rekor1-notsa.json", "fixtures/signing_config.rekor1.json",
		"fixtures/signing_config.tsa.json"};
	AUTO(signconf) struct signconf c = SIGNCONF_INIT;
	AUTO(charp) char *large = xcalloc(SIGNCONF_MAX + 1, 1);
	struct err e = ERR_INIT;

	test_whole();
	test_spellings();
	test_emit(SEEDS "whole.json");
	test_emit(SEEDS "spellings.json");
	test_empty();
	test_selector();
	ok(tap_samples("test/vectors/bad/signconf", bad_config, NULL) > 0, "bad signing configs are there");
	memset(large, ' ', SIGNCONF_MAX + 1);
	fails_with(signconf_parse(&c, span_of(large, SIGNCONF_MAX + 1), &e), &e, REASON_TOO_LARGE, "a byte too many");
	test_flipped();
	for (size_t i = 0; i < countof(shared); i++) {
		AUTO(charp) char *path = xasprintf(SHARED "%s", shared[i]);

		if (file_exists(path))
			test_emit(path);
		else
			skip("not here", "%s", path);
	}
	return tap_done();
}
