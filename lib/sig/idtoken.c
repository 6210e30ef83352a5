/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/idtoken.h"

#include "base/date.h"
#include "base/mem.h"
#include "codec/b64.h"

/* A claim has this many bytes at most; certificates hold no more either. */
enum { CLAIM_MAX = 4096 };

struct head { struct span algorithm, key_id; };

static const struct field head_fields[] = {
	FIELD_STR(struct head, algorithm, "alg", FIELD_REQUIRED | FIELD_NONEMPTY, .max = 64),
	FIELD_STR(struct head, key_id, "kid", 0, .max = CLAIM_MAX),
	FIELD_END};

struct claims {
	struct span issuer, subject, email, nonce, at_hash;
	struct node verified, audience, expires, not_before;
};

static const struct field claim_fields[] = {
	FIELD_STR(struct claims, issuer, "iss", FIELD_REQUIRED | FIELD_NONEMPTY, .max = CLAIM_MAX),
	FIELD_STR(struct claims, subject, "sub", 0, .max = CLAIM_MAX),
	FIELD_STR(struct claims, email, "email", 0, .max = CLAIM_MAX),
	FIELD_STR(struct claims, nonce, "nonce", 0, .max = CLAIM_MAX),
	FIELD_STR(struct claims, at_hash, "at_hash", 0, .max = CLAIM_MAX),
	FIELD_RAW(struct claims, verified, "email_verified", 0),
	FIELD_RAW(struct claims, audience, "aud", 0),
	FIELD_RAW(struct claims, expires, "exp", FIELD_REQUIRED),
	FIELD_RAW(struct claims, not_before, "nbf", 0),
	FIELD_END};

void
idtoken_release(struct idtoken *t)
{
	pool_release(&t->pool);
	*t = (struct idtoken)IDTOKEN_INIT;
}

/* Whatever breaks the rules of JSON or base64 in here makes a bad token. */
static int
bad(struct err *e, const char *part)
{
	if (e && e->reason != REASON_TOO_LARGE)
		e->reason = REASON_BAD_TOKEN;
	return err_wrap(e, "the identity token's %s", part);
}

static int
split(struct span text, struct span part[3], struct err *e)
{
	struct span rest = text;
	size_t dots = 0;

	if (text.len > IDTOKEN_MAX) {
		err_set(e, REASON_TOO_LARGE, "the identity token is too long");
		err_expected(e, "at most %d bytes", IDTOKEN_MAX);
		return err_found(e, "%zu", text.len);
	}
	for (size_t i = 0; i < text.len; i++)
		dots += text.ptr[i] == '.';
	for (size_t i = 0; i < 3; i++)
		part[i] = span_cut(&rest, '.');
	if (dots == 2 && part[0].len && part[1].len && part[2].len)
		return 0;
	err_set(e, REASON_BAD_TOKEN, "the identity token is no JSON Web Token");
	err_expected(e, "three parts with a dot between them");
	return err_found(e, "%zu bytes with %zu dots", text.len, dots);
}

