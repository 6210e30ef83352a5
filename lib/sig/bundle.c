/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/bundle.h"

#include "sig/bundlefields.h"

#define MEDIA_TYPE_03 "application/vnd.dev.sigstore.bundle.v0.3+json"

static bool
present(struct node v)
{
	return v.kind != JSON_NULL;
}

static int
decode(void *out, const struct field *fields, struct node v, const char *name, struct pool *pool,
    struct err *e)
{
	return bundlefields_decode(out, fields, v, name, SHAPE_STRICT, pool, e);
}

/* "0.3" or "0.3.1" to 3; the dotted spelling may have a patch number. */
static bool
version_minor(struct span text, int *minor)
{
	struct span rest = text;
	struct span major = span_cut(&rest, '.');
	struct span middle = span_cut(&rest, '.');
	uint64_t m, patch;

	if (!span_is(major, "0") || middle.len != 1 || !span_decimal(middle, 3, &m) || m == 0)
		return false;
	if (rest.ptr && !span_decimal(rest, UINT32_MAX, &patch))
		return false;
	*minor = (int)m;
	return true;
}

int
bundle_version(struct span text)
{
	static const char param[] = "application/vnd.dev.sigstore.bundle+json;version=";
	static const char dotted[] = "application/vnd.dev.sigstore.bundle.v";
	static const char suffix[] = "+json";
	struct span version = SPAN_NONE;
	int minor;

	if (span_starts(text, param)) {
		version = span_from(text, sizeof(param) - 1);
		if (version.len != sizeof("0.3") - 1)
			version = SPAN_NONE;
	} else if (span_starts(text, dotted) && span_ends(text, suffix)) {
		version = span_from(text, sizeof(dotted) - 1);
		version.len -= sizeof(suffix) - 1;
	}
	return version.len && version_minor(version, &minor) ? minor : 0;
}

static int
media_type_read(struct bundle *b, struct span text, struct err *e)
{
	b->media_type = text;
	b->minor = bundle_version(text);
	if (b->minor)
		return 0;
	err_set(e, REASON_BAD_BUNDLE, "mediaType is of no bundle version known here");
	err_expected(e, "versions 0.1 to 0.3, such as %s", MEDIA_TYPE_03);
	return err_found(e, "%.*s", SPAN_FMT(text));
}

static int
cert_read(struct bundle *b, struct node v, struct err *e)
{
	struct bundlefields_cert cert = {0};

	if (decode(&cert, bundlefields_of_cert, v, "certificate", &b->pool, e))
		return -1;
	b->certs.items = POOL_NEW(&b->pool, struct span);
	b->certs.items[0] = cert.der;
	b->certs.count = 1;
	return 0;
}

static int
chain_read(struct bundle *b, struct node v, struct err *e)
{
	struct bundlefields_chain chain = {0};
	const struct bundlefields_cert *from;

	if (decode(&chain, bundlefields_of_chain, v, "x509CertificateChain", &b->pool, e))
		return -1;
	if (b->minor >= 3 && !b->late_chain)
		return err_set(e, REASON_BAD_BUNDLE,
		    "x509CertificateChain: not allowed since version 0.3, which has certificate");
	from = chain.certs.items;
	b->certs.items = pool_array(&b->pool, chain.certs.count, sizeof(*b->certs.items));
	b->certs.count = chain.certs.count;
	for (size_t i = 0; i < chain.certs.count; i++)
		b->certs.items[i] = from[i].der;
	b->from_chain = true;
	return 0;
}

static int
key_read(struct bundle *b, const struct bundlefields_material *m, struct err *e)
{
	int found = present(m->hint) + present(m->cert) + present(m->chain);
	struct bundlefields_hint hint = {0};

	if (found != 1)
		return err_set(e, REASON_BAD_BUNDLE,
		    "expected one of publicKey, certificate and x509CertificateChain, found %d",
		    found);
	if (present(m->hint)) {
		b->key = BUNDLE_KEY_HINT;
		if (decode(&hint, bundlefields_of_hint, m->hint, "publicKey", &b->pool, e))
			return -1;
		b->hint = hint.hint;
		return 0;
	}
	b->key = BUNDLE_KEY_CERT;
	return present(m->cert) ? cert_read(b, m->cert, e) : chain_read(b, m->chain, e);
}

/* Version 0.1 wants some entry with a promise, later ones some entry with a
 * proof (bundle.md 4.1); the others need not have it. */
