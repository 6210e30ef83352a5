/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/envelope.h"
#include "tap.h"

static void
test_good(void)
{
	static const char *text = "{\"payloadType\":\"a<b\",\"payload\":\"aGVsbG8\",\"signatures\":"
	    "[{\"keyid\":\"k\",\"sig\":\"_w==\",\"more\":1}],\"more\":{}}";
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	AUTO(pool) struct pool pool = POOL_INIT;
	struct envelope v = {0};
	struct err e = ERR_INIT;

	succeeds(envelope_parse(&v, span_str(text), &pool, &e), &e, "an envelope");
	is_span(v.payload, SPAN("hello"), "payload");
	is_span(v.payload_type, SPAN("a<b"), "type");
	is_span(v.sig, SPAN("\xff"), "signature");
	is_span(v.keyid, SPAN("k"), "keyid");
	envelope_emit(&v, &out);
	is_str(buf_str(&out), "{\"payload\":\"aGVsbG8=\",\"payloadType\":\"a<b\",\"signatures\":"
	    "[{\"keyid\":\"k\",\"sig\":\"/w==\"}]}", "written as upstream does");
	v.keyid = SPAN_NONE;
	buf_reset(&out);
	envelope_emit(&v, &out);
	is_str(buf_str(&out), "{\"payload\":\"aGVsbG8=\",\"payloadType\":\"a<b\",\"signatures\":[{\"sig\":\"/w==\"}]}",
	    "without keyid");
}

static void
test_too_large(void)
{
	AUTO(charp) char *big = xmalloc((size_t)BUNDLE_MAX + 1);
	AUTO(pool) struct pool pool = POOL_INIT;
	struct envelope v;
	struct err e = ERR_INIT;

	/* The length is judged before a byte is looked at. */
	fails_with(envelope_parse(&v, span_of(big, (size_t)BUNDLE_MAX + 1), &pool, &e), &e, REASON_TOO_LARGE,
	    "more than its limit");
}

static void
bad_sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct envelope v;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(envelope_parse(&v, bytes, &pool, &e), &e, want, "%s", path);
}

int
main(void)
{
	test_good();
	test_too_large();
	ok(tap_samples("test/vectors/bad/envelope", bad_sample, NULL) > 0, "bad envelopes are there");
	return tap_done();
}
