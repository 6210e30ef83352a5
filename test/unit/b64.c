/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/b64.h"
#include "tap.h"

static const struct { const char *plain, *std, *url; } pairs[] = {
	/* RFC 4648 section 10 */
	{"", "", ""}, {"f", "Zg==", "Zg"}, {"fo", "Zm8=", "Zm8"}, {"foo", "Zm9v", "Zm9v"},
	{"foob", "Zm9vYg==", "Zm9vYg"}, {"fooba", "Zm9vYmE=", "Zm9vYmE"}, {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
	{"\xfb\xff\xbf", "+/+/", "-_-_"}, {"\xff\xff", "//8=", "__8"},
};

/* NULL: refused. */
static const struct { const char *text, *std, *any, *url; } cases[] = {
	{"Zm9v\r\n", "foo", NULL, NULL},
	{"Zm\n9v\nYg\r\n=\n=\n", "foob", NULL, NULL},
	{"\n\n", "", NULL, NULL},
	{"Zm9vYg", NULL, "foob", "foob"},
	{"Zm9vYg=", NULL, NULL, NULL},
	{"Zm9vYg===", NULL, NULL, NULL},
	{"Zm9v=", NULL, NULL, NULL},
	{"Zm9v====", NULL, NULL, NULL},
	{"Zm9vYh==", NULL, NULL, NULL},	/* unused bits */
	{"Zm9=", NULL, NULL, NULL},
	{"Zm9", NULL, NULL, NULL},
	{"Z", NULL, NULL, NULL}, {"Z===", NULL, NULL, NULL}, {"Zm9vY", NULL, NULL, NULL},
	{"=", NULL, NULL, NULL}, {"====", NULL, NULL, NULL},
	{"Zg==Zg==", NULL, NULL, NULL},
	{"Zg=a", NULL, NULL, NULL},
	{"Zm 9v", NULL, NULL, NULL}, {" Zm9v", NULL, NULL, NULL}, {"Zm9v\t", NULL, NULL, NULL},
	{"Zm9v!", NULL, NULL, NULL}, {"Zm9\xc3\xa9", NULL, NULL, NULL},
	{"-_-_", NULL, "\xfb\xff\xbf", "\xfb\xff\xbf"},
	{"+/-_", NULL, "\xfb\xff\xbf", NULL},
};

static void
decodes_to(struct span text, enum b64_kind kind, const char *want, const char *name, size_t i)
{
	AUTO(buf) struct buf b = BUF_INIT(64);
	struct err e = ERR_INIT;
	int rc = b64_decode(&b, text, kind, &e);

	if (!want) {
		fails_with(rc, &e, REASON_BAD_ENCODING, "%s %zu refused", name, i);
		is_int((int64_t)b.len, 0, "nothing is left of %s %zu", name, i);
	} else if (succeeds(rc, &e, "%s %zu accepted", name, i)) {
		is_str(buf_str(&b), want, "%s %zu", name, i);
	}
}

static void
encodes(void)
{
	for (size_t i = 0; i < countof(pairs); i++) {
		AUTO(buf) struct buf b = BUF_INIT(64);

		b64_encode(&b, span_str(pairs[i].plain), B64_STD);
		is_str(buf_str(&b), pairs[i].std, "std of %zu", i);
		buf_reset(&b);
		b64_encode(&b, span_str(pairs[i].plain), B64_URL);
		is_str(buf_str(&b), pairs[i].url, "url of %zu", i);
		decodes_to(span_str(pairs[i].std), B64_STD, pairs[i].plain, "std", i);
		decodes_to(span_str(pairs[i].std), B64_ANY, pairs[i].plain, "any", i);
		decodes_to(span_str(pairs[i].url), B64_ANY, pairs[i].plain, "any without padding", i);
		decodes_to(span_str(pairs[i].url), B64_URL, pairs[i].plain, "url", i);
	}
}

static void
limits(void)
{
	AUTO(buf) struct buf b = BUF_INIT(3);
	struct err e = ERR_INIT;

	succeeds(b64_decode(&b, SPAN("Z\nm\n9\nv\n"), B64_STD, &e), &e, "line ends do not count as bytes");
	buf_reset(&b);
	fails_with(b64_decode(&b, SPAN("Zm9vYg=="), B64_STD, &e), &e, REASON_TOO_LARGE, "four bytes into three");
	decodes_to(span_of("Zm\0v", 4), B64_STD, NULL, "a NUL", 0);
	ok(b64_decoded_max(7) >= 5 && b64_decoded_max(8) >= 6, "decoded_max is a bound");
}

static void
sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	(void)arg;
	for (int kind = B64_STD; kind <= B64_URL; kind++) {
		AUTO(buf) struct buf b = BUF_INIT(64);
		struct err e = ERR_INIT;

		fails_with(b64_decode(&b, bytes, (enum b64_kind)kind, &e), &e, want, "%s as kind %d", path, kind);
	}
}

int
main(void)
{
	encodes();
	tap_samples("test/vectors/bad/b64", sample, NULL);
	for (size_t i = 0; i < countof(cases); i++) {
		decodes_to(span_str(cases[i].text), B64_STD, cases[i].std, "std case", i);
		decodes_to(span_str(cases[i].text), B64_ANY, cases[i].any, "any case", i);
		decodes_to(span_str(cases[i].text), B64_URL, cases[i].url, "url case", i);
	}
	limits();
	return tap_done();
}
