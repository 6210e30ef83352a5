/* SPDX-License-Identifier: Apache-2.0 */
#include "client/oidc.h"

#include <errno.h>
#include <sys/random.h>
#include "base/date.h"
#include "base/mem.h"
#include "client/hush.h"
#include "codec/b64.h"
#include "codec/url.h"
#include "crypto/digest.h"
#include "sig/jwks.h"

enum { DISCOVERY_MAX = 256 << 10 };

void
oidc_release(struct oidc *o)
{
	pool_release(&o->pool);
	*o = (struct oidc)OIDC_INIT;
}

/* --- what a provider says of itself -------------------------------------- */

struct discovery {
	struct span issuer, authorize, token, device, keys;
	struct shape_strs challenges, auth_methods;
};

static const struct field discovery_fields[] = {
	FIELD_STR(struct discovery, issuer, "issuer", FIELD_REQUIRED, .max = 4096),
	FIELD_STR(struct discovery, authorize, "authorization_endpoint", 0, .max = 2048),
	FIELD_STR(struct discovery, token, "token_endpoint", FIELD_REQUIRED | FIELD_NONEMPTY, .max = 4096),
	FIELD_STR(struct discovery, device, "device_authorization_endpoint", 0, .max = 4096),
	FIELD_STR(struct discovery, keys, "jwks_uri", FIELD_REQUIRED | FIELD_NONEMPTY, .max = 4096),
	FIELD_STRS(struct discovery, challenges, "code_challenge_methods_supported", 0, .max = 100),
	FIELD_STRS(struct discovery, auth_methods, "token_endpoint_auth_methods_supported", 0, .max = 100),
	FIELD_END};

static bool
lists(const struct shape_strs *list, const char *word)
{
	for (size_t i = 0; i < list->count; i++)
		if (span_is(list->items[i], word))
			return true;
	return false;
}

static int
take_endpoint(struct oidc *o, struct span url, const char *name, struct span *to, struct err *e)
{
	const char *text = pool_str(&o->pool, url);

	*to = span_str(text);
	return url.len && hush_check_url(text, name, e) ? err_wrap(e, "the identity provider %s", o->login->issuer) : 0;
}

/* It supports PKCE and does not say so. */
static bool
is_azure(struct span url)
{
	return span_starts(url, "https://login.microsoftonline.com/") || span_starts(url, "https://login.microsoftonline.us/");
}

static int
take_discovery(struct oidc *o, struct span text, struct err *e)
{
	struct discovery d = {0};

	if (shape_parse(&d, discovery_fields, text, SHAPE_LENIENT, &o->pool, e)) {
		if (e)
			e->reason = REASON_PROTOCOL;
		return err_wrap(e, "the description of the identity provider %s", o->login->issuer);
	}
	if (!span_is(d.issuer, o->login->issuer)) {
		err_set(e, REASON_PROTOCOL, "the identity provider says that it is another one");
		err_expected(e, "issuer %s", o->login->issuer);
		return err_found(e, "%.*s", SPAN_FMT(d.issuer));
	}
	o->s256 = lists(&d.challenges, "S256") || is_azure(d.authorize);
	o->basic = lists(&d.auth_methods, "client_secret_basic") && !lists(&d.auth_methods, "client_secret_post");
	return take_endpoint(o, d.authorize, "the authorization_endpoint", &o->authorize, e) ||
	    take_endpoint(o, d.keys, "the jwks_uri", &o->keys, e) ||
	    take_endpoint(o, d.token, "the token_endpoint", &o->token, e) ||
	    take_endpoint(o, d.device, "the device_authorization_endpoint", &o->device, e) ? -1 : 0;
}

int
oidc_discover(struct oidc *o, const struct oidc_login *login, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);
	struct span issuer = span_str(login->issuer);

	if (hush_check_url(login->issuer, "the OIDC issuer", e))
		return -1;
	o->login = login;
	while (span_ends(issuer, "/"))
		issuer.len--;
	buf_add_span(&url, issuer);
	buf_add_str(&url, "/.well-known/openid-configuration");
	if (buf_check(&url, "the OIDC issuer", e) || http_do(&(struct http_request){.method = "GET", .url = buf_str(&url),
	    .max_body = DISCOVERY_MAX, .repeatable = true}, &r, e))
		return err_wrap(e, "the identity provider %s", login->issuer);
	if (r.status == 200)
		return take_discovery(o, buf_span(&r.body), e);
	err_set(e, REASON_HTTP, "%s is no identity provider: it does not describe itself", login->issuer);
	err_expected(e, "status 200 from %s", buf_str(&url));
	return err_found(e, "%d", r.status);
}