/* The signature is what makes a token dear: it is looked at where it stands. */
static int
check_signature(struct span text, struct err *e)
{
	size_t i = 0;

	while (i < text.len && ((text.ptr[i] >= 'a' && text.ptr[i] <= 'z') || (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z') ||
	    (text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == '-' || text.ptr[i] == '_'))
		i++;
	if (i == text.len && text.len % 4 != 1)
		return 0;
	err_set(e, REASON_BAD_TOKEN, "the identity token's signature is not in base64url");
	return -1;
}

static int
decode(struct span text, const char *what, struct pool *pool, struct span *out, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(b64_decoded_max(text.len));

	if (b64_decode(&bytes, text, B64_URL, e))
		return bad(e, what);
	*out = pool_span(pool, buf_span(&bytes));
	return 0;
}

static int
read_head(struct idtoken *t, struct span text, struct err *e)
{
	struct head h = {0};
	struct span json;

	if (decode(text, "head", &t->pool, &json, e))
		return -1;
	if (shape_parse(&h, head_fields, json, SHAPE_LENIENT, &t->pool, e))
		return bad(e, "head");
	if (span_eq_nocase(h.algorithm, SPAN("none")))
		return err_set(e, REASON_BAD_TOKEN, "the identity token is not signed: its algorithm is none");
	t->algorithm = h.algorithm;
	t->key_id = h.key_id;
	return 0;
}

/* A boolean, and what some providers write for one. */
static int
read_verified(struct idtoken *t, struct node v, struct err *e)
{
	if (v.kind == JSON_TRUE || node_is(v, "true") || node_is(v, "True"))
		t->email_verified = true;
	else if (v.raw.ptr && v.kind != JSON_FALSE && v.kind != JSON_NULL && !node_is(v, "false") && !node_is(v, "False"))
		return err_set(e, REASON_BAD_TOKEN, "the identity token's email_verified is neither true nor false");
	return 0;
}

static int
add_audience(struct idtoken *t, struct node v, struct err *e)
{
	struct span *to = &t->audiences[t->audience_count];

	if (!node_string(v, &t->pool, to) || to->len > CLAIM_MAX)
		return err_set(e, REASON_BAD_TOKEN, "the identity token's aud is no text");
	t->audience_count++;
	return 0;
}

/* RFC 7519 section 4.1.3: one, or several in an array. */
static int
read_audiences(struct idtoken *t, struct node v, struct err *e)
{
	size_t count;

	if (!v.raw.ptr || v.kind == JSON_NULL)
		return 0;
	count = v.kind == JSON_ARRAY ? node_count(v) : 1;
	if (count > IDTOKEN_AUDIENCES_MAX) {
		err_set(e, REASON_TOO_LARGE, "the identity token has too many audiences");
		return err_expected(e, "at most %d", IDTOKEN_AUDIENCES_MAX);
	}
	t->audiences = pool_array(&t->pool, count + 1, sizeof(*t->audiences));
	if (v.kind != JSON_ARRAY)
		return add_audience(t, v, e);
	for (struct node_iter it = node_iter(v); node_next(&it);)
		if (add_audience(t, it.value, e))
			return -1;
	return 0;
}

/* Seconds, maybe with a fraction (RFC 7519 section 2, NumericDate). */
static int
read_time(struct node v, const char *name, int64_t *when, struct err *e)
{
	struct span whole = v.raw;
	uint64_t seconds;

	if (v.kind == JSON_NUMBER && node_int(v, when) && *when >= 0)
		return 0;
	if (v.kind == JSON_NUMBER && span_find(v.raw, 'e') < 0 && span_find(v.raw, 'E') < 0 &&
	    span_decimal(span_cut(&whole, '.'), INT64_MAX, &seconds)) {
		*when = (int64_t)seconds;
		return 0;
	}
	return err_set(e, REASON_BAD_TOKEN, "the identity token's %s is no time", name);
}

static int
read_times(struct idtoken *t, const struct claims *c, struct err *e)
{
	bool begins = c->not_before.raw.ptr && c->not_before.kind != JSON_NULL;

	return read_time(c->expires, "exp", &t->expires, e) ||
	    (begins && read_time(c->not_before, "nbf", &t->not_before, e)) ? -1 : 0;
}

static int
read_claims(struct idtoken *t, struct span text, struct err *e)
{
	struct claims c = {0};
	struct span json;

	if (decode(text, "claims", &t->pool, &json, e))
		return -1;
	if (shape_parse(&c, claim_fields, json, SHAPE_LENIENT, &t->pool, e))
		return bad(e, "claims");
	t->issuer = c.issuer;
	t->subject = c.subject;
	t->email = c.email;
	t->nonce = c.nonce;
	t->at_hash = c.at_hash;
	return read_verified(t, c.verified, e) || read_audiences(t, c.audience, e) ||
	    read_times(t, &c, e) ? -1 : 0;
}

int
idtoken_parse(struct idtoken *t, struct span text, struct err *e)
{
	struct span part[3];

	return split(text, part, e) || check_signature(part[2], e) || read_head(t, part[0], e) ||
	    read_claims(t, part[1], e) ? -1 : 0;
}

bool
idtoken_is_form(struct span text)
{
	AUTO(idtoken) struct idtoken t = IDTOKEN_INIT;
	struct span part[3], json;
	struct node root;

	return split(text, part, NULL) == 0 && check_signature(part[1], NULL) == 0 && check_signature(part[2], NULL) == 0 &&
	    decode(part[0], "", &t.pool, &json, NULL) == 0 && scan_document(json, &root, NULL) == 0;
}

int
idtoken_identity(const struct idtoken *t, struct span *who, struct err *e)
{
	if (t->email.len && !t->email_verified) {
		err_set(e, REASON_BAD_TOKEN, "the identity provider has not verified the email address");
		err_expected(e, "email_verified true");
		return err_found(e, "%.*s of %.*s", SPAN_FMT(t->email), SPAN_FMT(t->issuer));
	}
	*who = t->email.len ? t->email : t->subject;
	return who->len ? 0 :
	    err_set(e, REASON_BAD_TOKEN, "the identity token names nobody: it has neither email nor sub");
}

int
idtoken_check_time(const struct idtoken *t, int64_t now, struct err *e)
{
	char until[DATE_TEXT], at[DATE_TEXT];

	if (now < t->not_before - IDTOKEN_LEEWAY_S) {
		err_set(e, REASON_BAD_TOKEN, "the identity token is not valid yet");
		err_expected(e, "a token that is good at %s", date_format(now, at));
		return err_found(e, "one that is good from %s on", date_format(t->not_before, until));
	}
	if (now < t->expires)
		return 0;
	err_set(e, REASON_BAD_TOKEN, "the identity token has expired");
	err_expected(e, "a token that is good at %s", date_format(now, at));
	err_found(e, "one that was good until %s", date_format(t->expires, until));
	return err_hint(e, "get a new one: cosign get-token prints it");
}

int
idtoken_check_audience(const struct idtoken *t, const char *audience, struct err *e)
{
	for (size_t i = 0; i < t->audience_count; i++)
		if (span_is(t->audiences[i], audience))
			return 0;
	err_set(e, REASON_BAD_TOKEN, "the identity token is for somebody else");
	err_expected(e, "the audience %s", audience);
	return t->audience_count ? err_found(e, "%.*s", SPAN_FMT(t->audiences[0])) : err_found(e, "none");
}
