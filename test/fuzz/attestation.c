/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte says what is asked: 1 the legacy form, 2 a custom attestation.
 * Then comes the bundle or the envelope. What was accepted must be about the
 * image, and can be printed in every way.
 */
#include "base/mem.h"
#include "sig/predicate.h"
#include "step/attested.h"

#define IMAGE "sha256:0000000000000000000000000000000000000000000000000000000000000000"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char pem[] = "-----BEGIN PUBLIC KEY-----\n"
	"MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n"
	"-----END PUBLIC KEY-----\n";

static int
read_material(struct material *m, unsigned flags, struct span bytes)
{
	struct material_layer l = {.payload = bytes};
	struct err e = ERR_INIT;

	return flags & 1 ? material_from_envelope(m, &l, &e) : material_from_bundle(m, bytes, false, &e);
}

static void
print(const struct material *m, const struct verdict *v, struct span stored)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX), types = BUF_INIT(BUF_TEXT_MAX);

	for (int how = ATTESTED_ENVELOPE; how <= ATTESTED_PREDICATE; how++) {
		buf_reset(&out);
		attested_print((enum attested_output)how, true, m, stored, &out);
		if (span_find(buf_span(&out), '\n') != (ssize_t)out.len - 1)
			BUG("no line");
	}
	attested_note_type(&types, v->predicate_type);
}

static void
judge(unsigned flags, struct span bytes, struct pubkey *key)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	struct target t = {.image = SPAN(IMAGE)};
	struct policy p = {.keys = &key, .key_count = 1, .ignore_log = true, .text_predicates = true,
	    .predicate_type = flags & 2 ? PREDICATE_CUSTOM : NULL};

	if (read_material(&m, flags, bytes))
		return;
	verify_material(&m, &t, &p, &v);
	if (v.ok && (!span_is(v.digest, IMAGE) || !attested_is_one(&m, &v, &p)))
		BUG("accepted for another image, or of another type");
	if (v.ok == (v.why.reason != REASON_NONE))
		BUG("a reason is given just for what is refused");
	if (v.ok)
		print(&m, &v, flags & 1 ? bytes : SPAN_NONE);
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