/* --- what nobody guesses -------------------------------------------------- */

static int
random_text(char *text, size_t bytes, struct err *e)
{
	unsigned char raw[OIDC_VERIFIER];
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	ssize_t n;

	do
		n = getrandom(raw, bytes, 0);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)bytes)
		return err_errno(e, REASON_FAILED, "the system has no random numbers");
	b64_encode(&b, span_of(raw, bytes), B64_URL);
	memcpy(text, b.ptr, b.len + 1);
	mem_wipe(raw, sizeof(raw));
	hush_wipe(&b);
	return 0;
}

int
oidc_random(char text[OIDC_RANDOM + 1], struct err *e)
{
	return random_text(text, 16, e);
}

void
oidc_challenge(const char *verifier, char challenge[OIDC_CHALLENGE + 1])
{
	unsigned char hash[HASH_SIZE_MAX];
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

	digest_of(HASH_SHA256, span_str(verifier), hash);
	b64_encode(&b, span_of(hash, hash_size(HASH_SHA256)), B64_URL);
	memcpy(challenge, b.ptr, b.len + 1);
}

int
oidc_proof(const struct oidc *o, struct oidc_proof *p, struct err *e)
{
	if (!o->s256) {
		err_set(e, REASON_UNSUPPORTED, "the identity provider %s cannot protect the login by PKCE", o->login->issuer);
		return err_expected(e, "S256 in code_challenge_methods_supported");
	}
	if (random_text(p->verifier, 48, e))
		return -1;
	oidc_challenge(p->verifier, p->challenge);
	return 0;
}

/* --- asking an endpoint --------------------------------------------------- */

void
oidc_form_add(struct oidc_form *f, const char *name, struct span value)
{
	/* All its room at once: growing would leave copies. */
	if (!f->text.ptr)
		(void)buf_room(&f->text, HUSH_REFUSAL_MAX);
	buf_printf(&f->text, "%s%s=", f->text.len ? "&" : "", name);
	url_encode(&f->text, value);
}

void
oidc_form_release(struct oidc_form *f)
{
	hush_wipe(&f->text);
	buf_release(&f->text);
}

void
oidc_answer_release(struct oidc_answer *a)
{
	secret_release(&a->json);
}

/* RFC 6749 section 2.3.1. */
static void
basic_header(const struct oidc_login *l, struct secret *line)
{
	AUTO(buf) struct buf pair = BUF_INIT(BUF_TEXT_MAX);

	(void)buf_room(&pair, HUSH_REFUSAL_MAX);
	url_encode(&pair, span_str(l->client_id));
	buf_add_char(&pair, ':');
	url_encode(&pair, secret_span(l->client_secret));
	hush_basic(&pair, line);
}

static void
copy_member(struct node root, const char *name, char *text, size_t size)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span s;
	struct node v;

	if (node_member(root, name, &v) && node_string(v, &pool, &s))
		snprintf(text, size, "%.*s", SPAN_FMT(span_first(s, size - 1)));
}

/* Some providers say 200 and an error. */
static void
read_error(struct span json, struct oidc_answer *a)
{
	struct node root;

	if (scan_document(json, &root, NULL) || root.kind != JSON_OBJECT)
		return;
	copy_member(root, "error", a->error, sizeof(a->error));
	copy_member(root, "error_description", a->description, sizeof(a->description));
}

int
oidc_post(const struct oidc *o, struct span endpoint, struct oidc_form *f, struct oidc_answer *a, struct err *e)
{
	static const struct http_header headers[] = {{"Content-Type", "application/x-www-form-urlencoded"},
	    {"Accept", "application/json"}};
	const struct oidc_login *l = o->login;
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(secret) struct secret line = SECRET_INIT;
	struct http_request q = {.method = "POST", .url = endpoint.ptr, .headers = headers,
	    .header_count = countof(headers), .repeatable = !f->once, .once = f->once};
	bool secret = l->client_secret && l->client_secret->len;

	a->error[0] = a->description[0] = '\0';
	oidc_form_add(f, "client_id", span_str(l->client_id));
	if (secret && !o->basic)
		oidc_form_add(f, "client_secret", secret_span(l->client_secret));
	if (secret && o->basic) {
		basic_header(l, &line);
		q.secret_header = (const char *)line.bytes;
	}
	if (buf_check(&f->text, "the form", e))
		return -1;
	q.body = buf_span(&f->text);
	if (hush_do(&q, &a->json, &r, e))
		return err_wrap(e, "the identity provider %s", l->issuer);
	read_error(r.status == 200 ? secret_span(&a->json) : buf_span(&r.body), a);
	if (r.status == 200 || a->error[0])
		return 0;
	return hush_refused(l->issuer, &r, e);
}

