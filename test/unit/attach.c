/* SPDX-License-Identifier: Apache-2.0 */
#include "step/attach.h"

#include "base/file.h"
#include "tap.h"

#define SEEDS "test/fuzz/seeds/attach/"

static void
slurp(const char *path, struct buf *out)
{
	struct err e = ERR_INIT;

	succeeds(file_read(path, out, &e), &e, "%s", path);
}

static void
rows(void)
{
	AUTO(attach) struct attach a = ATTACH_INIT;
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	a.max = BUF_TEXT_MAX;
	slurp(SEEDS "row", &text);
	succeeds(attach_parse(&a, "row", buf_span(&text), &e), &e, "an envelope, another, a bundle");
	is_int((int64_t)a.items.count, 3, "three");
	is_int(a.items.items[0].form, FORM_LEGACY, "the first is an envelope");
	is_int(a.items.items[2].form, FORM_BUNDLE, "the last a bundle");
	is_span(a.items.items[0].statement.predicate_type, SPAN("https://cosign.sigstore.dev/attestation/v1"), "its type");
	ok(span_starts(a.items.items[0].bytes, "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\""),
	    "members in the order of upstream");
	is_span(a.items.items[1].bytes, a.items.items[0].bytes, "blanks and other members make no difference");
}

static void
limits(void)
{
	AUTO(attach) struct attach a = ATTACH_INIT;
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	slurp(SEEDS "envelope", &text);
	a.max = text.len - 2;
	fails_with(attach_parse(&a, "f", buf_span(&text), &e), &e, REASON_TOO_LARGE, "larger than what is read again");
}

static void
parts(void)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;
	struct span out;

	succeeds(attach_read_signature(&out, SPAN("c2ln\n"), &pool, &e), &e, "base64");
	is_span(out, SPAN("c2ln"), "as it is");
	succeeds(attach_read_signature(&out, SPAN("\x30\x01"), &pool, &e), &e, "raw");
	is_span(out, SPAN("MAE="), "becomes base64");
	fails_with(attach_read_signature(&out, SPAN(""), &pool, &e), &e, REASON_BAD_SIGNATURE, "nothing");
	slurp(SEEDS "rekor", &text);
	succeeds(attach_read_log(&out, buf_span(&text), &pool, &e), &e, "log evidence in an old bundle");
	ok(span_starts(out, "{\"SignedEntryTimestamp\":"), "its rekorBundle");
	succeeds(attach_read_log(&out, out, &pool, &e), &e, "and by itself");
	fails_with(attach_read_log(&out, SPAN("{\"base64Signature\":\"c2ln\"}"), &pool, &e), &e, REASON_BAD_BUNDLE, "none");
	fails_with(attach_read_certificates(&out, SPAN("x"), &pool, &e), &e, REASON_BAD_ENCODING, "no PEM");
	fails_with(attach_read_stamp(&out, SPAN("x"), &pool, &e), &e, REASON_BAD_TIMESTAMP, "no DER");
}

static void
sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(attach) struct attach a = ATTACH_INIT;
	struct err e = ERR_INIT;

	(void)arg;
	a.max = BUF_TEXT_MAX;
	fails_with(attach_parse(&a, "f", bytes, &e), &e, want, "%s", path);
}

int
main(void)
{
	rows();
	limits();
	parts();
	ok(tap_samples("test/vectors/bad/attach", sample, NULL) > 0, "bad samples are there");
	return tap_done();
}
