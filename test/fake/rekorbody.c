/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries of Rekor, version 1, from what was proposed: transparency.md 5.3,
 * bodies. Signatures are verified, as the real one does.
 */
#include "sigstore.h"
#include "codec/hex.h"
#include "crypto/cert.h"
#include "json/canon.h"
#include "json/scan.h"

/* A certificate or a key in base64 of PEM, as the log writes it again. */
struct verifier {
	struct cert cert;
	struct pubkey own, *key;
	struct buf text;	/* base64 */
};
#define VERIFIER_INIT {.cert = CERT_INIT, .own = PUBKEY_INIT, .text = BUF_INIT(BUF_TEXT_MAX)}

static void
verifier_cleanup(struct verifier *v)
{
	cert_release(&v->cert);
	pubkey_release(&v->own);
	buf_release(&v->text);
}

static bool
verifier_read(struct verifier *v, struct span text)
{
	AUTO(buf) struct buf pem = BUF_INIT(BUF_TEXT_MAX), again = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	if (!text.len || !seal_unbase64(&pem, text))
		return false;
	if (memmem(pem.ptr, pem.len, "BEGIN CERT", 10)) {
		if (cert_parse_pem(&v->cert, buf_span(&pem), NULL, &e) || !(v->key = cert_key(&v->cert, &e)))
			return false;
		cert_emit_pem(&v->cert, &again);
	} else {
		if (pubkey_parse_pem(&v->own, buf_span(&pem), &e))
			return false;
		v->key = &v->own;
		pubkey_emit_pem(&v->own, &again);
	}
	seal_base64(&v->text, buf_span(&again));
	return true;
}

static void
hash_hex(struct span bytes, char hex[65])
{
	unsigned char h[SEAL_HASH];

	seal_sha256(bytes, h);
	hex_format(hex, h, sizeof(h));
}

static const char *
hashedrekord(struct ask *a, struct node spec, struct buf *body, char **hash)
{
	AUTO(verifier) struct verifier v = VERIFIER_INIT;
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX);
	struct span name = seal_text(spec, "data.hash.algorithm", &a->pool), hex;
	struct span content = seal_text(spec, "signature.content", &a->pool);
	enum hash h = hash_find(name);
	unsigned char digest[HASH_SIZE_MAX];
	struct err e = ERR_INIT;

	hex = seal_text(spec, "data.hash.value", &a->pool);
	if (h == HASH_NONE || !hex_decode(digest, hash_size(h), hex))
		return "no digest";
	if (!content.len || !seal_unbase64(&sig, content) ||
	    !verifier_read(&v, seal_text(spec, "signature.publicKey.content", &a->pool)))
		return "no signature or key";
	if (pubkey_verify_digest(v.key, h, span_of(digest, hash_size(h)), buf_span(&sig), &e))
		return "verifying signature: invalid signature";
	buf_printf(body, "{\"apiVersion\":\"0.0.1\",\"kind\":\"hashedrekord\",\"spec\":{\"data\":{\"hash\":"
	    "{\"algorithm\":\"%s\",\"value\":\"%.*s\"}},\"signature\":{\"content\":\"", hash_name(h), SPAN_FMT(hex));
	seal_base64(body, buf_span(&sig));
	buf_printf(body, "\",\"publicKey\":{\"content\":\"%s\"}}}}", buf_str(&v.text));
	*hash = xasprintf("%s:%.*s", hash_name(h), SPAN_FMT(hex));
	return NULL;
}

/* What a DSSE signature is over. */
static void
make_pae(struct span type, struct span payload, struct buf *pae)
{
	buf_printf(pae, "DSSEv1 %zu %.*s %zu ", type.len, SPAN_FMT(type), payload.len);
	buf_add_span(pae, payload);
}

static bool
verifies(struct verifier *v, struct span pae, struct span sig64)
{
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	return sig64.len && seal_unbase64(&sig, sig64) && pubkey_verify(v->key, HASH_NONE, pae, buf_span(&sig), &e) == 0;
}

