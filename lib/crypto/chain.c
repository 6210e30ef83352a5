/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/chain.h"

#include <openssl/x509_vfy.h>
#include "base/date.h"
#include "codec/oid.h"
#include "crypto/certusage.h"
#include "crypto/ossl.h"

/* Steps of the search and paths that OpenSSL is asked about: certificates of
 * one name can be joined in endless ways. */
enum { STEPS_MAX = 256, PATHS_MAX = 16, SECURITY_LEVEL = 2 };

struct search {
	const struct chain_want *want;
	struct chain path;
	unsigned steps, paths;
	struct err why;			/* of what came nearest */
	size_t reached;			/* its length */
};

/* Remembers the error of the path that got furthest, the first of them. */
static int
reject(struct search *s, const struct err *why)
{
	if (s->path.count > s->reached) {
		s->reached = s->path.count;
		s->why = *why;
	}
	return -1;
}

static int
refuse(struct search *s, enum reason reason, const struct cert *c, const char *what)
{
	struct err e = ERR_INIT;
	char name[CERT_NAME_MAX];

	err_set(&e, reason, "certificate '%s' %s", cert_describe(c, name), what);
	return reject(s, &e);
}

static int
check_time(struct search *s, const struct cert *c)
{
	struct err e = ERR_INIT;
	char name[CERT_NAME_MAX], from[DATE_TEXT], to[DATE_TEXT], when[DATE_TEXT];

	if (cert_valid_at(c, s->want->when) && cert_valid_at(c, s->want->until))
		return 0;
	err_set(&e, REASON_EXPIRED_CERTIFICATE, "certificate '%s' %s", cert_describe(c, name),
	    s->want->when < c->not_before ? "was not yet valid" : "was no longer valid");
	err_expected(&e, "a time from %s to %s", date_format(c->not_before, from), date_format(c->not_after, to));
	err_found(&e, "%s", date_format(s->want->when, when));
	return reject(s, &e);
}

static int
check_extensions(struct search *s, const struct cert *c)
{
	const struct cert_extension *x = certusage_unhandled(c);
	struct err e = ERR_INIT;
	char name[CERT_NAME_MAX], text[OID_TEXT_MAX];

	if (!x)
		return 0;
	err_set(&e, REASON_UNTRUSTED_CERTIFICATE, "certificate '%s' has a critical extension that is not understood",
	    cert_describe(c, name));
	err_found(&e, "%s", oid_format(x->oid, text));
	return reject(s, &e);
}

/* What holds for each certificate, wherever it stands. Without an extended
 * key usage all purposes are allowed, with one only those of everybody above:
 * Go's nesting. */
static int
check_any(struct search *s, const struct cert *c)
{
	if (check_time(s, c) || check_extensions(s, c))
		return -1;
	if (c->usages.ptr && !cert_has_usage(c, s->want->purpose))
		return refuse(s, REASON_UNTRUSTED_CERTIFICATE, c, "is not for this purpose");
	return 0;
}

/* Certificates between the leaf and this one that count for its path length:
 * self-issued ones do not (RFC 5280 section 4.2.1.9). */
static int
authorities_below(const struct chain *path)
{
	int count = 0;

	for (size_t i = 1; i + 1 < path->count; i++)
		count += !span_eq(path->items[i]->issuer, path->items[i]->subject);
	return count;
}

/* The certificate at the end of the path as an issuer. */
static int
check_authority(struct search *s, const struct cert *c)
{
	if (!c->is_ca)
		return refuse(s, REASON_UNTRUSTED_CERTIFICATE, c, "may not issue certificates");
	if (c->has_key_usage && !(c->key_usage & CERT_CERT_SIGN))
		return refuse(s, REASON_UNTRUSTED_CERTIFICATE, c, "has a key usage without certificate signing");
	if (c->path_len >= 0 && authorities_below(&s->path) > c->path_len)
		return refuse(s, REASON_UNTRUSTED_CERTIFICATE, c, "stands too far above the leaf");
	return check_any(s, c);
}

/* What OpenSSL is told: exactly this path, its end trusted, times judged
 * already (OpenSSL leaves the last second out). */
static bool
set_up(X509_STORE_CTX *ctx, struct chain *path, STACK_OF(X509) *helpers, STACK_OF(X509) *roots, struct err *e)
{
	X509_VERIFY_PARAM *param;

	for (size_t i = 0; i < path->count; i++) {
		X509 *x = cert_x509(path->items[i], e);

		if (!x)
			return false;
		if (i > 0 && !sk_X509_push(i + 1 == path->count ? roots : helpers, x))
			return false;
	}
	if (!X509_STORE_CTX_init(ctx, NULL, path->items[0]->x509, helpers))
		return false;
	X509_STORE_CTX_set0_trusted_stack(ctx, roots);
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_depth(param, CHAIN_MAX);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	return X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
}

/* OpenSSL must have gone the way that was judged here. */
static bool
same_path(X509_STORE_CTX *ctx, const struct chain *path)
{
	STACK_OF(X509) *got = X509_STORE_CTX_get0_chain(ctx);

	if (!got || sk_X509_num(got) != (int)path->count)
		return false;
	for (size_t i = 0; i < path->count; i++)
		if (sk_X509_value(got, (int)i) != path->items[i]->x509)
			return false;
	return true;
}

