/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/statement.h"

#include "codec/hex.h"

void
statement_emit(struct buf *out, const char *digest, const struct shape_map *annotations)
{
	struct span rest = span_str(digest);
	struct span alg = span_cut(&rest, ':');
	struct emit j;

	emit_init(&j, out);
	j.raw_html = true;
	emit_object(&j);
	emit_kstr(&j, "_type", STATEMENT_V1);
	emit_key(&j, "subject");
	emit_array(&j);
	emit_object(&j);
	emit_key(&j, "digest");
	emit_object(&j);
	emit_key_span(&j, alg);
	emit_span(&j, rest);
	emit_object_end(&j);
	/* Upstream has an empty object there too. */
	emit_key(&j, "annotations");
	annotations_emit(&j, annotations ? annotations : &(struct shape_map){NULL, 0});
	emit_object_end(&j);
	emit_array_end(&j);
	emit_kstr(&j, "predicateType", PREDICATE_SIGN);
	emit_key(&j, "predicate");
	emit_object(&j);
	emit_object_end(&j);
	emit_object_end(&j);
}

struct raw_subject {
	struct span name, uri, download, media_type, content;
	struct shape_map digests;
	struct node annotations;
};
struct raw_statement {
	struct span type, predicate_type;
	struct shape_objs subjects;
	struct node predicate;
};

/* A ResourceDescriptor of in-toto. */
static const struct field subject_fields[] = {
	FIELD_STR(struct raw_subject, name, "name", 0),
	FIELD_STR(struct raw_subject, uri, "uri", 0),
	FIELD_MAP(struct raw_subject, digests, "digest", 0, .max = SUBJECT_DIGESTS_MAX),
	FIELD_B64(struct raw_subject, content, "content", 0),
	FIELD_STR(struct raw_subject, download, "downloadLocation", 0,
	    .alias = "download_location"),
	FIELD_STR(struct raw_subject, media_type, "mediaType", 0, .alias = "media_type"),
	FIELD_RAW(struct raw_subject, annotations, "annotations", 0),
	FIELD_END,
};
static const struct field statement_fields[] = {
	FIELD_STR(struct raw_statement, type, "_type", FIELD_REQUIRED, .alias = "type"),
	FIELD_OBJS(struct raw_statement, subjects, "subject", subject_fields, struct raw_subject,
	    FIELD_REQUIRED | FIELD_NONEMPTY, .max = SUBJECTS_MAX),
	FIELD_STR(struct raw_statement, predicate_type, "predicateType", 0,
	    .alias = "predicate_type"),
	FIELD_RAW(struct raw_statement, predicate, "predicate", 0),
	FIELD_END,
};

static int
subjects_read(struct statement *s, const struct shape_objs *raw, struct err *e)
{
	const struct raw_subject *from = raw->items;

	s->subjects = pool_array(&s->pool, raw->count, sizeof(*s->subjects));
	s->subject_count = raw->count;
	for (size_t i = 0; i < raw->count; i++) {
		enum json_kind kind = from[i].annotations.kind;

		if (kind != JSON_OBJECT && kind != JSON_NULL)
			return err_set(e, REASON_BAD_PAYLOAD,
			    "subject[%zu].annotations: expected an object, found %s", i,
			    node_kind_name(kind));
		s->subjects[i].name = from[i].name;
		s->subjects[i].digests = from[i].digests;
		s->subjects[i].annotations = from[i].annotations;
	}
	return 0;
}

static int
statement_read(struct statement *s, struct span json, struct err *e)
{
	struct raw_statement raw = {0};

	if (json.len > STATEMENT_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d bytes", STATEMENT_MAX);
	if (shape_parse(&raw, statement_fields, json, SHAPE_STRICT, &s->pool, e))
		return -1;
	if (!span_is(raw.type, STATEMENT_V1) && !span_is(raw.type, STATEMENT_V01)) {
		err_set(e, REASON_BAD_PAYLOAD, "_type is of no statement known here");
		err_expected(e, STATEMENT_V1 " or " STATEMENT_V01);
		return err_found(e, "%.*s", SPAN_FMT(raw.type));
	}
	s->type = raw.type;
	s->predicate_type = raw.predicate_type;
	s->predicate = raw.predicate;
	return subjects_read(s, &raw.subjects, e);
}

int
statement_parse(struct statement *s, struct span json, struct err *e)
{
	if (statement_read(s, json, e) == 0)
		return 0;
	if (e && !err_is(e, REASON_TOO_LARGE))
		e->reason = REASON_BAD_PAYLOAD;
	return err_wrap(e, "signed statement");
}

void
statement_release(struct statement *s)
{
	pool_release(&s->pool);
	*s = (struct statement)STATEMENT_INIT;
}

static bool
is_hex(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
			return false;
	}
	return text.len > 0 && text.len % 2 == 0;
}

