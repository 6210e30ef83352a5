/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/predicate.h"

#include "base/date.h"
#include "codec/utf8.h"
#include "json/emit.h"

enum need {
	OPTIONAL,
	PRESENT,	/* but may be null, as Go writes what is empty */
	REQUIRED,
};
enum { ANY = -1, TIME = -2 };	/* instead of an enum json_kind */

/* A member of a predicate, or of an object in it. */
struct predicate_member {
	const char *path;	/* "invocation.configSource" */
	enum need need;
	int kind;
};

/* A parent stands before its members. */
static const struct predicate_member slsa02[] = {
	{"builder", REQUIRED, JSON_OBJECT},
	{"builder.id", OPTIONAL, JSON_STRING},
	{"buildType", REQUIRED, JSON_STRING},
	{"invocation", OPTIONAL, JSON_OBJECT},
	{"invocation.configSource", OPTIONAL, JSON_OBJECT},
	{"invocation.configSource.digest", OPTIONAL, JSON_OBJECT},
	{"metadata", OPTIONAL, JSON_OBJECT},
	{"metadata.buildStartedOn", OPTIONAL, TIME},
	{"metadata.buildFinishedOn", OPTIONAL, TIME},
	{"materials", OPTIONAL, JSON_ARRAY},
	{0},
};
static const struct predicate_member slsa1[] = {
	{"buildDefinition", REQUIRED, JSON_OBJECT},
	{"buildDefinition.buildType", OPTIONAL, JSON_STRING},
	{"buildDefinition.resolvedDependencies", OPTIONAL, JSON_ARRAY},
	{"runDetails", REQUIRED, JSON_OBJECT},
	{"runDetails.builder", OPTIONAL, JSON_OBJECT},
	{"runDetails.builder.id", OPTIONAL, JSON_STRING},
	{"runDetails.metadata", OPTIONAL, JSON_OBJECT},
	{"runDetails.metadata.startedOn", OPTIONAL, TIME},
	{"runDetails.metadata.finishedOn", OPTIONAL, TIME},
	{"runDetails.byproducts", OPTIONAL, JSON_ARRAY},
	{0},
};
static const struct predicate_member in_toto_link[] = {
	{"_type", REQUIRED, JSON_STRING},
	{"name", REQUIRED, JSON_STRING},
	{"materials", PRESENT, JSON_OBJECT},
	{"products", PRESENT, JSON_OBJECT},
	{"byproducts", PRESENT, JSON_OBJECT},
	{"command", PRESENT, JSON_ARRAY},
	{"environment", PRESENT, JSON_OBJECT},
	{0},
};
static const struct predicate_member vuln[] = {
	{"invocation", OPTIONAL, JSON_OBJECT},
	{"invocation.uri", OPTIONAL, JSON_STRING},
	{"invocation.event_id", OPTIONAL, JSON_STRING},
	{"scanner", REQUIRED, JSON_OBJECT},
	{"scanner.uri", OPTIONAL, JSON_STRING},
	{"scanner.version", OPTIONAL, JSON_STRING},
	{"scanner.db", OPTIONAL, JSON_OBJECT},
	{"scanner.result", OPTIONAL, ANY},
	{"metadata", REQUIRED, JSON_OBJECT},
	{"metadata.scanStartedOn", OPTIONAL, TIME},
	{"metadata.scanFinishedOn", OPTIONAL, TIME},
	{0},
};

const struct predicate_type predicate_types[] = {
	{"custom", PREDICATE_CUSTOM, PREDICATE_WRAPPED, NULL},
	{"slsaprovenance", "https://slsa.dev/provenance/v0.2", PREDICATE_OBJECT, slsa02},
	{"slsaprovenance02", "https://slsa.dev/provenance/v0.2", PREDICATE_OBJECT, slsa02},
	{"slsaprovenance1", "https://slsa.dev/provenance/v1", PREDICATE_OBJECT, slsa1},
	{"link", "https://in-toto.io/Link/v1", PREDICATE_OBJECT, in_toto_link},
	{"spdx", "https://spdx.dev/Document", PREDICATE_TEXT, NULL},
	{"spdxjson", "https://spdx.dev/Document", PREDICATE_OBJECT, NULL},
	{"cyclonedx", "https://cyclonedx.org/bom", PREDICATE_OBJECT, NULL},
	{"vuln", "https://cosign.sigstore.dev/attestation/vuln/v1", PREDICATE_OBJECT, vuln},
	{"openvex", "https://openvex.dev/ns", PREDICATE_OBJECT, NULL},
	{0},
};

