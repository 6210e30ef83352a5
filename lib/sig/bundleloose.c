/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/bundleloose.h"

#include "sig/bundlefields.h"

/* One an entry or signature, and no more than these of the rest. */
enum { OTHER_PROBLEMS = 8 };

static bool
present(struct node v)
{
	return v.kind != JSON_NULL;
}

static int
decode(struct bundleloose *b, void *out, const struct field *fields, struct node v,
    const char *name, struct err *e)
{
	return bundlefields_decode(out, fields, v, name, SHAPE_PARTIAL, &b->pool, e);
}

static int
cert_read(struct bundleloose *b, struct node v, struct err *e)
{
	struct bundlefields_cert cert = {0};

	if (decode(b, &cert, bundlefields_of_cert, v, "certificate", e))
		return -1;
	b->key = BUNDLELOOSE_CERT;
	b->certs.items = POOL_NEW(&b->pool, struct span);
	b->certs.items[0] = cert.der;
	b->certs.count = cert.der.len > 0;
	return 0;
}

static int
chain_read(struct bundleloose *b, struct node v, struct err *e)
{
	struct bundlefields_chain chain = {0};
	const struct bundlefields_cert *from;

	if (decode(b, &chain, bundlefields_of_chain, v, "x509CertificateChain", e))
		return -1;
	b->key = BUNDLELOOSE_CHAIN;
	from = chain.certs.items;
	b->certs.items = pool_array(&b->pool, chain.certs.count, sizeof(*b->certs.items));
	b->certs.count = chain.certs.count;
	for (size_t i = 0; i < chain.certs.count; i++)
		b->certs.items[i] = from[i].der;
	return 0;
}

static int
hint_read(struct bundleloose *b, struct node v, struct err *e)
{
	struct bundlefields_hint hint = {0};

	if (decode(b, &hint, bundlefields_of_hint, v, "publicKey", e))
		return -1;
	b->key = BUNDLELOOSE_HINT;
	b->hint = hint.hint;
	return 0;
}

static int
key_read(struct bundleloose *b, const struct bundlefields_material *m, struct err *e)
{
	int found = present(m->hint) + present(m->cert) + present(m->chain);

	if (found > 1)
		return err_set(e, REASON_BAD_BUNDLE,
		    "expected one of publicKey, certificate and x509CertificateChain, found %d", found);
	if (present(m->hint))
		return hint_read(b, m->hint, e);
	if (present(m->cert))
		return cert_read(b, m->cert, e);
	return present(m->chain) ? chain_read(b, m->chain, e) : 0;
}

static int
entries_read(struct bundleloose *b, struct node v, struct err *e)
{
	size_t count;

	if (!present(v))
		return 0;
	if (v.kind != JSON_ARRAY)
		return err_set(e, REASON_BAD_SHAPE, "tlogEntries: expected an array, found %s",
		    node_kind_name(v.kind));
	count = node_count(v);
	if (count > BUNDLE_ENTRIES_MAX)
		return err_set(e, REASON_TOO_LARGE, "tlogEntries: %zu entries, at most %d are read", count,
		    BUNDLE_ENTRIES_MAX);
	b->entries = pool_array(&b->pool, count, sizeof(*b->entries));
	for (struct node_iter it = node_iter(v); node_next(&it); b->entry_count++)
		if (entry_decode_loose(&b->entries[b->entry_count], it.value, &b->pool, e))
			return err_wrap(e, "tlogEntries[%zu]", b->entry_count);
	return 0;
}

static int
stamps_read(struct bundleloose *b, struct node v, struct err *e)
{
	struct bundlefields_stamps raw = {0};
	const struct bundlefields_stamp *from;

	if (!present(v))
		return 0;
	if (decode(b, &raw, bundlefields_of_stamps, v, "timestampVerificationData", e))
		return -1;
	from = raw.stamps.items;
	b->has_stamps = true;
	b->timestamps.items = pool_array(&b->pool, raw.stamps.count, sizeof(*b->timestamps.items));
	b->timestamps.count = raw.stamps.count;
	for (size_t i = 0; i < raw.stamps.count; i++)
		b->timestamps.items[i] = from[i].der;
	return 0;
}

