/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/contentcheck.h"

#include "codec/der.h"
#include "codec/hex.h"
#include "sig/dsse.h"
#include "sig/payload.h"

enum { P1363_DER_MAX = 160 };

static const struct { const char *name; enum hash hash; } algorithms[] = {
	{"SHA2_256", HASH_SHA256}, {"SHA2_384", HASH_SHA384}, {"SHA2_512", HASH_SHA512},
};

static enum hash
message_hash(const struct bundle *b)
{
	for (size_t i = 0; i < countof(algorithms); i++)
		if (span_is(b->digest_alg, algorithms[i].name))
			return algorithms[i].hash;
	return HASH_NONE;
}

unsigned
contentcheck_hashes(const struct material *m, struct pubkey *const *keys, size_t count, enum hash asked)
{
	unsigned bits = 0;

	if (m->form == MATERIAL_BUNDLE)
		bits |= 1u << message_hash(&m->bundle);
	for (size_t i = 0; i < count; i++)
		bits |= keys[i]->type != KEY_ED25519 && asked != HASH_NONE ? 1u << asked : pubkey_hashes(keys[i]);
	return bits & ~(1u << HASH_NONE);
}

/* --- the signature --- */

/* Over bytes that came along: a payload, or what an envelope authenticates. */
static int
try_bytes(struct job *j, struct pubkey *k, struct span bytes, struct span sig, struct err *e)
{
	j->hash = HASH_SHA256;
	return pubkey_verify(k, j->p->hash, bytes, sig, e);
}

/* A hash that is asked for is used alone; Ed25519 has its own. */
static bool
signs_over(const struct job *j, const struct pubkey *k, enum hash h)
{
	if (j->p->hash != HASH_NONE && k->type != KEY_ED25519)
		return j->p->hash == h;
	return pubkey_hashes(k) & 1u << h;
}

/* Over a file that was hashed elsewhere. */
static int
try_file(struct job *j, struct pubkey *k, struct span sig, struct err *e)
{
	unsigned hashes = contentcheck_hashes(j->m, &k, 1, j->p->hash);
	bool tried = false;

	for (int h = HASH_SHA224; h <= HASH_SHA512; h++) {
		if (!(hashes & 1u << h) || !j->t->digest[h].ptr)
			continue;
		if (!signs_over(j, k, (enum hash)h))
			continue;
		tried = true;
		j->hash = (enum hash)h;
		if (pubkey_verify_digest(k, j->hash, j->t->digest[h], sig, e) == 0)
			return 0;
	}
	if (k->type == KEY_ED25519 && (j->t->bytes.ptr || j->t->pure)) {
		j->hash = HASH_SHA512;
		return j->t->bytes.ptr ? pubkey_verify(k, HASH_NONE, j->t->bytes, sig, e) :
		    j->t->pure(j->t->file, k, sig, e);
	}
	return tried ? -1 : err_set(e, REASON_BAD_SIGNATURE,
	    "the digest that was given is of another algorithm than the one this key signs");
}

static size_t
curve_width(const struct pubkey *k)
{
	switch (k->type) {
	case KEY_P256:
		return 32;
	case KEY_P384:
		return 48;
	case KEY_P521:
		return 66;
	default:
		return 0;
	}
}

/* Legacy signatures by ECDSA may be r and s side by side (IEEE P1363), as
 * upstream takes them too; this makes DER of them. */
static bool
from_p1363(const struct job *j, const struct pubkey *k, unsigned char room[P1363_DER_MAX], struct span *der)
{
	size_t width = curve_width(k);
	struct der_out o;
	size_t mark;

	if (j->m->form != MATERIAL_LEGACY || !width || j->m->sig.len != 2 * width)
		return false;
	der_out_init(&o, room, P1363_DER_MAX);
	mark = der_mark(&o);
	der_put_uint(&o, span_from(j->m->sig, width));
	der_put_uint(&o, span_first(j->m->sig, width));
	der_wrap(&o, DER_SEQUENCE, mark);
	*der = der_out_span(&o);
	return !o.over;
}

static int
try_key(struct job *j, struct pubkey *k, const struct span *bytes, struct err *e)
{
	unsigned char room[P1363_DER_MAX];
	struct span sig = j->m->sig;

	if ((bytes ? try_bytes(j, k, *bytes, sig, e) : try_file(j, k, sig, e)) == 0)
		return 0;
	if (!from_p1363(j, k, room, &sig))
		return -1;
	return bytes ? try_bytes(j, k, *bytes, sig, e) : try_file(j, k, sig, e);
}

