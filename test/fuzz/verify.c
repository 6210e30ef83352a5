/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte says what is asked: 1 legacy, 2 claims, 4 an annotation. Then
 * comes the bundle, or the signature annotation, a line feed and the payload.
 * What was accepted must be about the image.
 */
#include "base/mem.h"
#include "../unit/stored.h"
#include "sig/statement.h"

#define IMAGE "sha256:0000000000000000000000000000000000000000000000000000000000000000"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char pem[] = "-----BEGIN PUBLIC KEY-----\n"
	"MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n"
	"-----END PUBLIC KEY-----\n";

static void
judge(unsigned flags, struct span rest, struct pubkey *key)
{
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	struct shape_pair pair = {SPAN("env"), SPAN("prod")};
	struct evidence ev = {.form = MATERIAL_BUNDLE, .bytes = rest, .subject_digest = SPAN(IMAGE)};
	struct policy p = {
		.keys = &key, .key_count = 1, .check_claims = flags & 2, .ignore_log = true,
		.annotations = {&pair, (flags & 4) != 0}, .predicate_type = PREDICATE_SIGN,
	};
	struct emit j;

	if (flags & 1) {
		ev.form = MATERIAL_LEGACY;
		ev.signature_b64 = span_cut(&ev.bytes, '\n');
	}
	verify_evidence(&ev, &p, &v);
	if (v.ok && p.check_claims && !span_is(v.digest, IMAGE))
		BUG("accepted for another image");
	if (v.ok == (v.why.reason != REASON_NONE))
		BUG("a reason is given just for what is refused");
	emit_init(&j, &out);
	emit_object(&j);
	verdict_emit_checks(&v, &j);
	emit_key(&j, "item");
	verdict_emit_upstream(&v, "r.example/app", &j);
	emit_object_end(&j);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	struct err e = ERR_INIT;

	if (size == 0)
		return 0;
	if (pubkey_parse_pem(&key, SPAN(pem), &e))
		BUG("no key");
	judge(data[0], span_of(data + 1, size - 1), &key);
	return 0;
}