static int
entries_check(const struct bundle *b, struct err *e)
{
	if (b->entry_count == 0)
		return 0;
	for (size_t i = 0; i < b->entry_count; i++)
		if (b->minor == 1 ? b->entries[i].set.len > 0 : b->entries[i].has_proof)
			return 0;
	return err_set(e, REASON_BAD_BUNDLE,
	    "tlogEntries: no entry has an %s, which version 0.%d needs",
	    b->minor == 1 ? "inclusionPromise" : "inclusionProof", b->minor);
}

static int
entries_read(struct bundle *b, struct node v, struct err *e)
{
	size_t count;

	if (!present(v))
		return 0;
	if (v.kind != JSON_ARRAY)
		return err_set(e, REASON_BAD_SHAPE, "tlogEntries: expected an array, found %s",
		    node_kind_name(v.kind));
	count = node_count(v);
	if (count > BUNDLE_ENTRIES_MAX)
		return err_set(e, REASON_TOO_LARGE,
		    "tlogEntries: %zu entries, at most %d are read", count,
		    BUNDLE_ENTRIES_MAX);
	b->entries = pool_array(&b->pool, count, sizeof(*b->entries));
	for (struct node_iter it = node_iter(v); node_next(&it); b->entry_count++)
		if (entry_decode(&b->entries[b->entry_count], it.value, &b->pool, e))
			return err_wrap(e, "tlogEntries[%zu]", b->entry_count);
	return entries_check(b, e);
}

