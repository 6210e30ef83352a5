/* SPDX-License-Identifier: Apache-2.0 */
#include "step/workwitness.h"

#include "codec/b64.h"
#include "codec/pem.h"
#include "sig/dsse.h"
#include "sig/envelope.h"
#include "sig/stampfile.h"
#include "step/witnesstext.h"

static bool
is_enveloped(const struct work *w)
{
	return w->form == FORM_BUNDLE || w->payload_type.len;
}

static bool
has_log_of(const struct witness_plan *p, uint32_t version)
{
	for (size_t i = 0; i < p->log_count; i++)
		if (p->logs[i].version == version)
			return true;
	return false;
}

int
workwitness_choose(struct signer *s, const struct witness_plan *p, const struct work *w, struct err *e)
{
	if (s->pub.type == KEY_ED25519 && has_log_of(p, 2))
		s->alg = alg_find(SPAN("ed25519-ph"));
	if (is_enveloped(w) || !p->log_count || s->alg->hash == HASH_SHA256)
		return 0;
	err_set(e, REASON_UNSUPPORTED, "logs take signatures of the legacy form by SHA-256 alone");
	err_found(e, "%s", s->alg->name);
	return err_hint(e, "leave out --new-bundle-format=false");
}

/* --- what was signed --- */

struct described {
	struct work *work;
	const struct witness_plan *plan;
	struct buf envelope;
	unsigned char digest[HASH_SIZE_MAX];
};

/* The envelope's text goes to Rekor v1, and its digest is what the legacy form's
 * entry is about. */
static int
describe_envelope(struct described *d, struct witness_content *c, struct err *e)
{
	const struct work *w = d->work;
	struct envelope v = {.payload = w->payload, .payload_type = w->payload_type, .sig = w->signature};

	c->what.dsse = true;
	c->what.payload = w->payload;
	c->what.payload_type = w->payload_type;
	if (!c->what.legacy && !has_log_of(d->plan, 1))
		return 0;
	buf_reset(&d->envelope);
	envelope_emit(&v, &d->envelope);
	c->envelope = buf_span(&d->envelope);
	digest_of(HASH_SHA256, c->envelope, d->digest);
	return buf_check(&d->envelope, "the envelope", e);
}

static int
describe(void *ctx, struct witness_content *c, struct err *e)
{
	struct described *d = ctx;
	const struct work *w = d->work;

	c->what = (struct logbody_subject){.sig = w->signature, .hash = HASH_SHA256,
	    .digest = span_of(d->digest, hash_size(HASH_SHA256)), .legacy = w->form == FORM_LEGACY};
	if (is_enveloped(w))
		return describe_envelope(d, c, e);
	digest_of(HASH_SHA256, w->payload, d->digest);
	return 0;
}

static int
sign(void *ctx, struct signer *s, struct err *e)
{
	return work_seal(((struct described *)ctx)->work, s, e);
}

/* --- the whole --- */

static int
take_material(struct material *m, struct work *w, struct err *e)
{
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX);
	struct material_layer layer = {.payload = w->envelope, .certificate = witnesstext_certificate(&w->witness, &w->pool),
	    .chain = w->witness.chain, .log = witnesstext_log(&w->witness, &w->pool),
	    .stamp = witnesstext_stamp(&w->witness, &w->pool)};

	if (w->form == FORM_BUNDLE)
		return material_from_bundle(m, w->bundle, false, e);
	if (is_enveloped(w))
		return material_from_envelope(m, &layer, e);
	b64_encode(&sig, w->signature, B64_STD);
	layer.payload = w->payload;
	layer.signature = pool_span(&w->pool, buf_span(&sig));
	return material_from_layer(m, &layer, e);
}

static int
check(struct work *w, const struct witness_plan *p, struct err *e)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	struct target nothing = {.image = SPAN_NONE};

	if (!p || !witness_plan_asks(p))
		return 0;
	if (take_material(&m, w, e) || (!w->witness.cert.len && pubkey_parse_pem(&key, w->public_key, e)))
		return -1;
	return witness_check(p, &m, &nothing, &key, e);
}

int
workwitness_seal(struct work *w, struct sealer *s, struct err *e)
{
	struct described d = {.work = w, .plan = s->plan, .envelope = BUF_INIT(WORK_MAX)};
	struct sealer_item it = {sign, describe, &d};
	int rc = sealer_seal(s, &it, &w->witness, &w->pool, e);

	buf_release(&d.envelope);
	return rc || work_pack(w, e) || check(w, s->plan, e) ? -1 : 0;
}

/* --- a signature that is there --- */

static int
check_signature(const struct work *w, struct pubkey *key, struct err *e)
{
	AUTO(buf) struct buf pae = BUF_INIT(WORK_MAX);

	if (!is_enveloped(w))
		return pubkey_verify(key, HASH_NONE, w->payload, w->signature, e);
	dsse_pae(&pae, w->payload_type, w->payload);
	return buf_check(&pae, "the payload", e) || pubkey_verify(key, HASH_NONE, buf_span(&pae), w->signature, e) ? -1 : 0;
}