/* The verifier whose signature it is; its PEM is appended. */
static bool
find_verifier(struct ask *a, struct node spec, struct span pae, struct span sig, struct buf *out)
{
	char path[64];

	for (unsigned i = 0; i < 16; i++) {
		AUTO(verifier) struct verifier v = VERIFIER_INIT;
		struct span text;

		snprintf(path, sizeof(path), "proposedContent.verifiers.%u", i);
		text = seal_text(spec, path, &a->pool);
		if (!text.ptr)
			return false;
		if (verifier_read(&v, text) && verifies(&v, pae, sig)) {
			buf_add_span(out, buf_span(&v.text));
			return true;
		}
	}
	return false;
}

struct signature { struct span sig; char *verifier; };

static int
by_signature(const void *a, const void *b)
{
	return span_cmp(((const struct signature *)a)->sig, ((const struct signature *)b)->sig);
}

static const char *
dsse_signatures(struct ask *a, struct node spec, struct node envelope, struct span pae, struct buf *body)
{
	struct signature list[16];
	size_t count = 0;
	char path[64];

	for (; count < countof(list); count++) {
		AUTO(buf) struct buf verifier = BUF_INIT(BUF_TEXT_MAX);

		snprintf(path, sizeof(path), "signatures.%zu.sig", count);
		list[count].sig = seal_text(envelope, path, &a->pool);
		if (!list[count].sig.ptr)
			break;
		if (!find_verifier(a, spec, pae, list[count].sig, &verifier))
			return "a signature is nobody's";
		list[count].verifier = pool_str(&a->pool, buf_span(&verifier));
	}
	if (!count)
		return "no signature";
	qsort(list, count, sizeof(list[0]), by_signature);
	for (size_t i = 0; i < count; i++)
		buf_printf(body, "%s{\"signature\":\"%.*s\",\"verifier\":\"%s\"}", i ? "," : "",
		    SPAN_FMT(list[i].sig), list[i].verifier);
	return NULL;
}

static const char *
dsse(struct ask *a, struct node spec, struct buf *body, char **hash)
{
	AUTO(buf) struct buf payload = BUF_INIT(BUF_BIG_MAX), pae = BUF_INIT(BUF_BIG_MAX);
	struct span text = seal_text(spec, "proposedContent.envelope", &a->pool);
	char envelope_hash[65], payload_hash[65];
	struct err e = ERR_INIT;
	struct node envelope;
	const char *wrong;

	if (!text.ptr || scan_document(text, &envelope, &e) ||
	    !seal_unbase64(&payload, seal_text(envelope, "payload", &a->pool)))
		return "no envelope";
	make_pae(seal_text(envelope, "payloadType", &a->pool), buf_span(&payload), &pae);
	hash_hex(text, envelope_hash);
	hash_hex(buf_span(&payload), payload_hash);
	buf_printf(body, "{\"apiVersion\":\"0.0.1\",\"kind\":\"dsse\",\"spec\":{\"envelopeHash\":{\"algorithm\":\"sha256\","
	    "\"value\":\"%s\"},\"payloadHash\":{\"algorithm\":\"sha256\",\"value\":\"%s\"},\"signatures\":[",
	    envelope_hash, payload_hash);
	wrong = dsse_signatures(a, spec, envelope, buf_span(&pae), body);
	buf_add_str(body, "]}}");
	*hash = xasprintf("sha256:%s", payload_hash);
	return wrong;
}

static const char *
intoto_signatures(struct ask *a, struct node spec, struct span pae, struct buf *body)
{
	char path[64];
	unsigned i;

	for (i = 0; i < 16; i++) {
		AUTO(verifier) struct verifier v = VERIFIER_INIT;
		AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX);
		struct span text, key;

		snprintf(path, sizeof(path), "content.envelope.signatures.%u.sig", i);
		text = seal_text(spec, path, &a->pool);
		snprintf(path, sizeof(path), "content.envelope.signatures.%u.publicKey", i);
		key = seal_text(spec, path, &a->pool);
		if (!text.ptr)
			break;
		if (!seal_unbase64(&sig, text) || !verifier_read(&v, key) || !verifies(&v, pae, buf_span(&sig)))
			return "a signature does not verify";
		buf_printf(body, "%s{\"publicKey\":\"%s\",\"sig\":\"%.*s\"}", i ? "," : "", buf_str(&v.text), SPAN_FMT(text));
	}
	return i ? NULL : "no signature";
}