static int
ask(X509_STORE_CTX *ctx, struct chain *path, STACK_OF(X509) *helpers, STACK_OF(X509) *roots, struct err *e)
{
	char name[CERT_NAME_MAX];
	int depth;

	if (!ctx || !helpers || !roots || !set_up(ctx, path, helpers, roots, e))
		return e->reason ? -1 : ossl_fail(e, REASON_FAILED, "cannot check a certificate");
	if (X509_verify_cert(ctx) == 1 && X509_STORE_CTX_get_error(ctx) == X509_V_OK)
		return same_path(ctx, path) ? 0 : err_set(e, REASON_UNTRUSTED_CERTIFICATE,
		    "libcrypto found another path from the certificate to its root");
	depth = X509_STORE_CTX_get_error_depth(ctx);
	if (depth < 0 || (size_t)depth >= path->count)
		depth = 0;
	return err_set(e, REASON_UNTRUSTED_CERTIFICATE, "certificate '%s': %s",
	    cert_describe(path->items[depth], name), X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
}

/* --- what is known already --- */

#define NAME_CONSTRAINTS SPAN("\x55\x1d\x1e")

/* How much of the path, from the leaf on, must be checked: up to and with the
 * first from where on every link is known. */
static size_t
unproved(const struct chain *path)
{
	size_t n = path->count;

	for (size_t i = 0; i < path->count; i++)
		if (cert_find(path->items[i], NAME_CONSTRAINTS))
			return n;
	while (n > 1 && path->items[n - 2]->proved_by == path->items[n - 1])
		n--;
	return n;
}

static void
remember(struct chain *path)
{
	for (size_t i = 0; i + 1 < path->count; i++)
		if (path->items[i]->lasting && path->items[i + 1]->lasting)
			path->items[i]->proved_by = path->items[i + 1];
}

static int
check_path(struct search *s)
{
	struct chain part = s->path;
	X509_STORE_CTX *ctx;
	STACK_OF(X509) *helpers, *roots;
	struct err e = ERR_INIT;
	int rc;

	if (++s->paths > PATHS_MAX)
		return refuse(s, REASON_UNTRUSTED_CERTIFICATE, s->path.items[0], "has too many possible paths");
	part.count = unproved(&s->path);
	if (part.count == 1)
		return 0;
	ossl_init();
	ctx = X509_STORE_CTX_new();
	helpers = sk_X509_new_null();
	roots = sk_X509_new_null();
	rc = ask(ctx, &part, helpers, roots, &e);
	X509_STORE_CTX_free(ctx);
	sk_X509_free(helpers);
	sk_X509_free(roots);
	ossl_forget();
	if (rc)
		return reject(s, &e);
	remember(&s->path);
	return 0;
}

static bool
is_in_path(const struct chain *path, const struct cert *c)
{
	for (size_t i = 0; i < path->count; i++)
		if (path->items[i] == c || cert_eq(path->items[i], c))
			return true;
	return false;
}

/* Every certificate that may stand above another: roots first. NULL behind the
 * last. */
static struct cert *
candidate(const struct chain_want *w, size_t n, bool *trusted)
{
	*trusted = true;
	for (size_t l = 0; l < w->root_lists; n -= w->roots[l++]->count)
		if (n < w->roots[l]->count)
			return w->roots[l]->items[n];
	*trusted = false;
	for (size_t l = 0; l < w->helper_lists; n -= w->helpers[l++]->count)
		if (n < w->helpers[l]->count)
			return w->helpers[l]->items[n];
	return NULL;
}

static bool
fits(struct search *s, const struct cert *c)
{
	return span_eq(c->subject, s->path.items[s->path.count - 1]->issuer) && !is_in_path(&s->path, c) &&
	    ++s->steps <= STEPS_MAX;
}

/* Depth first; the path is as it was when nothing above leads to a root. */
static int
extend(struct search *s)
{
	struct cert *c;
	bool trusted;

	if (s->path.count == CHAIN_MAX)
		return refuse(s, REASON_UNTRUSTED_CERTIFICATE, s->path.items[0], "has too long a path to any root");
	for (size_t n = 0; (c = candidate(s->want, n, &trusted)); n++) {
		if (!fits(s, c))
			continue;
		s->path.items[s->path.count++] = c;
		if (check_authority(s, c) == 0 && (trusted ? check_path(s) : extend(s)) == 0)
			return 0;
		s->path.count--;
	}
	return refuse(s, REASON_UNTRUSTED_CERTIFICATE, s->path.items[s->path.count - 1],
	    "was issued by nobody who is trusted");
}

int
chain_build(struct chain *out, struct cert *leaf, const struct chain_want *want, struct err *e)
{
	struct search s = {.want = want, .why = ERR_INIT};

	s.path.items[s.path.count++] = leaf;
	if (check_any(&s, leaf) == 0 && extend(&s) == 0) {
		*out = s.path;
		return 0;
	}
	if (e)
		*e = s.why;
	return -1;
}