static int
ask_by(struct work *w, const struct witness_plan *p, struct pubkey *key, struct err *e)
{
	struct described d = {.work = w, .plan = p, .envelope = BUF_INIT(WORK_MAX)};
	struct witness_content c = {.envelope = SPAN_NONE};
	int rc = check_signature(w, key, e) || describe(&d, &c, e);

	c.what.key = key;
	c.what.cert = w->witness.cert.len ? w->witness.cert : SPAN_NONE;
	rc = rc || witness_ask(p, &c, &w->witness, &w->pool, e);
	buf_release(&d.envelope);
	return rc ? -1 : 0;
}

static int
ask_owner(struct work *w, const struct witness_plan *p, struct err *e)
{
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	AUTO(cert) struct cert leaf = CERT_INIT;
	struct pubkey *own;

	if (!w->witness.cert.len)
		return pubkey_parse_pem(&key, w->public_key, e) || ask_by(w, p, &key, e) ? -1 : 0;
	if (cert_parse_der(&leaf, w->witness.cert, e))
		return -1;
	own = cert_key(&leaf, e);
	if (!own)
		return -1;
	return ask_by(w, p, own, e);
}

/* Nobody here can sign anew. */
int
workwitness_ask(struct work *w, const struct witness_plan *p, struct err *e)
{
	struct err why = ERR_INIT;

	if (ask_owner(w, p, &why) == 0)
		return 0;
	if (err_is(&why, REASON_EXPIRED_CERTIFICATE))
		err_hint(&why, "sign it again (sign-payload), and witness it while its certificate is valid");
	if (err_is(&why, REASON_EXISTS))
		err_hint(&why, "the log has taken it; witness it once more when the log shows it");
	*e = why;
	return -1;
}

/* --- in records --- */

const char *const workwitness_members[] = {"certificate", "chain", "tlogEntries", "timestamps", NULL};

struct wire { struct span certificate, chain; struct node entries; struct shape_strs stamps; };

static const struct field fields[] = {
	FIELD_STR(struct wire, certificate, "certificate", 0, .max = 2 * CERT_MAX),
	FIELD_STR(struct wire, chain, "chain", 0),
	FIELD_RAW(struct wire, entries, "tlogEntries", 0),
	FIELD_STRS(struct wire, stamps, "timestamps", 0, .max = WITNESS_MAX),
	FIELD_END};

void
workwitness_emit(const struct work *w, struct emit *j)
{
	const struct witness *x = &w->witness;
	AUTO(buf) struct buf pem = BUF_INIT(BUF_TEXT_MAX);

	if (x->cert.len) {
		pem_encode(&pem, "CERTIFICATE", x->cert);
		emit_kspan(j, "certificate", buf_span(&pem));
		if (x->chain.len)
			emit_kspan(j, "chain", x->chain);
	}
	if (x->entry_count) {
		emit_key(j, "tlogEntries");
		emit_array(j);
		for (size_t i = 0; i < x->entry_count; i++)
			entry_emit(&x->entries[i], j);
		emit_array_end(j);
	}
	if (x->stamp_count) {
		emit_key(j, "timestamps");
		emit_array(j);
		for (size_t i = 0; i < x->stamp_count; i++)
			emit_base64(j, x->stamps[i]);
		emit_array_end(j);
	}
}

static int
parse_entries(struct work *w, struct node list, struct err *e)
{
	if (!list.raw.ptr || list.kind == JSON_NULL)
		return 0;
	if (list.kind != JSON_ARRAY)
		return err_set(e, REASON_BAD_SHAPE, "tlogEntries: expected an array, found %s", node_kind_name(list.kind));
	for (struct node_iter it = node_iter(list); node_next(&it); w->witness.entry_count++) {
		if (w->witness.entry_count == WITNESS_MAX)
			return err_set(e, REASON_TOO_LARGE, "tlogEntries: more than %d", WITNESS_MAX);
		if (entry_decode(&w->witness.entries[w->witness.entry_count], it.value, &w->pool, e))
			return err_wrap(e, "tlogEntries[%zu]", w->witness.entry_count);
	}
	return 0;
}

static int
parse_stamps(struct work *w, const struct shape_strs *list, struct err *e)
{
	for (size_t i = 0; i < list->count; i++) {
		AUTO(buf) struct buf der = BUF_INIT(STAMPFILE_MAX);

		if (b64_decode(&der, list->items[i], B64_STD, e) || buf_check(&der, "a timestamp", e))
			return err_wrap(e, "timestamps[%zu]", i);
		w->witness.stamps[w->witness.stamp_count++] = pool_span(&w->pool, buf_span(&der));
	}
	return 0;
}

int
workwitness_parse(struct work *w, struct node root, struct err *e)
{
	AUTO(cert) struct cert leaf = CERT_INIT;
	struct wire x = {.certificate = SPAN_NONE};

	if (shape_decode(&x, fields, root, SHAPE_LENIENT, &w->pool, e) || parse_entries(w, x.entries, e) ||
	    parse_stamps(w, &x.stamps, e))
		return -1;
	w->witness.chain = x.chain;
	if (!x.certificate.ptr)
		return 0;
	if (cert_parse_pem(&leaf, x.certificate, NULL, e))
		return err_wrap(e, "certificate");
	w->witness.cert = pool_span(&w->pool, buf_span(&leaf.der));
	return 0;
}