/* keys.md 1.8: a name that is another key's rules this one out. */
static bool
ruled_out(const struct job *j, const struct pubkey *k)
{
	AUTO(buf) struct buf id = BUF_INIT(256);

	return j->m->keyid.len && dsse_keyid(k, &id) && !span_eq(j->m->keyid, buf_span(&id));
}

static int
try_keys(struct job *j, struct pubkey *const *keys, size_t count, const struct span *bytes, struct err *e)
{
	size_t tried = 0;

	for (size_t i = 0; i < count; i++) {
		if (ruled_out(j, keys[i]))
			continue;
		tried++;
		if (try_key(j, keys[i], bytes, e) == 0) {
			j->key = keys[i];
			j->v->key = i;
			return 0;
		}
	}
	if (tried)
		return -1;
	err_set(e, REASON_BAD_SIGNATURE, "the signature names another key as its maker");
	return err_found(e, "keyid %.*s", SPAN_FMT(j->m->keyid));
}

static int
check_signature(struct job *j, struct pubkey *const *keys, size_t count, struct err *e)
{
	const struct bundle *b = &j->m->bundle;
	AUTO(buf) struct buf pae = BUF_INIT(b->payload.len + b->payload_type.len + DSSE_PAE_EXTRA);
	struct span bytes = j->m->message;

	if (j->m->sig.len == 0)
		return err_set(e, REASON_BAD_SIGNATURE, "the signature is empty");
	if (j->m->content == BUNDLE_DSSE) {
		dsse_pae(&pae, b->payload_type, b->payload);
		if (buf_check(&pae, "the envelope", e))
			return -1;
		bytes = buf_span(&pae);
	}
	return try_keys(j, keys, count, bytes.ptr ? &bytes : NULL, e);
}

int
contentcheck_signature(struct job *j)
{
	struct err e = ERR_INIT;
	struct pubkey *own = j->by_cert ? cert_key(&j->leaf, &e) : NULL;
	int rc;

	if (j->by_cert && !own)
		return verdict_fail(j->v, CHECK_CERTIFICATE, &e);
	rc = j->by_cert ? check_signature(j, &own, 1, &e) : check_signature(j, j->p->keys, j->p->key_count, &e);
	if (rc && !j->by_cert && j->m->form == MATERIAL_LEGACY && material_has_certificate(j->m))
		err_hint(&e, "it comes with a certificate: it was made without a key");
	if (rc)
		return verdict_fail(j->v, CHECK_SIGNATURE, &e);
	verdict_pass(j->v, CHECK_SIGNATURE);
	return 0;
}

/* --- statements --- */

int
contentcheck_read(struct job *j, struct err *bad)
{
	const struct bundle *b = &j->m->bundle;
	struct verdict *v = j->v;

	v->payload = pool_span(&v->pool, b->payload);
	if (statement_parse(&j->statement, v->payload, bad))
		return -1;
	v->predicate_type = pool_span(&v->pool, j->statement.predicate_type);
	if (j->statement.predicate.kind == JSON_OBJECT || j->statement.predicate.kind == JSON_NULL ||
	    (j->statement.predicate.kind == JSON_STRING && j->p->text_predicates))
		return 0;
	return err_set(bad, REASON_BAD_PAYLOAD, "signed statement: predicate: expected an object%s, found %s",
	    j->p->text_predicates ? " or a string" : "", node_kind_name(j->statement.predicate.kind));
}

static int
wrong_type(struct job *j, const char *what, const char *want, struct span found)
{
	struct err e = ERR_INIT;

	err_set(&e, REASON_WRONG_TYPE, "%s", what);
	err_expected(&e, "%s", want);
	err_found(&e, "%.*s", SPAN_FMT(found));
	return verdict_fail(j->v, CHECK_TYPE, &e);
}

int
contentcheck_type(struct job *j, int read, const struct err *bad)
{
	const char *want = j->p->predicate_type;

	if (j->m->content != BUNDLE_DSSE) {
		verdict_skip(j->v, CHECK_TYPE);
		return 0;
	}
	if (!span_is(j->m->bundle.payload_type, INTOTO_PAYLOAD_TYPE))
		return wrong_type(j, "the envelope holds no in-toto statement", INTOTO_PAYLOAD_TYPE,
		    j->m->bundle.payload_type);
	if (read)
		return verdict_fail(j->v, CHECK_TYPE, bad);
	if (!want) {
		verdict_skip(j->v, CHECK_TYPE);
		return 0;
	}
	if (!span_is(j->statement.predicate_type, want))
		return wrong_type(j, "the statement is of another type", want, j->statement.predicate_type);
	verdict_pass(j->v, CHECK_TYPE);
	return 0;
}

/* --- what it is about --- */

