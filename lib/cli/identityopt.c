/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/identityopt.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "json/shape.h"

void
identityopt_release(struct identityopt *o)
{
	for (size_t i = 0; i < o->identity_count; i++) {
		identity_release(o->identities[i]);
		free(o->identities[i]);
	}
	for (size_t i = 0; i < o->key_count; i++) {
		pubkey_release(o->keys[i]);
		free(o->keys[i]);
	}
	free(o->identities);
	free(o->keys);
	pool_release(&o->pool);
	*o = (struct identityopt)IDENTITYOPT_INIT;
}

void
identityopt_add_key(struct identityopt *o, struct pubkey *key)
{
	o->keys = xreallocarray(o->keys, o->key_count + 1, sizeof(struct pubkey *));
	o->keys[o->key_count] = xmalloc(sizeof(*key));
	*o->keys[o->key_count++] = *key;
	*key = (struct pubkey)PUBKEY_INIT;
}

static void
warn_of(struct span pattern)
{
	if (pattern.len && !pattern_is_anchored(pattern))
		log_warn("the pattern '%.*s' may match a part of a name: begin it with ^ and end it with $",
		    SPAN_FMT(pattern));
}

/* The texts must live as long as the list does. */
static struct identity *
add(struct identityopt *o, struct span issuer, struct span issuer_re, struct span subject, struct span subject_re,
    struct err *e)
{
	struct identity *id;

	if (o->identity_count == IDENTITYOPT_MAX) {
		err_set(e, REASON_TOO_LARGE, "at most %d signers can be named", IDENTITYOPT_MAX);
		return NULL;
	}
	id = xmalloc(sizeof(*id));
	*id = (struct identity)IDENTITY_INIT;
	o->identities = xreallocarray(o->identities, o->identity_count + 1, sizeof(struct identity *));
	o->identities[o->identity_count++] = id;
	if (identity_init(id, issuer, issuer_re, subject, subject_re, e))
		return NULL;
	warn_of(issuer_re);
	warn_of(subject_re);
	return id;
}

/* --- flags --- */

bool
identityopt_has_flags(const struct services_identity *s)
{
	return s->identity.count || s->identity_regexp.count || s->issuer.count || s->issuer_regexp.count;
}

static int
add_extensions(struct identityopt *o, const struct services_identity *s, struct identity *id, struct err *e)
{
	const struct { const char *oid, *value; } github[] = {
		{"1.3.6.1.4.1.57264.1.2", s->trigger}, {"1.3.6.1.4.1.57264.1.3", s->sha},
		{"1.3.6.1.4.1.57264.1.4", s->name}, {"1.3.6.1.4.1.57264.1.5", s->repository},
		{"1.3.6.1.4.1.57264.1.6", s->ref},
	};

	for (size_t i = 0; i < countof(github); i++)
		if (github[i].value && *github[i].value &&
		    identity_add_extension(id, span_str(github[i].oid), span_str(github[i].value), e))
			return -1;
	for (size_t i = 0; i < s->extension.count; i++) {
		struct span value = pool_span(&o->pool, span_str(s->extension.items[i]));
		struct span oid = span_cut(&value, '=');

		if (!value.ptr) {
			err_set(e, REASON_USAGE, "--certificate-extension");
			err_expected(e, "OID=VALUE");
			return err_found(e, "'%s'", s->extension.items[i]);
		}
		if (identity_add_extension(id, oid, value, e))
			return err_wrap(e, "--certificate-extension");
	}
	return 0;
}

/* The value at i of a list that has one for all, or one for each of count. */
static struct span
pick(const struct opt_list *l, size_t i)
{
	if (l->count == 0)
		return SPAN_NONE;
	return span_str(l->items[l->count == 1 ? 0 : i]);
}

static int
check_count(const struct opt_list *l, size_t count, const char *flag, struct err *e)
{
	if (l->count <= 1 || l->count == count)
		return 0;
	err_set(e, REASON_USAGE, "--%s: which belongs to which signer?", flag);
	err_expected(e, "one value, or %zu", count);
	err_found(e, "%zu", l->count);
	return err_hint(e, "an identity file says it in full");
}

static size_t
most(const struct services_identity *s)
{
	const struct opt_list *all[] = {&s->identity, &s->identity_regexp, &s->issuer, &s->issuer_regexp};
	size_t n = 0;

	for (size_t i = 0; i < countof(all); i++)
		if (all[i]->count > n)
			n = all[i]->count;
	return n;
}

