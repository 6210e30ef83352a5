/* SPDX-License-Identifier: Apache-2.0 */
#include "step/attach.h"

#include "base/log.h"
#include "codec/b64.h"
#include "crypto/certlist.h"
#include "crypto/tsp.h"
#include "sig/envelope.h"
#include "sig/logset.h"
#include "sig/material.h"
#include "sig/stampfile.h"

void
attach_release(struct attach *a)
{
	for (size_t i = 0; i < a->items.count; i++)
		statement_release(&a->items.items[i].statement);
	VEC_FREE(&a->items);
	pool_release(&a->pool);
}

/* --- attestations --- */

static int
check_type(struct span type, struct err *e)
{
	if (span_is(type, INTOTO_PAYLOAD_TYPE))
		return 0;
	err_set(e, REASON_WRONG_TYPE, "the envelope is no attestation: its payloadType");
	err_expected(e, "%s", INTOTO_PAYLOAD_TYPE);
	return err_found(e, "%.*s", SPAN_FMT(span_first(type, 200)));
}

static int
read_bundle(struct attach_item *it, struct span json, struct pool *pool, struct err *e)
{
	AUTO(bundle) struct bundle b = BUNDLE_INIT;

	if (bundle_parse(&b, json, e))
		return -1;
	if (b.content != BUNDLE_DSSE)
		return err_set(e, REASON_BAD_BUNDLE, "the bundle has no envelope: it is about a file, not about an image");
	if (check_type(b.payload_type, e))
		return -1;
	if (b.minor < 3)
		log_warn("this bundle is of version 0.%d; few programs read one before 0.3 from beside an image "
		    "(cosign bundle upgrade makes one)", b.minor);
	it->form = FORM_BUNDLE;
	it->bytes = pool_span(pool, json);
	return statement_parse(&it->statement, pool_span(pool, b.payload), e);
}

/* In the order of members that upstream stores. */
static void
emit_envelope(const struct envelope *v, struct buf *out)
{
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	emit_kspan(&j, "payloadType", v->payload_type);
	emit_key(&j, "payload");
	emit_base64(&j, v->payload);
	emit_key(&j, "signatures");
	emit_array(&j);
	emit_object(&j);
	emit_kspan(&j, "keyid", v->keyid.ptr ? v->keyid : SPAN(""));
	emit_key(&j, "sig");
	emit_base64(&j, v->sig);
	emit_object_end(&j);
	emit_array_end(&j);
	emit_object_end(&j);
}

static int
read_envelope(struct attach_item *it, struct span json, struct attach *a, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(a->max);
	struct envelope v;

	if (envelope_parse(&v, json, &a->pool, e) || check_type(v.payload_type, e))
		return -1;
	emit_envelope(&v, &out);
	if (buf_check(&out, "the envelope", e))
		return -1;
	it->form = FORM_LEGACY;
	it->bytes = pool_span(&a->pool, buf_span(&out));
	return statement_parse(&it->statement, v.payload, e);
}

static int
read_item(struct attach *a, const char *file, struct span json, struct err *e)
{
	struct attach_item *it;

	if (json.len > a->max) {
		err_set(e, REASON_TOO_LARGE, "an attestation of %zu bytes is not read again", json.len);
		return err_expected(e, "at most %zu bytes (COSIGN_MAX_ATTACHMENT_SIZE)", a->max);
	}
	if (a->items.count == ATTACH_ITEMS_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d attestations", ATTACH_ITEMS_MAX);
	it = VEC_PUSH(&a->items);
	*it = (struct attach_item){.file = file, .statement = STATEMENT_INIT};
	return bundle_is_one(json) ? read_bundle(it, json, &a->pool, e) : read_envelope(it, json, a, e);
}

int
attach_parse(struct attach *a, const char *file, struct span text, struct err *e)
{
	struct span rest = span_trim(text);
	struct node value;

	if (!rest.len)
		return err_set(e, REASON_BAD_BUNDLE, "%s is empty", file);
	for (size_t n = 1; rest.len; n++)
		if (scan_value(rest, &value, &rest, e) || read_item(a, file, value.raw, e))
			return err_wrap(e, "%s: attestation %zu", file, n);
	return 0;
}

/* --- the parts of a legacy signature --- */

int
attach_read_signature(struct span *out, struct span text, struct pool *pool, struct err *e)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

	if (material_from_signature(&m, text, e))
		return -1;
	b64_encode(&b, m.sig, B64_STD);
	*out = pool_span(pool, buf_span(&b));
	return buf_check(&b, "the signature", e);
}