static int
material_read(struct bundleloose *b, struct node v, struct err *e)
{
	struct bundlefields_material m = {0};

	if (!present(v))
		return 0;
	b->has_material = true;
	if (decode(b, &m, bundlefields_of_material, v, "verificationMaterial", e))
		return -1;
	if (key_read(b, &m, e) || entries_read(b, m.entries, e) || stamps_read(b, m.stamps, e))
		return err_wrap(e, "verificationMaterial");
	return 0;
}

static int
message_read(struct bundleloose *b, struct node v, struct err *e)
{
	struct bundlefields_message m = {0};
	int64_t number;

	if (decode(b, &m, bundlefields_of_message, v, "messageSignature", e))
		return -1;
	if (present(m.digest.alg) && !bundlefields_algorithm(m.digest.alg, &b->pool, &b->digest_alg)) {
		/* Numbers of later versions are no error in protobuf. */
		if (m.digest.alg.kind != JSON_NUMBER || !node_int(m.digest.alg, &number) ||
		    number != (int32_t)number)
			return err_set(e, REASON_BAD_BUNDLE, "messageDigest.algorithm: unknown: %.*s",
			    SPAN_FMT(m.digest.alg.raw));
		b->digest_alg = span_str(pool_printf(&b->pool, "%d", (int)number));
	}
	b->content = BUNDLELOOSE_MESSAGE;
	b->has_digest = m.has_digest;
	b->digest = m.digest.digest;
	b->sig = m.sig;
	return 0;
}

static int
dsse_read(struct bundleloose *b, struct node v, struct err *e)
{
	struct bundlefields_dsse d = {0};
	const struct bundlefields_signature *from;

	if (decode(b, &d, bundlefields_of_dsse, v, "dsseEnvelope", e))
		return -1;
	b->content = BUNDLELOOSE_DSSE;
	b->payload = d.payload;
	b->payload_type = d.type;
	from = d.signatures.items;
	b->signatures = pool_array(&b->pool, d.signatures.count, sizeof(*b->signatures));
	b->signature_count = d.signatures.count;
	for (size_t i = 0; i < d.signatures.count; i++)
		b->signatures[i] = (struct bundleloose_signature){from[i].sig, from[i].keyid};
	return 0;
}