int
oidc_denied(const struct oidc *o, const struct oidc_answer *a, struct err *e)
{
	err_set(e, REASON_DENIED, "the identity provider %s gives no token", o->login->issuer);
	return err_found(e, "%s%s%s", a->error, a->description[0] ? ": " : "", a->description);
}

/* --- the token ------------------------------------------------------------ */

static enum hash
token_hash(struct span algorithm)
{
	if (span_ends(algorithm, "384"))
		return HASH_SHA384;
	return span_ends(algorithm, "512") ? HASH_SHA512 : HASH_SHA256;
}

/* Core 1.0 section 3.1.3.6: the left half of the access token's hash. */
static int
check_access(const struct oidc_answer *a, const struct idtoken *t, struct err *e)
{
	AUTO(secret) struct secret access = SECRET_INIT;
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	unsigned char hash[HASH_SIZE_MAX];
	enum hash h = token_hash(t->algorithm);

	if (!t->at_hash.len)
		return 0;
	if (hush_member(&a->json, "the identity provider", "access_token", &access, e))
		return -1;
	digest_of(h, secret_span(&access), hash);
	b64_encode(&text, span_of(hash, hash_size(h) / 2), B64_URL);
	if (span_eq(buf_span(&text), t->at_hash))
		return 0;
	return err_set(e, REASON_BAD_TOKEN, "the identity token came with another access token than its own");
}

static int
check_token(const struct oidc *o, const struct idtoken *t, const char *nonce, struct err *e)
{
	if (!span_is(t->issuer, o->login->issuer)) {
		err_set(e, REASON_BAD_TOKEN, "the identity token is of another provider");
		err_expected(e, "issuer %s", o->login->issuer);
		return err_found(e, "%.*s", SPAN_FMT(t->issuer));
	}
	if (nonce && !span_is(t->nonce, nonce))
		return err_set(e, REASON_BAD_TOKEN, "the identity token answers another login: its nonce is not ours");
	return idtoken_check_audience(t, o->login->client_id, e) || idtoken_check_time(t, date_now(), e) ? -1 : 0;
}

/* Keys are asked for when there is something to check, for providers change
 * them. */
static int
check_signature(const struct oidc *o, const struct idtoken *t, struct span text, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;

	if (http_do(&(struct http_request){.method = "GET", .url = o->keys.ptr, .max_body = JWKS_MAX, .repeatable = true},
	    &r, e))
		return err_wrap(e, "the keys of the identity provider");
	if (r.status == 200)
		return jwks_check(buf_span(&r.body), t, text, e);
	err_set(e, REASON_HTTP, "the identity provider does not tell its keys");
	err_expected(e, "status 200 from %s", o->keys.ptr);
	return err_found(e, "%d", r.status);
}

int
oidc_take_token(const struct oidc *o, const struct oidc_answer *a, const char *nonce, struct secret *token, struct err *e)
{
	AUTO(idtoken) struct idtoken t = IDTOKEN_INIT;

	if (a->error[0])
		return oidc_denied(o, a, e);
	if (hush_member(&a->json, o->login->issuer, "id_token", token, e))
		return -1;
	if (idtoken_parse(&t, secret_span(token), e) || check_token(o, &t, nonce, e) || check_access(a, &t, e) ||
	    check_signature(o, &t, secret_span(token), e)) {
		secret_release(token);
		return err_wrap(e, "what %s answered", o->login->issuer);
	}
	return 0;
}

int
oidc_client_credentials(const struct oidc *o, struct secret *token, struct err *e)
{
	AUTO(oidc_answer) struct oidc_answer a = {.json = SECRET_INIT};
	AUTO(oidc_form) struct oidc_form f = OIDC_FORM_INIT;

	oidc_form_add(&f, "grant_type", SPAN("client_credentials"));
	oidc_form_add(&f, "scope", SPAN("openid email"));
	if (o->login->redirect_url && *o->login->redirect_url)
		oidc_form_add(&f, "redirect_uri", span_str(o->login->redirect_url));
	return oidc_post(o, o->token, &f, &a, e) || oidc_take_token(o, &a, NULL, token, e) ? -1 : 0;
}
