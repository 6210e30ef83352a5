/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/trustwrite.h"
#include "base/file.h"
#include "base/mem.h"
#include "tap.h"

#define LAB "test/vectors/good/tlog/trusted_root.json"
#define SEEDS "test/fuzz/seeds/trust/"
#define SHARED "../shared/"

static bool
window_eq(const struct trust_window *a, const struct trust_window *b)
{
	return a->start == b->start && a->end == b->end;
}

static bool
logs_eq(const struct trust_logs *a, const struct trust_logs *b)
{
	for (size_t i = 0; i < a->count && a->count == b->count; i++) {
		const struct trust_log *x = &a->items[i], *y = &b->items[i];

		if (!span_eq(x->base_url, y->base_url) || !span_eq(x->id, y->id) ||
		    !span_eq(x->checkpoint_id, y->checkpoint_id) || !span_eq(x->operator, y->operator) ||
		    !span_eq(buf_span(&x->key.spki), buf_span(&y->key.spki)) ||
		    !span_eq(x->details, y->details) || !window_eq(&x->window, &y->window))
			return false;
	}
	return a->count == b->count;
}

static bool
cas_eq(const struct trust_cas *a, const struct trust_cas *b)
{
	for (size_t i = 0; i < a->count && a->count == b->count; i++) {
		const struct trust_ca *x = &a->items[i], *y = &b->items[i];

		if (!span_eq(x->organization, y->organization) || !span_eq(x->uri, y->uri) ||
		    !span_eq(x->common_name, y->common_name) || !span_eq(x->operator, y->operator) ||
		    x->certs.count != y->certs.count || !window_eq(&x->window, &y->window))
			return false;
		for (size_t at = 0; at < x->certs.count; at++)
			if (!span_eq(x->certs.items[at], y->certs.items[at]))
				return false;
	}
	return a->count == b->count;
}

/* What was read, written and read again is the same. */
static void
test_again(const char *path)
{
	AUTO(buf) struct buf json = BUF_INIT(TRUST_MAX), first = BUF_INIT(TRUST_MAX),
	    second = BUF_INIT(TRUST_MAX);
	AUTO(trust) struct trust t = TRUST_INIT, back = TRUST_INIT;
	struct err e = ERR_INIT;

	if (!succeeds(file_read(path, &json, &e), &e, "%s is there", path) ||
	    !succeeds(trust_parse(&t, buf_span(&json), &e), &e, "%s is a trusted root", path))
		return;
	trustwrite_emit(&t, &first);
	if (!succeeds(trust_parse(&back, buf_span(&first), &e), &e, "%s: read again", path))
		return;
	ok(logs_eq(&t.tlogs, &back.tlogs) && logs_eq(&t.ctlogs, &back.ctlogs), "%s: its logs", path);
	ok(cas_eq(&t.cas, &back.cas) && cas_eq(&t.tsas, &back.tsas), "%s: its authorities", path);
	trustwrite_emit(&back, &second);
	is_span(buf_span(&second), buf_span(&first), "%s: written again", path);
}

static void
test_window(void)
{
	static const struct { struct trust_window w; const char *text; } cases[] = {
		{{INT64_MIN, INT64_MAX}, "{\"validFor\":{}}"},
		{{0, INT64_MAX}, "{\"validFor\":{\"start\":\"1970-01-01T00:00:00Z\"}}"},
		{{INT64_MIN, 1001}, "{\"validFor\":{\"end\":\"1970-01-01T00:00:01.001Z\"}}"},
		{{-1, 999}, "{\"validFor\":{\"start\":\"1969-12-31T23:59:59.999Z\",\"end\":\"1970-01-01T00:00:00.999Z\"}}"},
		{{-1000, -500}, "{\"validFor\":{\"start\":\"1969-12-31T23:59:59Z\",\"end\":\"1969-12-31T23:59:59.500Z\"}}"},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
		struct emit j;

		emit_init(&j, &out);
		emit_object(&j);
		trust_window_emit(&j, &cases[i].w);
		emit_object_end(&j);
		is_str(buf_str(&out), cases[i].text, "window %zu", i);
	}
}

static void
test_order(void)
{
	AUTO(trust) struct trust t = TRUST_INIT;
	AUTO(buf) struct buf out = BUF_INIT(TRUST_MAX);
	struct span der = SPAN("\x30\x00");
	struct trust_ca ca = {.common_name = SPAN("<x>"), .operator = SPAN("o"),
		.certs = {&der, 1}, .window = {0, INT64_MAX}};

	t.cas = (struct trust_cas){&ca, 1};
	trustwrite_emit(&t, &out);
	is_str(buf_str(&out), "{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\","
	    "\"certificateAuthorities\":[{\"subject\":{\"commonName\":\"<x>\"},"
	    "\"certChain\":{\"certificates\":[{\"rawBytes\":\"MAA=\"}]},"
	    "\"validFor\":{\"start\":\"1970-01-01T00:00:00Z\"},\"operator\":\"o\"}]}",
	    "members in order, what is empty left out, nothing escaped for HTML");
	t.cas = (struct trust_cas){NULL, 0};
}

/* No byte of a trusted root, changed, makes it more than refused. */
static void
test_flipped(void)
{
	static const unsigned char masks[] = {0x01, 0x20, 0x80, 0xff};
	AUTO(buf) struct buf json = BUF_INIT(TRUST_MAX);
	struct err e = ERR_INIT;
	size_t read = 0, refused = 0;

	if (!succeeds(file_read(LAB, &json, &e), &e, "the lab's root"))
		return;
	for (size_t i = 0; i < json.len * countof(masks); i++) {
		char *at = json.ptr + i / countof(masks), was = *at;
		AUTO(trust) struct trust t = TRUST_INIT;

		*at = (char)(was ^ (char)masks[i % countof(masks)]);
		if (trust_parse(&t, buf_span(&json), &e) == 0)
			read++;
		else if (e.reason == REASON_BAD_TRUST || e.reason == REASON_TOO_LARGE)
			refused++;
		err_clear(&e);
		*at = was;
	}
	diag("%zu read, %zu refused", read, refused);
	is_int((int64_t)(read + refused), (int64_t)(json.len * countof(masks)),
	    "every byte of a trusted root flipped: read, or refused as one");
	ok(refused > read, "most are refused");
}

int
main(void)
{
	static const char *const shared[] = {"vectors/roots/public-good.json", "vectors/roots/staging.json"};

	test_again(LAB);
	test_again(SEEDS "v02.json");
	test_again(SEEDS "authorities.json");
	test_again(SEEDS "pkcs1.json");
	for (size_t i = 0; i < countof(shared); i++) {
		AUTO(charp) char *path = xasprintf(SHARED "%s", shared[i]);

		if (file_exists(path))
			test_again(path);
		else
			skip("not here", "%s", path);
	}
	test_window();
	test_order();
	test_flipped();
	return tap_done();
}