static int
stamps_read(struct bundle *b, struct node v, struct err *e)
{
	struct bundlefields_stamps raw = {0};
	const struct bundlefields_stamp *from;

	if (!present(v))
		return 0;
	if (decode(&raw, bundlefields_of_stamps, v, "timestampVerificationData", &b->pool, e))
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
material_read(struct bundle *b, struct node v, struct err *e)
{
	struct bundlefields_material m = {0};

	if (decode(&m, bundlefields_of_material, v, "verificationMaterial", &b->pool, e))
		return -1;
	if (key_read(b, &m, e) || entries_read(b, m.entries, e) || stamps_read(b, m.stamps, e))
		return err_wrap(e, "verificationMaterial");
	return 0;
}

static int
algorithm_read(struct bundle *b, struct node v, struct err *e)
{
	if (!present(v) || bundlefields_algorithm(v, &b->pool, &b->digest_alg))
		return 0;
	return err_set(e, REASON_BAD_BUNDLE, "messageDigest.algorithm: unknown: %.*s",
	    SPAN_FMT(v.raw));
}

static int
message_read(struct bundle *b, struct node v, struct err *e)
{
	struct bundlefields_message m = {0};

	if (decode(&m, bundlefields_of_message, v, "messageSignature", &b->pool, e))
		return -1;
	if (algorithm_read(b, m.digest.alg, e))
		return err_wrap(e, "messageSignature");
	b->content = BUNDLE_MESSAGE;
	b->digest = m.digest.digest;
	b->sig = m.sig;
	return 0;
}

static int
dsse_read(struct bundle *b, struct node v, struct err *e)
{
	struct bundlefields_dsse d = {0};
	const struct bundlefields_signature *sig;

	if (decode(&d, bundlefields_of_dsse, v, "dsseEnvelope", &b->pool, e))
		return -1;
	if (d.signatures.count != BUNDLE_SIGNATURES_MAX)
		return err_set(e, REASON_BAD_BUNDLE,
		    "dsseEnvelope.signatures: expected exactly one signature, found %zu",
		    d.signatures.count);
	sig = d.signatures.items;
	b->content = BUNDLE_DSSE;
	b->payload = d.payload;
	b->payload_type = d.type;
	b->sig = sig->sig;
	b->keyid = sig->keyid;
	return 0;
}

static int
bundle_read(struct bundle *b, struct span json, struct err *e)
{
	struct bundlefields_bundle raw = {0};

	if (json.len > BUNDLE_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d bytes", BUNDLE_MAX);
	if (shape_parse(&raw, bundlefields_of_bundle, json, SHAPE_STRICT, &b->pool, e) ||
	    media_type_read(b, raw.media_type, e) || material_read(b, raw.material, e))
		return -1;
	if (present(raw.message) == present(raw.dsse))
		return err_set(e, REASON_BAD_BUNDLE,
		    "expected either messageSignature or dsseEnvelope, found %s",
		    present(raw.message) ? "both" : "neither");
	return present(raw.dsse) ? dsse_read(b, raw.dsse, e) : message_read(b, raw.message, e);
}

int
bundle_parse(struct bundle *b, struct span json, struct err *e)
{
	if (bundle_read(b, json, e) == 0)
		return 0;
	if (e && !err_is(e, REASON_TOO_LARGE))
		e->reason = REASON_BAD_BUNDLE;
	return err_wrap(e, "bundle");
}

int
bundle_parse_chain(struct bundle *b, struct span json, struct err *e)
{
	b->late_chain = true;
	if (bundle_parse(b, json, e))
		return -1;
	if (b->minor >= 3)
		return 0;
	err_set(e, REASON_BAD_BUNDLE, "bundle: --allow-certificate-chain is for version 0.3 alone");
	return err_found(e, "version 0.%d", b->minor);
}

bool
bundle_is_one(struct span json)
{
	struct node root, type;

	return scan_document(json, &root, NULL) == 0 && node_member(root, "mediaType", &type) && type.kind == JSON_STRING;
}

void
bundle_release(struct bundle *b)
{
	pool_release(&b->pool);
	*b = (struct bundle)BUNDLE_INIT;
}

static void
emit_chain(const struct bundle *b, struct emit *j)
{
	emit_key(j, "x509CertificateChain");
	emit_object(j);
	emit_key(j, "certificates");
	emit_array(j);
	for (size_t i = 0; i < b->certs.count; i++) {
		emit_object(j);
		entry_emit_bytes(j, "rawBytes", b->certs.items[i]);
		emit_object_end(j);
	}
	emit_array_end(j);
	emit_object_end(j);
}

static void
emit_key_material(const struct bundle *b, struct emit *j)
{
	emit_key(j, b->key == BUNDLE_KEY_CERT ? "certificate" : "publicKey");
	emit_object(j);
	if (b->key == BUNDLE_KEY_CERT && b->certs.count)
		entry_emit_bytes(j, "rawBytes", b->certs.items[0]);
	else if (b->hint.len)
		emit_kspan(j, "hint", b->hint);
	emit_object_end(j);
}

static void
emit_stamps(const struct bundle *b, struct emit *j)
{
	emit_key(j, "timestampVerificationData");
	emit_object(j);
	emit_key(j, "rfc3161Timestamps");
	emit_array(j);
	for (size_t i = 0; i < b->timestamps.count; i++) {
		emit_object(j);
		entry_emit_bytes(j, "signedTimestamp", b->timestamps.items[i]);
		emit_object_end(j);
	}
	emit_array_end(j);
	emit_object_end(j);
}

static void
emit_material(const struct bundle *b, bool chain, struct emit *j)
{
	emit_key(j, "verificationMaterial");
	emit_object(j);
	if (chain)
		emit_chain(b, j);
	else
		emit_key_material(b, j);
	if (b->entry_count) {
		emit_key(j, "tlogEntries");
		emit_array(j);
		for (size_t i = 0; i < b->entry_count; i++)
			entry_emit(&b->entries[i], j);
		emit_array_end(j);
	}
	if (b->timestamps.count)
		emit_stamps(b, j);
	emit_object_end(j);
}

static void
emit_message(const struct bundle *b, struct emit *j)
{
	emit_key(j, "messageSignature");
	emit_object(j);
	emit_key(j, "messageDigest");
	emit_object(j);
	if (b->digest_alg.len)
		emit_kspan(j, "algorithm", b->digest_alg);
	entry_emit_bytes(j, "digest", b->digest);
	emit_object_end(j);
	entry_emit_bytes(j, "signature", b->sig);
	emit_object_end(j);
}

static void
emit_dsse(const struct bundle *b, struct emit *j)
{
	emit_key(j, "dsseEnvelope");
	emit_object(j);
	entry_emit_bytes(j, "payload", b->payload);
	if (b->payload_type.len)
		emit_kspan(j, "payloadType", b->payload_type);
	emit_key(j, "signatures");
	emit_array(j);
	emit_object(j);
	entry_emit_bytes(j, "sig", b->sig);
	if (b->keyid.len)
		emit_kspan(j, "keyid", b->keyid);
	emit_object_end(j);
	emit_array_end(j);
	emit_object_end(j);
}

static void
emit_whole(const struct bundle *b, struct span media_type, bool chain, struct buf *out)
{
	struct emit j;

	emit_init(&j, out);
	j.raw_html = true;
	emit_object(&j);
	emit_kspan(&j, "mediaType", media_type);
	emit_material(b, chain, &j);
	if (b->content == BUNDLE_DSSE)
		emit_dsse(b, &j);
	else
		emit_message(b, &j);
	emit_object_end(&j);
}

void
bundle_emit(const struct bundle *b, struct buf *out)
{
	emit_whole(b, SPAN(MEDIA_TYPE_03), false, out);
}

void
bundle_emit_same(const struct bundle *b, struct buf *out)
{
	emit_whole(b, b->media_type, b->from_chain, out);
}
