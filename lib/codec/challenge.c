/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/challenge.h"

struct reader {
	struct span rest;
	struct pool *pool;
};

static bool
byte_is_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

static bool
byte_is_token68(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("-._~+/", c));
}

static void
skip_blanks(struct reader *r)
{
	while (r->rest.len && (r->rest.ptr[0] == ' ' || r->rest.ptr[0] == '\t'))
		r->rest = span_from(r->rest, 1);
}

/* Lists may have empty members: ", ,". */
static void
skip_commas(struct reader *r)
{
	skip_blanks(r);
	while (span_starts(r->rest, ",")) {
		r->rest = span_from(r->rest, 1);
		skip_blanks(r);
	}
}

static bool
next_is(const struct reader *r, char c)
{
	return r->rest.len && r->rest.ptr[0] == c;
}

static struct span
read_token(struct reader *r)
{
	size_t n = 0;
	struct span token;

	while (n < r->rest.len && byte_is_token(r->rest.ptr[n]))
		n++;
	token = span_first(r->rest, n);
	r->rest = span_from(r->rest, n);
	return token;
}

static int
read_quoted(struct reader *r, struct span *out, struct err *e)
{
	char *text = pool_alloc(r->pool, r->rest.len + 1);
	size_t n = 0, i = 1;

	for (; i < r->rest.len && r->rest.ptr[i] != '"'; i++) {
		if (r->rest.ptr[i] == '\\' && i + 1 < r->rest.len)
			i++;
		if ((unsigned char)r->rest.ptr[i] < ' ' && r->rest.ptr[i] != '\t')
			return err_set(e, REASON_BAD_CHALLENGE, "control character in a quoted string");
		text[n++] = r->rest.ptr[i];
	}
	if (i >= r->rest.len)
		return err_set(e, REASON_BAD_CHALLENGE, "a quoted string that does not end");
	r->rest = span_from(r->rest, i + 1);
	*out = span_of(text, n);
	return 0;
}

static int
keep_param(struct challenge *c, struct span name, struct span value, struct err *e)
{
	const struct { const char *name; struct span *field; } known[] = {
		{"realm", &c->realm}, {"service", &c->service}, {"scope", &c->scope}, {"error", &c->error},
	};

	for (size_t i = 0; i < countof(known); i++) {
		if (!span_eq_nocase(name, span_str(known[i].name)))
			continue;
		if (known[i].field->ptr)
			return err_set(e, REASON_BAD_CHALLENGE, "parameter '%s' is there twice", known[i].name);
		*known[i].field = value;
	}
	return 0;
}

/*
 * One name=value behind the scheme. *ended is set, and nothing taken, when the
 * token starts the next challenge instead.
 */
static int
read_param(struct reader *r, struct challenge *c, bool *ended, struct err *e)
{
	struct span before = r->rest, name = read_token(r), value;

	skip_blanks(r);
	if (name.len == 0)
		return err_set(e, REASON_BAD_CHALLENGE, "expected a parameter, found '%.*s'",
		    SPAN_FMT(span_first(r->rest, 20)));
	if (!next_is(r, '=')) {
		r->rest = before;
		*ended = true;
		return 0;
	}
	r->rest = span_from(r->rest, 1);
	skip_blanks(r);
	if (next_is(r, '"')) {
		if (read_quoted(r, &value, e))
			return -1;
	} else {
		value = read_token(r);
		if (value.len == 0)
			return err_set(e, REASON_BAD_CHALLENGE, "parameter '%.*s' has no value", SPAN_FMT(span_first(name, 40)));
		value = pool_span(r->pool, value);
	}
	skip_blanks(r);
	if (r->rest.len && !next_is(r, ','))
		return err_set(e, REASON_BAD_CHALLENGE, "bytes behind the value of '%.*s'", SPAN_FMT(span_first(name, 40)));
	return keep_param(c, name, value, e);
}

/* "Negotiate YII=": one blob of base64 instead of parameters. */
static bool
skip_token68(struct reader *r)
{
	size_t n = 0;
	struct reader after;

	while (n < r->rest.len && byte_is_token68(r->rest.ptr[n]))
		n++;
	while (n > 0 && n < r->rest.len && r->rest.ptr[n] == '=')
		n++;
	after = (struct reader){span_from(r->rest, n), r->pool};
	skip_blanks(&after);
	if (n == 0 || (after.rest.len && !next_is(&after, ',')))
		return false;
	*r = after;
	return true;
}

/* Scheme and parameters of the next challenge. */
static int
read_challenge(struct reader *r, struct challenge *c, struct span *scheme, struct err *e)
{
	bool ended = false;

	*scheme = read_token(r);
	if (scheme->len == 0)
		return err_set(e, REASON_BAD_CHALLENGE, "expected a scheme, found '%.*s'", SPAN_FMT(span_first(r->rest, 20)));
	if (r->rest.len && !next_is(r, ',') && !next_is(r, ' ') && !next_is(r, '\t'))
		return err_set(e, REASON_BAD_CHALLENGE, "bytes behind the scheme '%.*s'", SPAN_FMT(span_first(*scheme, 20)));
	skip_blanks(r);
	if (skip_token68(r))
		return 0;
	skip_commas(r);
	for (unsigned n = 0; r->rest.len && !ended; n++) {
		if (n == CHALLENGE_PARAMS_MAX)
			return err_set(e, REASON_BAD_CHALLENGE, "more than %d parameters", CHALLENGE_PARAMS_MAX);
		if (read_param(r, c, &ended, e))
			return -1;
		skip_commas(r);
	}
	return 0;
}

/* 1 when a challenge we know was found. */
static int
read_header(struct challenge *c, struct span value, struct pool *pool, struct err *e)
{
	struct reader r = {value, pool};
	struct span scheme;

	if (value.len > CHALLENGE_MAX)
		return err_set(e, REASON_BAD_CHALLENGE, "%zu bytes of WWW-Authenticate, more than %d", value.len, CHALLENGE_MAX);
	for (skip_commas(&r); r.rest.len; skip_commas(&r)) {
		memset(c, 0, sizeof(*c));
		if (read_challenge(&r, c, &scheme, e))
			return -1;
		c->kind = span_eq_nocase(scheme, SPAN("bearer")) ? CHALLENGE_BEARER : CHALLENGE_BASIC;
		if (c->kind == CHALLENGE_BEARER && c->realm.len == 0)
			return err_set(e, REASON_BAD_CHALLENGE, "a Bearer challenge without realm");
		if (c->kind == CHALLENGE_BEARER || span_eq_nocase(scheme, SPAN("basic")))
			return 1;
	}
	return 0;
}

int
challenge_parse(struct challenge *c, const struct span *values, size_t count, struct pool *pool, struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		int rc = read_header(c, values[i], pool, e);

		if (rc)
			return rc < 0 ? -1 : 0;
	}
	memset(c, 0, sizeof(*c));
	return err_set(e, REASON_BAD_CHALLENGE, count ? "neither Basic nor Bearer is offered" :
	    "the server wants a login and does not say how");
}