const struct predicate_type *
predicate_find(const char *name)
{
	for (const struct predicate_type *t = predicate_types; t->uri; t++)
		if (strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

const char *
predicate_uri(const char *type)
{
	const struct predicate_type *t = predicate_find(type);

	return t ? t->uri : type;
}

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* RFC 3986 section 3.1. */
static bool
is_scheme(struct span s)
{
	if (s.len == 0 || !is_alpha(s.ptr[0]))
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (!is_alpha(s.ptr[i]) && !strchr("0123456789+-.", s.ptr[i]))
			return false;
	return true;
}

bool
predicate_is_uri(const char *type)
{
	struct span rest = span_str(type);
	struct span scheme = span_cut(&rest, ':');

	if (!is_scheme(scheme) || rest.len == 0)
		return false;
	for (size_t i = 0; i < rest.len; i++)
		if ((unsigned char)rest.ptr[i] <= ' ' || rest.ptr[i] == 0x7f)
			return false;
	return utf8_is_valid(rest);
}

int
predicate_type(struct predicate_type *out, const char *type, bool any, struct err *e)
{
	const struct predicate_type *t = predicate_find(type);

	if (t) {
		*out = *t;
		return 0;
	}
	if (!predicate_is_uri(type) && !(any && *type && utf8_is_valid(span_str(type)))) {
		err_set(e, REASON_USAGE, "invalid predicate type: %s", type);
		return err_expected(e, "a URI or one of " PREDICATE_NAMES);
	}
	*out = (struct predicate_type){NULL, type, PREDICATE_OBJECT, NULL};
	return 0;
}

/* --- what a predicate must have --- */

/* The member that a path leads to; false when it, or what it is in, is absent
 * or null. */
static bool
walk(struct node root, const char *path, struct node *out)
{
	struct span rest = span_str(path);
	char name[64];

	for (*out = root; rest.ptr;) {
		struct span part = span_cut(&rest, '.');

		snprintf(name, sizeof(name), "%.*s", SPAN_FMT(part));
		if (!node_member(*out, name, out))
			return false;
	}
	return true;
}

static int
time_check(const char *path, struct node v, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span text;
	int64_t when;

	if (!node_string(v, &pool, &text))
		return err_set(e, REASON_BAD_SHAPE, "%s: expected a string, found %s", path, node_kind_name(v.kind));
	if (date_parse(text, &when, e) == 0)
		return 0;
	if (e)
		e->reason = REASON_BAD_SHAPE;
	return err_wrap(e, "%s", path);
}

/* Booleans have two kinds, and no member here is one. */
static int
member_check(const struct predicate_member *m, struct node root, struct err *e)
{
	struct node v = {0};
	bool there = walk(root, m->path, &v);

	if (!there || (v.kind == JSON_NULL && m->need == REQUIRED))
		return m->need == OPTIONAL ? 0 :
		    err_set(e, REASON_BAD_SHAPE, "required field %s missing", m->path);
	if (v.kind == JSON_NULL || m->kind == ANY)
		return 0;
	if (m->kind == TIME)
		return time_check(m->path, v, e);
	if (m->kind != (int)v.kind)
		return err_set(e, REASON_BAD_SHAPE, "%s: expected %s, found %s", m->path,
		    node_kind_name((enum json_kind)m->kind), node_kind_name(v.kind));
	return 0;
}

static int
object_check(const struct predicate_type *t, struct span bytes, struct err *e)
{
	struct node root;

	if (scan_document(bytes, &root, e))
		return -1;
	if (root.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_SHAPE, "expected an object, found %s", node_kind_name(root.kind));
	for (const struct predicate_member *m = t->members; m && m->path; m++)
		if (member_check(m, root, e))
			return -1;
	return 0;
}

/* A JSON string holds text; other bytes would arrive as others. */
static int
text_check(struct span bytes, struct err *e)
{
	size_t good = utf8_valid_prefix(bytes);

	if (good == bytes.len)
		return 0;
	err_set(e, REASON_BAD_ENCODING, "byte %zu is not UTF-8, and a JSON string holds nothing else", good);
	return err_hint(e, "put the bytes into base64 first");
}

int
predicate_check(const struct predicate_type *t, struct span bytes, struct err *e)
{
	int status;

	if (bytes.len > PREDICATE_MAX)
		status = err_set(e, REASON_TOO_LARGE, "more than %d bytes", PREDICATE_MAX);
	else if (t->form == PREDICATE_OBJECT)
		status = object_check(t, bytes, e);
	else
		status = text_check(bytes, e);
	if (status)
		return err_wrap(e, "%s predicate", t->name ? t->name : "JSON");
	return 0;
}

/* --- the statement --- */

static void
emit_subject(struct emit *j, const struct predicate_about *about)
{
	struct span hex = about->digest;
	struct span alg = span_cut(&hex, ':');

	emit_array(j);
	emit_object(j);
	emit_kspan(j, "name", about->name);
	emit_key(j, "digest");
	emit_object(j);
	emit_key_span(j, alg);
	emit_span(j, hex);
	emit_object_end(j);
	emit_object_end(j);
	emit_array_end(j);
}

static void
emit_wrapped(struct emit *j, struct span bytes, int64_t when)
{
	char text[DATE_TEXT];

	emit_object(j);
	emit_kspan(j, "Data", bytes);
	emit_kstr(j, "Timestamp", date_format(when, text));
	emit_object_end(j);
}

static void
emit_predicate(struct emit *j, const struct predicate_type *t, struct span bytes, int64_t when)
{
	if (t->form == PREDICATE_OBJECT)
		emit_raw(j, span_trim(bytes));
	else if (t->form == PREDICATE_TEXT)
		emit_span(j, bytes);
	else
		emit_wrapped(j, bytes, when);
}

/* What was made must be a statement for whoever reads it: a deep predicate is
 * deeper in it, and text longer. */
static int
read_again(struct span text, struct err *e)
{
	AUTO(statement) struct statement s = STATEMENT_INIT;

	return statement_parse(&s, text, e);
}

int
predicate_statement(struct buf *out, const struct predicate_type *t, struct span bytes,
    const struct predicate_about *about, struct err *e)
{
	size_t likely = bytes.len + bytes.len / 16 + 4096;
	struct emit j;

	/* At once, so that it is not moved about while it grows. */
	if (likely < out->max)
		(void)buf_room(out, likely);
	emit_init(&j, out);
	j.raw_html = true;
	emit_object(&j);
	emit_kstr(&j, "_type", STATEMENT_V01);
	emit_key(&j, "subject");
	emit_subject(&j, about);
	emit_kstr(&j, "predicateType", t->uri);
	emit_key(&j, "predicate");
	emit_predicate(&j, t, bytes, about->when);
	emit_object_end(&j);
	return buf_check(out, "the statement", e) ? -1 : read_again(buf_span(out), e);
}
