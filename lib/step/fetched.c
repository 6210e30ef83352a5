/* SPDX-License-Identifier: Apache-2.0 */
#include "step/fetched.h"

#include "crypto/certlist.h"
#include "sig/certdump.h"
#include "sig/material.h"

int
fetched_output(const char *word, enum fetched_output *out, struct err *e)
{
	static const char *const words[] = {"stored", "envelope", "statement", "predicate"};

	for (size_t i = 0; i < countof(words); i++)
		if (strcmp(word, words[i]) == 0) {
			*out = (enum fetched_output)i;
			return 0;
		}
	err_set(e, REASON_USAGE, "--output");
	err_expected(e, "stored, envelope, statement or predicate");
	return err_found(e, "'%s'", word);
}

static int
put(FILE *to, struct span bytes, struct err *e)
{
	if (fwrite(bytes.ptr ? bytes.ptr : "", 1, bytes.len, to) == bytes.len)
		return 0;
	return err_errno(e, REASON_OUTPUT, "cannot write to standard output");
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Checked JSON without blanks between its tokens. Nothing is copied: it may be
 * large. */
static int
put_compact(FILE *to, struct span json, struct err *e)
{
	size_t from = 0;
	bool quoted = false;

	for (size_t i = 0; i < json.len; i++) {
		if (quoted && json.ptr[i] == '\\') {
			i++;
		} else if (json.ptr[i] == '"') {
			quoted = !quoted;
		} else if (!quoted && is_blank(json.ptr[i])) {
			if (put(to, span_of(json.ptr + from, i - from), e))
				return -1;
			from = i + 1;
		}
	}
	return put(to, span_from(json, from), e) || put(to, SPAN("\n"), e) ? -1 : 0;
}

/* --- signatures --- */

static int
emit_certificates(struct emit *j, const char *name, struct span pem, bool all, struct err *e)
{
	AUTO(certlist) struct certlist list = CERTLIST_INIT;

	emit_key(j, name);
	if (!span_trim(pem).len) {
		emit_null(j);
		return 0;
	}
	if (certlist_add_pem(&list, pem, e)) {
		if (e)
			e->reason = REASON_BAD_CERTIFICATE;
		return err_wrap(e, "annotation %s", all ? ANNOTATION_CHAIN : ANNOTATION_CERTIFICATE);
	}
	if (all)
		emit_array(j);
	for (size_t i = 0; i < (all ? list.count : 1); i++)
		certdump_emit(list.items[i], j);
	if (all)
		emit_array_end(j);
	return 0;
}

/* An annotation that holds JSON. */
static int
emit_object_of(struct emit *j, const char *name, const struct candidate *c, const char *annotation, struct err *e)
{
	struct span text = shape_map_get(&c->annotations, annotation);
	struct node root;

	emit_key(j, name);
	if (!text.len) {
		emit_null(j);
		return 0;
	}
	if (scan_document(text, &root, e))
		return err_wrap(e, "annotation %s", annotation);
	emit_raw(j, root.raw);
	return 0;
}

int
fetched_signature(const struct candidate *c, FILE *to, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	struct span signature = shape_map_get(&c->annotations, ANNOTATION_SIGNATURE);
	struct emit j;

	if (!signature.ptr)
		return err_set(e, REASON_BAD_SIGNATURE, "layer %zu of the signatures has no annotation " ANNOTATION_SIGNATURE,
		    c->index);
	emit_init(&j, &out);
	emit_object(&j);
	emit_kspan(&j, "Base64Signature", signature);
	emit_key(&j, "Payload");
	emit_base64(&j, c->bytes);
	if (emit_certificates(&j, "Cert", shape_map_get(&c->annotations, ANNOTATION_CERTIFICATE), false, e) ||
	    emit_certificates(&j, "Chain", shape_map_get(&c->annotations, ANNOTATION_CHAIN), true, e) ||
	    emit_object_of(&j, "Bundle", c, ANNOTATION_BUNDLE, e) ||
	    emit_object_of(&j, "RFC3161Timestamp", c, ANNOTATION_TIMESTAMP, e))
		return -1;
	emit_object_end(&j);
	return buf_check(&out, "a signature", e) ? -1 : put_compact(to, buf_span(&out), e);
}

/* What upstream takes from a registry: version 0.3 and later. */
static int
read_bundle(const struct candidate *c, struct bundle *b, struct err *e)
{
	if (bundle_parse_chain(b, c->bytes, e) && bundle_parse(b, c->bytes, e))
		return -1;
	if (b->minor >= 3)
		return 0;
	return err_set(e, REASON_BAD_BUNDLE, "a bundle of version 0.%d, which is not stored beside images", b->minor);
}

int
fetched_bundle(const struct candidate *c, FILE *to, struct err *e)
{
	AUTO(bundle) struct bundle b = BUNDLE_INIT;

	return read_bundle(c, &b, e) ? -1 : put_compact(to, span_trim(c->bytes), e);
}

/* --- attestations --- */

struct wire_signature { struct span keyid, sig; };
struct wire_envelope {
	struct span payload_type;
	struct node payload;
	struct shape_objs signatures;
};

static const struct field signature_fields[] = {
	FIELD_STR(struct wire_signature, keyid, "keyid", 0),
	FIELD_STR(struct wire_signature, sig, "sig", 0),
	FIELD_END};
static const struct field envelope_fields[] = {
	FIELD_STR(struct wire_envelope, payload_type, "payloadType", 0),
	FIELD_RAW(struct wire_envelope, payload, "payload", FIELD_REQUIRED, .max = ATTACHMENT_SIZE_MAX),
	FIELD_OBJS(struct wire_envelope, signatures, "signatures", signature_fields, struct wire_signature, 0),
	FIELD_END};

/* A legacy envelope with its members in upstream's order, whatever the number of
 * its signatures. */
static int
put_envelope(const struct candidate *c, FILE *to, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(buf) struct buf head = BUF_INIT(BUF_TEXT_MAX), tail = BUF_INIT(BUF_BIG_MAX);
	struct wire_envelope v = {.payload_type = SPAN("")};
	const struct wire_signature *s;
	struct emit j;

	if (shape_parse(&v, envelope_fields, c->bytes, SHAPE_LENIENT, &pool, e) || v.payload.kind != JSON_STRING) {
		err_set(e, REASON_BAD_BUNDLE, "layer %zu of the attestations is no envelope", c->index);
		return -1;
	}
	emit_init(&j, &head);
	emit_object(&j);
	emit_kspan(&j, "payloadType", v.payload_type.ptr ? v.payload_type : SPAN(""));
	emit_key(&j, "payload");
	emit_init(&j, &tail);
	emit_array(&j);
	s = v.signatures.items;
	for (size_t i = 0; i < v.signatures.count; i++) {
		emit_object(&j);
		emit_kspan(&j, "keyid", s[i].keyid.ptr ? s[i].keyid : SPAN(""));
		emit_kspan(&j, "sig", s[i].sig.ptr ? s[i].sig : SPAN(""));
		emit_object_end(&j);
	}
	emit_array_end(&j);
	if (buf_check(&head, "an envelope", e) || buf_check(&tail, "an envelope", e))
		return -1;
	return put(to, buf_span(&head), e) || put(to, v.payload.raw, e) || put(to, SPAN(",\"signatures\":"), e) ||
	    put(to, buf_span(&tail), e) || put(to, SPAN("}\n"), e) ? -1 : 0;
}

/* In a statement, or what should be one. */
struct said { struct span type; };
static const struct field said_fields[] = {
	FIELD_STR(struct said, type, "predicateType", 0),
	FIELD_END};

static int
read_attestation(const struct candidate *c, struct material *m, struct err *e)
{
	const struct material_layer layer = {.payload = c->bytes};

	if (c->form == FORM_LEGACY)
		return material_from_envelope(m, &layer, e);
	if (read_bundle(c, &m->bundle, e))
		return -1;
	m->form = MATERIAL_BUNDLE;
	m->sig = m->bundle.sig;
	m->keyid = m->bundle.keyid;
	m->content = m->bundle.content;
	return 0;
}

int
fetched_attestation(const struct candidate *c, const struct fetched_wanted *w, FILE *to, struct pool *pool,
    struct span *type, struct err *e)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	struct said said = {SPAN_NONE};
	bool enveloped;

	*type = SPAN_NONE;
	/* An envelope is printed even if nobody here would take it. */
	if (c->form == FORM_LEGACY && w->output == FETCHED_STORED && !w->type)
		return put_envelope(c, to, e);
	if (read_attestation(c, &m, e))
		return -1;
	enveloped = c->form == FORM_LEGACY || m.content == BUNDLE_DSSE;
	if (enveloped && shape_parse(&said, said_fields, m.bundle.payload, SHAPE_LENIENT, pool, NULL) == 0)
		*type = said.type;
	if (w->type && !span_is(*type, w->type))
		return 1;
	if (w->output == FETCHED_STORED)
		return c->form == FORM_LEGACY ? put_envelope(c, to, e) : put_compact(to, span_trim(c->bytes), e);
	if (!enveloped)
		return 1;
	attested_print((enum attested_output)(w->output - FETCHED_ENVELOPE), false, &m,
	    c->form == FORM_LEGACY ? c->bytes : SPAN_NONE, &out);
	return buf_check(&out, "an attestation", e) ? -1 : put(to, buf_span(&out), e);
}