static int
digests_check(const struct statement *s, struct err *e)
{
	for (size_t i = 0; i < s->subject_count; i++) {
		const struct shape_map *m = &s->subjects[i].digests;

		for (size_t k = 0; k < m->count; k++) {
			if (is_hex(m->pairs[k].value))
				continue;
			err_set(e, REASON_BAD_PAYLOAD, "signed statement: subject[%zu].digest.%.*s: "
			    "not hexadecimal", i, SPAN_FMT(m->pairs[k].key));
			return err_found(e, "%.*s", SPAN_FMT(m->pairs[k].value));
		}
	}
	return 0;
}

static bool
subject_has(const struct statement_subject *sub, struct span alg, struct span hex)
{
	for (size_t k = 0; k < sub->digests.count; k++)
		if (span_eq(sub->digests.pairs[k].key, alg) &&
		    span_eq(sub->digests.pairs[k].value, hex))
			return true;
	return false;
}

const struct statement_subject *
statement_find(const struct statement *s, struct span digest, struct err *e)
{
	struct span hex = digest;
	struct span alg = span_cut(&hex, ':');
	const struct shape_map *first;

	if (digests_check(s, e))
		return NULL;
	if (alg.len == 0 || hex.len == 0) {
		err_set(e, REASON_WRONG_SUBJECT, "no digest to look for");
		return NULL;
	}
	for (size_t i = 0; i < s->subject_count; i++)
		if (subject_has(&s->subjects[i], alg, hex))
			return &s->subjects[i];
	err_set(e, REASON_WRONG_SUBJECT, "the signed statement is about another image");
	err_expected(e, "%.*s", SPAN_FMT(digest));
	first = s->subject_count ? &s->subjects[0].digests : NULL;
	if (first && first->count)
		err_found(e, "%.*s:%.*s", SPAN_FMT(first->pairs[0].key),
		    SPAN_FMT(first->pairs[0].value));
	return NULL;
}

/* Whether the subject says that it has this digest. */
static bool
has_digest(const struct statement_subject *sub, enum hash h, struct span value)
{
	struct span hex = shape_map_get(&sub->digests, hash_name(h));
	unsigned char bytes[HASH_SIZE_MAX];

	return hex.ptr && value.ptr && value.len == hash_size(h) && hex_decode(bytes, value.len, hex) &&
	    memcmp(bytes, value.ptr, value.len) == 0;
}

static bool
is_about(const struct statement_subject *sub, const struct span *digests, bool named)
{
	static const enum hash by_strength[] = {HASH_SHA512, HASH_SHA384, HASH_SHA256};

	for (size_t i = 0; i < countof(by_strength); i++) {
		enum hash h = by_strength[i];

		if (named ? !digests[h].ptr : !shape_map_get(&sub->digests, hash_name(h)).ptr)
			continue;
		return has_digest(sub, h, digests[h]);
	}
	return false;
}

const struct statement_subject *
statement_find_file(const struct statement *s, const struct span *digests, bool named, struct err *e)
{
	char hex[2 * HASH_SIZE_MAX + 1];
	const struct shape_map *first = s->subject_count ? &s->subjects[0].digests : NULL;

	if (named && digests_check(s, e))
		return NULL;
	for (size_t i = 0; i < s->subject_count; i++)
		if (is_about(&s->subjects[i], digests, named))
			return &s->subjects[i];
	err_set(e, REASON_WRONG_SUBJECT, "the signed statement is about something else");
	for (int h = HASH_SHA512; h >= HASH_SHA256; h--) {
		if (!digests[h].ptr)
			continue;
		hex_format(hex, digests[h].ptr, hash_size((enum hash)h));
		err_expected(e, "%s:%s", hash_name((enum hash)h), hex);
	}
	if (first && first->count)
		err_found(e, "%.*s:%.*s", SPAN_FMT(first->pairs[0].key), SPAN_FMT(first->pairs[0].value));
	return NULL;
}