static int
bundle_read(struct bundleloose *b, struct span json, struct err *e)
{
	struct bundlefields_bundle raw = {0};

	if (json.len > BUNDLE_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d bytes", BUNDLE_MAX);
	if (shape_parse(&raw, bundlefields_of_bundle, json, SHAPE_PARTIAL, &b->pool, e) ||
	    material_read(b, raw.material, e))
		return -1;
	b->media_type = raw.media_type;
	if (present(raw.message) && present(raw.dsse))
		return err_set(e, REASON_BAD_BUNDLE,
		    "expected either messageSignature or dsseEnvelope, found both");
	if (present(raw.message))
		return message_read(b, raw.message, e);
	return present(raw.dsse) ? dsse_read(b, raw.dsse, e) : 0;
}

/* --- what is wrong --- */

static void
note(struct bundleloose *b, enum bundleloose_part part, size_t index, const char *text)
{
	b->problems[b->problem_count++] = (struct bundleloose_problem){part, index, text};
}

/* The four spellings that upstream knows, which are fewer than bundle_parse takes. */
static void
check_type(struct bundleloose *b)
{
	static const struct { const char *type; int minor; } known[] = {
		{"application/vnd.dev.sigstore.bundle+json;version=0.1", 1},
		{"application/vnd.dev.sigstore.bundle+json;version=0.2", 2},
		{"application/vnd.dev.sigstore.bundle+json;version=0.3", 3},
		{"application/vnd.dev.sigstore.bundle.v0.3+json", 3},
	};

	for (size_t i = 0; i < countof(known); i++)
		if (span_is(b->media_type, known[i].type))
			b->minor = known[i].minor;
	if (b->media_type.len == 0)
		note(b, BUNDLELOOSE_IN_TYPE, 0, "Missing Bundle Media Type");
	else if (b->minor == 0)
		note(b, BUNDLELOOSE_IN_TYPE, 0, "Unrecognized Media Type");
}

static void
check_key(struct bundleloose *b)
{
	if (b->key == BUNDLELOOSE_NO_KEY)
		note(b, BUNDLELOOSE_IN_MATERIAL, 0,
		    "Missing Verification Material Content (must be certificate, chain, or public key)");
	if (b->key == BUNDLELOOSE_HINT && b->hint.len == 0)
		note(b, BUNDLELOOSE_IN_KEY, 0, "Public key hint is empty");
	if (b->key == BUNDLELOOSE_CERT && b->certs.count == 0)
		note(b, BUNDLELOOSE_IN_KEY, 0, "Certificate raw_bytes is empty");
	if (b->key == BUNDLELOOSE_CERT && (b->minor == 1 || b->minor == 2))
		note(b, BUNDLELOOSE_IN_KEY, 0,
		    "v0.1/v0.2 bundle should use certificate chain, not single certificate");
	if (b->key == BUNDLELOOSE_CHAIN && b->certs.count == 0)
		note(b, BUNDLELOOSE_IN_KEY, 0, "Certificate chain is empty");
	if (b->key == BUNDLELOOSE_CHAIN && b->minor == 3)
		note(b, BUNDLELOOSE_IN_KEY, 0, "v0.3 bundle should use single certificate, not chain");
}

static void
check_entries(struct bundleloose *b)
{
	for (size_t i = 0; i < b->entry_count; i++) {
		if (b->minor == 1 && !b->entries[i].set.ptr)
			note(b, BUNDLELOOSE_IN_ENTRY, i, "v0.1 bundle tlog entry MUST contain an inclusion promise");
		if (b->minor >= 2 && !b->entries[i].has_proof)
			note(b, BUNDLELOOSE_IN_ENTRY, i, b->minor == 2 ?
			    "v0.2 bundle tlog entry MUST contain an inclusion proof" :
			    "v0.3 bundle tlog entry MUST contain an inclusion proof");
	}
}

static void
check_envelope(struct bundleloose *b)
{
	if (b->signature_count != 1)
		note(b, BUNDLELOOSE_IN_ENVELOPE, 0, "DSSE envelope MUST contain only one signature");
	for (size_t i = 0; i < b->signature_count; i++)
		if (b->signatures[i].keyid.len && b->key == BUNDLELOOSE_HINT &&
		    !span_eq(b->signatures[i].keyid, b->hint))
			note(b, BUNDLELOOSE_IN_SIGNATURE, i, "Key hint mismatch with Verification Material");
}

static void
check(struct bundleloose *b)
{
	b->problems = pool_array(&b->pool, OTHER_PROBLEMS + b->entry_count + b->signature_count,
	    sizeof(*b->problems));
	check_type(b);
	if (b->has_material)
		check_key(b);
	else
		note(b, BUNDLELOOSE_IN_BUNDLE, 0, "Missing Verification Material");
	check_entries(b);
	if (b->content == BUNDLELOOSE_NO_CONTENT)
		note(b, BUNDLELOOSE_IN_CONTENT, 0, "Missing Content");
	if (b->content == BUNDLELOOSE_DSSE)
		check_envelope(b);
}

int
bundleloose_parse(struct bundleloose *b, struct span json, struct err *e)
{
	if (bundle_read(b, json, e)) {
		if (e && !err_is(e, REASON_TOO_LARGE))
			e->reason = REASON_BAD_BUNDLE;
		return err_wrap(e, "bundle");
	}
	check(b);
	return 0;
}

void
bundleloose_release(struct bundleloose *b)
{
	pool_release(&b->pool);
	*b = (struct bundleloose)BUNDLELOOSE_INIT;
}