static const char *
intoto(struct ask *a, struct node spec, struct buf *body, char **hash)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX), payload = BUF_INIT(BUF_BIG_MAX), pae = BUF_INIT(BUF_BIG_MAX);
	struct span type = seal_text(spec, "content.envelope.payloadType", &a->pool);
	struct span named = seal_text(spec, "content.hash.value", &a->pool);
	const char *wrong;
	char hex[65];

	if (!seal_unbase64(&text, seal_text(spec, "content.envelope.payload", &a->pool)) ||
	    !seal_unbase64(&payload, buf_span(&text)) || !type.ptr || named.len != 64)
		return "no envelope";
	make_pae(type, buf_span(&payload), &pae);
	hash_hex(buf_span(&payload), hex);
	buf_printf(body, "{\"apiVersion\":\"0.0.2\",\"kind\":\"intoto\",\"spec\":{\"content\":{\"envelope\":{"
	    "\"payloadType\":\"%.*s\",\"signatures\":[", SPAN_FMT(type));
	wrong = intoto_signatures(a, spec, buf_span(&pae), body);
	buf_printf(body, "]},\"hash\":{\"algorithm\":\"sha256\",\"value\":\"%.*s\"},\"payloadHash\":{\"algorithm\":\"sha256\","
	    "\"value\":\"%s\"}}}}", SPAN_FMT(named), hex);
	*hash = xasprintf("sha256:%s", hex);
	return wrong;
}

static const char *
old_intoto(struct ask *a, struct node spec, struct buf *body, char **hash)
{
	AUTO(verifier) struct verifier v = VERIFIER_INIT;
	AUTO(buf) struct buf payload = BUF_INIT(BUF_BIG_MAX);
	struct span text = seal_text(spec, "content.envelope", &a->pool);
	char envelope_hash[65], payload_hash[65];
	struct err e = ERR_INIT;
	struct node envelope;

	if (!text.ptr || scan_document(text, &envelope, &e) || !verifier_read(&v, seal_text(spec, "publicKey", &a->pool)) ||
	    !seal_unbase64(&payload, seal_text(envelope, "payload", &a->pool)))
		return "no envelope, or no key";
	hash_hex(text, envelope_hash);
	hash_hex(buf_span(&payload), payload_hash);
	buf_printf(body, "{\"apiVersion\":\"0.0.1\",\"kind\":\"intoto\",\"spec\":{\"content\":{\"hash\":{\"algorithm\":"
	    "\"sha256\",\"value\":\"%s\"},\"payloadHash\":{\"algorithm\":\"sha256\",\"value\":\"%s\"}},\"publicKey\":\"%s\"}}",
	    envelope_hash, payload_hash, buf_str(&v.text));
	*hash = xasprintf("sha256:%s", envelope_hash);
	return NULL;
}

bool
rekorbody_make(struct ask *a, struct node proposed, struct buf *body, char **hash)
{
	static const struct {
		const char *kind, *version;
		const char *(*make)(struct ask *a, struct node spec, struct buf *body, char **hash);
	} kinds[] = {{"hashedrekord", "0.0.1", hashedrekord}, {"dsse", "0.0.1", dsse}, {"intoto", "0.0.2", intoto},
	    {"intoto", "0.0.1", old_intoto}};
	struct span kind = seal_text(proposed, "kind", &a->pool), version = seal_text(proposed, "apiVersion", &a->pool);
	const char *wrong = "no such kind of entry";
	struct node spec;

	for (size_t i = 0; i < countof(kinds); i++)
		if (span_is(kind, kinds[i].kind) && span_is(version, kinds[i].version) &&
		    seal_pick(proposed, "spec", &spec))
			wrong = kinds[i].make(a, spec, body, hash);
	if (wrong)
		reply_error(a, 400, 400, "%s", wrong);
	return !wrong;
}