static int
complete(const struct services_identity *s, struct err *e)
{
	if (!s->identity.count && !s->identity_regexp.count)
		return err_set(e, REASON_USAGE,
		    "--certificate-identity or --certificate-identity-regexp is required for verification without a key");
	if (!s->issuer.count && !s->issuer_regexp.count)
		return err_set(e, REASON_USAGE,
		    "--certificate-oidc-issuer or --certificate-oidc-issuer-regexp is required for verification without a key");
	return 0;
}

static int
add_flags(struct identityopt *o, const struct services_identity *s, struct err *e)
{
	size_t n = most(s);

	if (n == 0)
		return 0;
	if (complete(s, e) || check_count(&s->identity, n, "certificate-identity", e) ||
	    check_count(&s->identity_regexp, n, "certificate-identity-regexp", e) ||
	    check_count(&s->issuer, n, "certificate-oidc-issuer", e) ||
	    check_count(&s->issuer_regexp, n, "certificate-oidc-issuer-regexp", e))
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct identity *id = add(o, pick(&s->issuer, i), pick(&s->issuer_regexp, i), pick(&s->identity, i),
		    pick(&s->identity_regexp, i), e);

		if (!id || add_extensions(o, s, id, e))
			return -1;
	}
	return 0;
}

/* --- files --- */

struct entry {
	struct span issuer, issuer_re, subject, subject_re, key;
	struct shape_map extensions;
};

static const struct field entry_fields[] = {
	FIELD_STR(struct entry, issuer, "issuer", FIELD_NONEMPTY),
	FIELD_STR(struct entry, issuer_re, "issuerRegExp", FIELD_NONEMPTY),
	FIELD_STR(struct entry, subject, "subject", FIELD_NONEMPTY),
	FIELD_STR(struct entry, subject_re, "subjectRegExp", FIELD_NONEMPTY),
	FIELD_STR(struct entry, key, "key", FIELD_NONEMPTY),
	FIELD_MAP(struct entry, extensions, "extensions", 0),
	FIELD_END,
};

static int
add_key(struct identityopt *o, const struct entry *n, struct err *e)
{
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;

	if (n->issuer.len || n->issuer_re.len || n->subject.len || n->subject_re.len || n->extensions.count)
		return err_set(e, REASON_CONFIG, "a key has no issuer, subject or extensions");
	if (o->key_count == IDENTITYOPT_MAX)
		return err_set(e, REASON_TOO_LARGE, "at most %d keys can be named", IDENTITYOPT_MAX);
	if (pubkey_parse_pem(&key, n->key, e))
		return -1;
	identityopt_add_key(o, &key);
	return 0;
}

static int
add_line(struct identityopt *o, struct span line, struct err *e)
{
	struct entry n = {.key = SPAN_NONE};
	struct identity *id;

	/* What is decoded borrows the line where nothing is escaped. */
	if (shape_parse(&n, entry_fields, pool_span(&o->pool, line), SHAPE_STRICT, &o->pool, e))
		return -1;
	if (n.key.ptr)
		return add_key(o, &n, e);
	id = add(o, n.issuer, n.issuer_re, n.subject, n.subject_re, e);
	if (!id)
		return -1;
	for (size_t i = 0; i < n.extensions.count; i++)
		if (identity_add_extension(id, n.extensions.pairs[i].key, n.extensions.pairs[i].value, e))
			return -1;
	return 0;
}

int
identityopt_add_lines(struct identityopt *o, struct span text, struct err *e)
{
	size_t before = o->identity_count + o->key_count;
	size_t number = 0;

	while (text.len) {
		struct span line = span_trim(span_cut(&text, '\n'));

		number++;
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (add_line(o, line, e)) {
			if (e && !err_is(e, REASON_TOO_LARGE))
				e->reason = REASON_CONFIG;
			return err_wrap(e, "line %zu", number);
		}
	}
	if (o->identity_count + o->key_count > before)
		return 0;
	return err_set(e, REASON_CONFIG, "nobody is named in it");
}

static int
add_file(struct identityopt *o, const char *path, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(IDENTITYOPT_FILE_MAX);

	return file_read(path, &text, e) || identityopt_add_lines(o, buf_span(&text), e) ? -1 : 0;
}

int
identityopt_make(struct identityopt *o, const struct services_identity *s, struct err *e)
{
	if (add_flags(o, s, e))
		return -1;
	for (size_t i = 0; i < s->files.count; i++)
		if (add_file(o, s->files.items[i], e))
			return err_wrap(e, "--identity-file %s", s->files.items[i]);
	return 0;
}
