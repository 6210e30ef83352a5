/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/identity.h"

#include "crypto/fulcio.h"
#include "crypto/san.h"

int
identity_init(struct identity *id, struct span issuer, struct span issuer_pattern, struct span subject,
    struct span subject_pattern, struct err *e)
{
	identity_release(id);
	if (issuer.len == 0 && issuer_pattern.len == 0)
		return err_set(e, REASON_USAGE, "an identity needs the issuer that vouches for it");
	if (subject.len == 0 && subject_pattern.len == 0)
		return err_set(e, REASON_USAGE, "an identity needs a name");
	if (pattern_compile(&id->issuer_pattern, issuer_pattern, e))
		return err_wrap(e, "issuer");
	if (pattern_compile(&id->subject_pattern, subject_pattern, e)) {
		identity_release(id);
		return err_wrap(e, "identity");
	}
	id->issuer = issuer;
	id->subject = subject;
	return 0;
}

int
identity_add_extension(struct identity *id, struct span oid, struct span value, struct err *e)
{
	struct identity_extension x = {.value = value};

	if (oid_parse(&x.oid, oid, e)) {
		if (e)
			e->reason = REASON_USAGE;
		return -1;
	}
	if (id->extensions == IDENTITY_EXTENSIONS_MAX)
		return err_set(e, REASON_USAGE, "an identity has at most %d extensions", IDENTITY_EXTENSIONS_MAX);
	id->extension[id->extensions++] = x;
	return 0;
}

void
identity_release(struct identity *id)
{
	pattern_release(&id->issuer_pattern);
	pattern_release(&id->subject_pattern);
	*id = (struct identity)IDENTITY_INIT;
}

static int
differs(const char *what, struct span want, struct span got, struct err *e)
{
	err_set(e, REASON_WRONG_IDENTITY, "the certificate's %s is another", what);
	err_expected(e, "%.*s", SPAN_FMT(span_first(want, 256)));
	return err_found(e, "%.*s", SPAN_FMT(span_first(got, 256)));
}

/* An exact text, a pattern, or both of them by the rule. */
static int
match(const char *what, struct span want, const struct pattern *pattern, struct span got, enum identity_rule rule,
    struct err *e)
{
	bool given = pattern_is_given(pattern);

	if (want.len && !(given && rule == IDENTITY_LEGACY) && !span_eq(want, got))
		return differs(what, want, got, e);
	if (given && pattern_search(pattern, got, e)) {
		err_found(e, "%.*s", SPAN_FMT(span_first(got, 256)));
		return err_wrap(e, "the certificate's %s", what);
	}
	return 0;
}

static int
check_issuer(const struct identity *id, const struct cert *c, enum identity_rule rule, struct err *e)
{
	struct span issuer;

	if (fulcio_issuer(c, &issuer, e))
		return -1;
	/* The first certificates of Fulcio named none; a pattern that fits nothing
	 * fits them too, in the form that is as old. */
	if (issuer.len == 0 && rule == IDENTITY_LEGACY && pattern_is_given(&id->issuer_pattern))
		return match("issuer", SPAN_NONE, &id->issuer_pattern, SPAN(""), rule, e);
	if (issuer.len == 0)
		return err_set(e, REASON_WRONG_IDENTITY, "the certificate does not name the issuer of its identity");
	return match("issuer", id->issuer, &id->issuer_pattern, issuer, rule, e);
}

static int
check_subject(const struct identity *id, const struct cert *c, enum identity_rule rule, struct err *e)
{
	AUTO(san_list) struct san_list names = SAN_LIST_INIT;
	const struct san *one;

	if (san_list_get(&names, c, e))
		return -1;
	one = san_primary(&names);
	if (rule == IDENTITY_BUNDLE && one)
		return match("identity", id->subject, &id->subject_pattern, one->text, rule, e);
	for (size_t i = 0; rule == IDENTITY_LEGACY && i < names.count; i++)
		if (match("identity", id->subject, &id->subject_pattern, names.items[i].text, rule, e) == 0)
			return 0;
	if (rule == IDENTITY_LEGACY && names.count)
		return -1;
	return err_set(e, REASON_WRONG_IDENTITY, "the certificate names nobody");
}

static int
check_extensions(const struct identity *id, const struct cert *c, struct err *e)
{
	for (size_t i = 0; i < id->extensions; i++) {
		const struct identity_extension *x = &id->extension[i];
		char oid[OID_TEXT_MAX], what[OID_TEXT_MAX + 16];
		struct span got;

		if (fulcio_text(c, oid_span(&x->oid), &got, e))
			return -1;
		snprintf(what, sizeof(what), "extension %s", oid_format(oid_span(&x->oid), oid));
		if (!got.ptr)
			return err_set(e, REASON_WRONG_IDENTITY, "the certificate has no %s", what);
		if (!span_eq(got, x->value))
			return differs(what, x->value, got, e);
	}
	return 0;
}

int
identity_check(const struct identity *id, const struct cert *c, enum identity_rule rule, struct err *e)
{
	struct err why = ERR_INIT;

	/* An identity that was never set asks for nothing, and so fits nobody. */
	if (id->issuer.len == 0 && !pattern_is_given(&id->issuer_pattern))
		err_set(&why, REASON_WRONG_IDENTITY, "no identity is asked for");
	else if (check_issuer(id, c, rule, &why) == 0 && check_subject(id, c, rule, &why) == 0 &&
	    check_extensions(id, c, &why) == 0)
		return 0;
	if (e)
		*e = why;
	return -1;
}