int
attach_read_certificates(struct span *out, struct span text, struct pool *pool, struct err *e)
{
	AUTO(certlist) struct certlist list = CERTLIST_INIT;
	AUTO(buf) struct buf plain = BUF_INIT(ATTACH_CERT_MAX);

	/* sign-blob writes certificates so. */
	if (!span_starts(span_trim(text), "-----") && b64_decode(&plain, span_trim(text), B64_STD, NULL) == 0)
		text = buf_span(&plain);
	if (certlist_add_pem(&list, text, e))
		return -1;
	*out = pool_span(pool, text);
	return 0;
}

int
attach_read_stamp(struct span *out, struct span text, struct pool *pool, struct err *e)
{
	AUTO(buf) struct buf b = BUF_INIT(2 * (size_t)STAMPFILE_MAX);
	AUTO(tsp) struct tsp t = TSP_INIT;
	struct span der = text;

	if ((span_starts(span_trim(text), "{") && stampfile_parse(&der, text, pool, e)) || tsp_parse_response(&t, der, e))
		return -1;
	stampfile_emit(der, &b);
	*out = pool_span(pool, buf_span(&b));
	return buf_check(&b, "the timestamp", e);
}

int
attach_read_log(struct span *out, struct span text, struct pool *pool, struct err *e)
{
	AUTO(oldbundle) struct oldbundle old = OLDBUNDLE_INIT;
	AUTO(buf) struct buf b = BUF_INIT(LOGSET_MAX);
	struct span log = text;
	struct bundle_entry entry;
	struct node root, member;

	if (scan_document(text, &root, e))
		return -1;
	if (!node_member(root, "SignedEntryTimestamp", &member)) {
		if (oldbundle_parse(&old, text, e))
			return -1;
		if (!old.log.len)
			return err_set(e, REASON_BAD_BUNDLE, "there is no rekorBundle in it");
		log = old.log;
	}
	if (logset_parse(&entry, log, pool, e))
		return -1;
	logset_emit(&entry, &b);
	*out = pool_span(pool, buf_span(&b));
	return buf_check(&b, "log evidence", e);
}

/* --- storing --- */

static int
store_envelope(const struct attach_item *it, const struct store *s, bool docker_types, struct work *w, struct err *e)
{
	const struct shape_pair none = {SPAN(ANNOTATION_SIGNATURE), SPAN("")};
	struct store_layer layer = {it->bytes, MEDIA_DSSE, &none, 1};
	struct store_legacy how = {.attestation = true, .docker_types = docker_types};

	return store_put_legacy(s, &w->subject, &layer, &how, &w->pool, &w->location, e);
}

/* Who would verify it as one of this image looks for the image in it. */
static void
warn_foreign(const struct attach_item *it, const struct work *w)
{
	if (!statement_find(&it->statement, w->subject.desc.digest, NULL))
		log_warn("%s is about something else than %.*s", it->file, SPAN_FMT(w->subject.desc.digest));
}

int
attach_store(const struct attach_item *it, const struct store *s, bool docker_types, struct work *w, struct err *e)
{
	w->form = it->form;
	w->predicate_type = it->statement.predicate_type;
	warn_foreign(it, w);
	if (it->form == FORM_LEGACY)
		return store_envelope(it, s, docker_types, w, e);
	return store_put_bundle(s, &w->subject, it->bytes, pool_str(&w->pool, w->predicate_type), false, &w->pool,
	    &w->location, e);
}

static bool
same_signature(void *ctx, struct span payload, struct span old_signature)
{
	const struct attach_signature *sig = ctx;

	(void)payload;
	return span_eq(sig->signature, old_signature);
}

int
attach_store_signature(const struct attach_signature *sig, const struct store *s, bool docker_types, struct work *w,
    struct err *e)
{
	const struct shape_pair all[] = {
		{SPAN(ANNOTATION_SIGNATURE), sig->signature}, {SPAN(ANNOTATION_BUNDLE), sig->log},
		{SPAN(ANNOTATION_CERTIFICATE), sig->certificate}, {SPAN(ANNOTATION_CHAIN), sig->chain},
		{SPAN(ANNOTATION_TIMESTAMP), sig->stamp},
	};
	struct shape_pair given[countof(all)];
	struct attach_signature copy = *sig;
	struct store_layer layer = {sig->payload, MEDIA_SIMPLE_SIGNING, given, 0};
	struct store_legacy how = {.docker_types = docker_types, .same = same_signature, .ctx = &copy};

	for (size_t i = 0; i < countof(all); i++)
		if (all[i].value.ptr)
			given[layer.annotation_count++] = all[i];
	w->form = FORM_LEGACY;
	return store_put_legacy(s, &w->subject, &layer, &how, &w->pool, &w->location, e);
}