static int
differs(const char *what, struct span want, struct span found, struct err *e)
{
	err_set(e, REASON_WRONG_SUBJECT, "%s", what);
	err_expected(e, "%.*s", SPAN_FMT(want));
	return err_found(e, "%.*s", SPAN_FMT(found));
}

/* The first subject that fits counts, later ones are not tried, whatever
 * annotations they have (oci-storage 2.5). */
static int
statement_subject(struct job *j, struct err *e)
{
	const struct statement_subject *sub = j->t->image.len ? statement_find(&j->statement, j->t->image, e) :
	    statement_find_file(&j->statement, j->t->digest, j->t->named, e);

	if (!sub)
		return -1;
	if (j->t->image.len)
		j->v->digest = pool_span(&j->v->pool, j->t->image);
	j->v->optional = sub->annotations;
	return 0;
}

/* The payload of an image's legacy signature, read only now that somebody known
 * has signed it. */
static int
read_payload(struct job *j)
{
	AUTO(payload) struct payload p = PAYLOAD_INIT;
	struct verdict *v = j->v;
	struct err e = ERR_INIT;

	v->payload = pool_span(&v->pool, j->m->message);
	if (payload_parse(&p, v->payload, &e))
		return verdict_fail(v, CHECK_FORMAT, &e);
	v->reference = p.reference.ptr ? pool_span(&v->pool, p.reference) : SPAN_NONE;
	v->type = p.type.ptr ? pool_span(&v->pool, p.type) : SPAN_NONE;
	v->digest = pool_span(&v->pool, p.digest);
	v->optional = p.optional;
	verdict_pass(v, CHECK_FORMAT);
	return 0;
}

static int
payload_subject(struct job *j, struct err *e)
{
	if (j->t->image.len && span_eq(j->v->digest, j->t->image))
		return 0;
	return differs("the signed payload is about another image", j->t->image, j->v->digest, e);
}

/* A bundle says besides what it is about; its signature was checked over the
 * file itself. */
static int
message_subject(struct job *j, struct err *e)
{
	const struct bundle *b = &j->m->bundle;
	char want[2 * HASH_SIZE_MAX + 1], found[2 * HASH_SIZE_MAX + 1];
	enum hash h = message_hash(b);

	if (j->m->form == MATERIAL_LEGACY)
		return 0;
	if (h == HASH_NONE || b->digest.len == 0) {
		err_set(e, REASON_BAD_BUNDLE, "bundle: messageDigest: what was signed is not named");
		err_expected(e, "a digest by SHA2_256, SHA2_384 or SHA2_512");
		return err_found(e, "%.*s", SPAN_FMT(b->digest_alg.len ? b->digest_alg : SPAN("none")));
	}
	if (!j->t->digest[h].ptr)
		return err_set(e, REASON_WRONG_SUBJECT, "the bundle names what it is about by its %s, which was not given",
		    hash_name(h));
	if (span_eq(j->t->digest[h], b->digest))
		return 0;
	hex_format(want, j->t->digest[h].ptr, hash_size(h));
	hex_format(found, b->digest.ptr, b->digest.len < HASH_SIZE_MAX ? b->digest.len : HASH_SIZE_MAX);
	return differs("the bundle is about something else", span_str(want), span_str(found), e);
}

int
contentcheck_subject(struct job *j)
{
	bool statement = j->m->content == BUNDLE_DSSE, legacy = j->m->form == MATERIAL_LEGACY;
	bool payload = legacy && !statement && j->m->message.ptr;
	struct err e = ERR_INIT;
	int rc;

	if (payload && read_payload(j))
		return -1;
	if ((payload && !j->p->check_claims) ||
	    (statement && j->p->any_subject && (legacy || !j->t->image.len))) {
		verdict_skip(j->v, CHECK_SUBJECT);
		return 0;
	}
	if (statement)
		rc = statement_subject(j, &e);
	else
		rc = payload ? payload_subject(j, &e) : message_subject(j, &e);
	if (rc)
		return verdict_fail(j->v, CHECK_SUBJECT, &e);
	verdict_pass(j->v, CHECK_SUBJECT);
	return 0;
}

int
contentcheck_annotations(struct job *j)
{
	struct err e = ERR_INIT;

	if (!j->p->check_claims || j->p->annotations.count == 0) {
		verdict_skip(j->v, CHECK_ANNOTATIONS);
		return 0;
	}
	if (annotations_check(&j->p->annotations, j->v->optional, &e))
		return verdict_fail(j->v, CHECK_ANNOTATIONS, &e);
	verdict_pass(j->v, CHECK_ANNOTATIONS);
	return 0;
}
