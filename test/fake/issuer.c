/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What hands out identity tokens: an issuer that lets everybody in, without a
 * question but by the rules, and the token services of build systems and
 * clouds. Their secrets are in the table below. Besides the deeds of all
 * services: other-issuer, token-endpoint URL, keys-at URL, no-s256, no-device,
 * no-browser, basic-only (in what it says of itself); deny, other-state, other-iss (in the browser); pending,
 * slow-down, denied, error (answers of the token endpoint); token-issuer,
 * token-audience, token-nonce, token-hash, token-forged, expired, not-yet,
 * unverified, alg-none, no-nonce, no-token (in the token); other-keys.
 */
#include "sigstore.h"
#include "codec/b64.h"
#include "codec/hex.h"
#include "codec/url.h"
#include "json/emit.h"
#include "json/scan.h"

#define ALICE "alice@example.com"
#define ROBOT "robot"
#define ROBOT_SECRET "p&q=r %s+t"
#define GITHUB_SECRET "github-secret"
#define BUILDKITE_SECRET "buildkite-secret"
#define GOOGLE_ACCESS "google-access"

/* A login that waits to be redeemed. */
struct grant {
	const char *code, *client, *redirect, *nonce, *challenge;
	bool used;
};
static VEC(struct grant) grants;

/* --- whose it is ------------------------------------------------------------- */

/* The path behind "/t/NAME", which makes an issuer of its own, so that many may
 * be asked at once and each fail in its way. */
static const char *
own_path(const struct ask *a)
{
	const char *rest = strncmp(a->x.path, "/t/", 3) == 0 ? strchr(a->x.path + 3, '/') : NULL;

	return rest ? rest : a->x.path;
}

/* Allocated. */
static char *
own_url(const struct ask *a)
{
	AUTO(charp) char *url = sigstore_url("oidc");

	return xasprintf("%s%.*s", url, (int)(own_path(a) - a->x.path), a->x.path);
}

/* --- tokens ---------------------------------------------------------------- */

struct person { const char *audience, *subject, *email, *nonce, *access; };

static void
left_half(const char *access, struct buf *out)
{
	unsigned char hash[SEAL_HASH];

	seal_sha256(span_str(access), hash);
	b64_encode(out, span_of(hash, SEAL_HASH / 2), B64_URL);
}

static void
emit_claims(const struct ask *a, const struct person *p, struct buf *out)
{
	AUTO(charp) char *own = own_url(a);
	AUTO(buf) struct buf hash = BUF_INIT(BUF_TEXT_MAX);
	int64_t now = time(NULL);
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	emit_kstr(&j, "iss", deed_of(a, "token-issuer") ? "https://elsewhere.example" : own);
	emit_kstr(&j, "aud", deed_of(a, "token-audience") ? "somebody" : p->audience);
	emit_kstr(&j, "sub", p->subject);
	emit_kint(&j, "iat", now);
	emit_kint(&j, "exp", deed_of(a, "expired") ? now - 1 : now + 600);
	emit_kint(&j, "nbf", deed_of(a, "not-yet") ? now + 400 : now);
	if (p->nonce && !deed_of(a, "no-nonce"))
		emit_kstr(&j, "nonce", deed_of(a, "token-nonce") ? "another" : p->nonce);
	if (p->access) {
		left_half(deed_of(a, "token-hash") ? "another" : p->access, &hash);
		emit_kspan(&j, "at_hash", buf_span(&hash));
	}
	if (p->email) {
		emit_kstr(&j, "email", p->email);
		emit_kbool(&j, "email_verified", !deed_of(a, "unverified"));
	}
	emit_object_end(&j);
}

static void
make_token(const struct ask *a, const struct person *p, struct buf *out)
{
	AUTO(buf) struct buf claims = BUF_INIT(BUF_TEXT_MAX), sig = BUF_INIT(BUF_TEXT_MAX);

	emit_claims(a, p, &claims);
	b64_encode(out, deed_of(a, "alg-none") ? SPAN("{\"alg\":\"none\"}") :
	    SPAN("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"tests\"}"), B64_URL);
	buf_add_char(out, '.');
	b64_encode(out, buf_span(&claims), B64_URL);
	seal_sign(token_key, buf_span(out), &sig);
	if (deed_of(a, "token-forged"))
		sig.ptr[9] = (char)(sig.ptr[9] ^ 1);
	buf_add_char(out, '.');
	b64_encode(out, buf_span(&sig), B64_URL);
}

static void
reply_member(struct ask *a, const char *name, const struct person *p)
{
	AUTO(buf) struct buf token = BUF_INIT(BUF_TEXT_MAX), out = BUF_INIT(BUF_TEXT_MAX);

	make_token(a, p, &token);
	buf_printf(&out, "{\"%s\":\"%s\"}", deed_of(a, "no-token") ? "other" : name, buf_str(&token));
	reply_json(a, 200, &out);
}

static void
reply_tokens(struct ask *a, const struct person *p)
{
	AUTO(buf) struct buf token = BUF_INIT(BUF_TEXT_MAX), out = BUF_INIT(BUF_TEXT_MAX);

	make_token(a, p, &token);
	buf_printf(&out, "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":600", p->access);
	if (!deed_of(a, "no-token"))
		buf_printf(&out, ",\"id_token\":\"%s\"", buf_str(&token));
	buf_add_char(&out, '}');
	reply_json(a, 200, &out);
}

static void
refuse(struct ask *a, unsigned status, const char *code, const char *why)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);

	buf_printf(&out, "{\"error\":\"%s\",\"error_description\":\"%s\"}", code, why);
	reply_json(a, status, &out);
}

/* --- what it says of itself ------------------------------------------------ */

static void
discovery(struct ask *a)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	const char *token = deed_of(a, "token-endpoint"), *keys = deed_of(a, "keys-at");
	AUTO(charp) char *url = own_url(a);

	buf_printf(&out, "{\"issuer\":\"%s\",\"token_endpoint\":\"%s%s\",\"jwks_uri\":\"%s%s\","
	    "\"response_types_supported\":[\"code\"],\"subject_types_supported\":[\"public\"],"
	    "\"id_token_signing_alg_values_supported\":[\"RS256\"]",
	    deed_of(a, "other-issuer") ? "https://elsewhere.example" : url, token ? token : url, token ? "" : "/token",
	    keys ? keys : url, keys ? "" : "/keys");
	if (!deed_of(a, "no-browser"))
		buf_printf(&out, ",\"authorization_endpoint\":\"%s/auth\"", url);
	if (!deed_of(a, "no-device"))
		buf_printf(&out, ",\"device_authorization_endpoint\":\"%s/device/code\"", url);
	if (deed_of(a, "basic-only"))
		buf_add_str(&out, ",\"token_endpoint_auth_methods_supported\":[\"client_secret_basic\"]");
	buf_printf(&out, ",\"code_challenge_methods_supported\":[\"%s\"]}", deed_of(a, "no-s256") ? "plain" : "S256");
	reply_json(a, 200, &out);
}

/* --- forms ------------------------------------------------------------------ */

static const char *
form(struct ask *a, const char *name)
{
	struct span rest = buf_span(&a->x.body);

	while (rest.ptr) {
		struct span value = span_cut(&rest, '&'), key = span_cut(&value, '=');
		char *text;

		if (!span_is(key, name))
			continue;
		text = pool_str(&a->pool, value);
		for (char *c = text; *c; c++)
			if (*c == '+')
				*c = ' ';
		MHD_http_unescape(text);
		return text;
	}
	return "";
}

static const char *
query(struct ask *a, const char *name)
{
	const char *value = exchange_query(&a->x, name);

	return value ? value : "";
}

/* Whether the client shows its secret, in the form or (RFC 6749 section 2.3.1)
 * in a header. */
static bool
shows_secret(struct ask *a)
{
	static const char basic[] = "Basic cm9ib3Q6cCUyNnElM0RyJTIwJTI1cyUyQnQ=";
	const char *header = exchange_header(&a->x, "Authorization");

	return strcmp(form(a, "client_secret"), ROBOT_SECRET) == 0 || (header && strcmp(header, basic) == 0);
}

static bool
proves(const char *verifier, const char *challenge)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	unsigned char hash[SEAL_HASH];

	seal_sha256(span_str(verifier), hash);
	b64_encode(&text, span_of(hash, SEAL_HASH), B64_URL);
	return strlen(verifier) >= 43 && strlen(verifier) <= 128 && strcmp(buf_str(&text), challenge) == 0;
}

static struct grant *
new_grant(const char *kind, const char *client, const char *redirect, const char *nonce, const char *challenge)
{
	struct grant *g = VEC_PUSH(&grants);

	*g = (struct grant){xasprintf("%s/%zu+x", kind, grants.count), xstrdup(client), xstrdup(redirect), xstrdup(nonce),
	    xstrdup(challenge), false};
	return g;
}

static struct grant *
find_grant(const char *code)
{
	for (size_t i = 0; i < grants.count; i++)
		if (!grants.items[i].used && strcmp(grants.items[i].code, code) == 0)
			return &grants.items[i];
	return NULL;
}

/* --- the browser ------------------------------------------------------------ */

static bool
is_proper(struct ask *a)
{
	return strcmp(query(a, "response_type"), "code") == 0 && *query(a, "client_id") && *query(a, "redirect_uri") &&
	    strstr(query(a, "scope"), "openid") && strlen(query(a, "state")) >= 22 && strlen(query(a, "nonce")) >= 22 &&
	    strlen(query(a, "code_challenge")) == 43 && strcmp(query(a, "code_challenge_method"), "S256") == 0;
}

static void
authorize(struct ask *a)
{
	AUTO(buf) struct buf to = BUF_INIT(BUF_TEXT_MAX), page = BUF_INIT(BUF_TEXT_MAX);
	struct grant *g;

	if (!is_proper(a)) {
		refuse(a, 400, "invalid_request", "a parameter is missing");
		return;
	}
	g = new_grant("code", query(a, "client_id"), query(a, "redirect_uri"), query(a, "nonce"), query(a, "code_challenge"));
	if (strcmp(g->redirect, "urn:ietf:wg:oauth:2.0:oob") == 0) {
		buf_printf(&page, "%s\n", g->code);
		reply(a, 200, "text/plain", &page);
		return;
	}
	buf_add_str(&to, g->redirect);
	if (deed_of(a, "deny")) {
		url_add_query(&to, "error", SPAN("access_denied"));
		url_add_query(&to, "error_description", SPAN("she <b>said</b> no"));
	} else {
		url_add_query(&to, "code", span_str(g->code));
	}
	url_add_query(&to, "state", deed_of(a, "other-state") ? SPAN("another") : span_str(query(a, "state")));
	if (deed_of(a, "other-iss"))
		url_add_query(&to, "iss", SPAN("https://elsewhere.example"));
	exchange_answer(&a->x, 302, "text/plain", SPAN_NONE);
	exchange_add(&a->x, "Location", "%s", buf_str(&to));
}

static void
offer_device(struct ask *a)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	AUTO(charp) char *url = own_url(a);
	struct grant *g;

	if (!*form(a, "client_id") || strlen(form(a, "code_challenge")) != 43 || !strstr(form(a, "scope"), "openid")) {
		refuse(a, 400, "invalid_request", "a parameter is missing");
		return;
	}
	g = new_grant("device", form(a, "client_id"), "", "", form(a, "code_challenge"));
	buf_printf(&out, "{\"device_code\":\"%s\",\"user_code\":\"WDJB-MJHT\",\"verification_uri\":\"%s/device\","
	    "\"expires_in\":%ld,\"interval\":%ld}", g->code, url, deed_number(a, "life", 300), deed_number(a, "interval", 0));
	reply_json(a, 200, &out);
}

/* --- the token endpoint ------------------------------------------------------ */

static void
redeem_code(struct ask *a)
{
	struct grant *g = find_grant(form(a, "code"));

	if (!g || strcmp(g->redirect, form(a, "redirect_uri")) != 0 || strcmp(g->client, form(a, "client_id")) != 0 ||
	    !proves(form(a, "code_verifier"), g->challenge)) {
		refuse(a, 400, "invalid_grant", "this code is not yours");
		return;
	}
	g->used = true;
	reply_tokens(a, &(struct person){g->client, "CgVhbGljZRIEdGVzdA", ALICE, g->nonce, "access-of-alice"});
}

static void
redeem_device(struct ask *a)
{
	struct grant *g = find_grant(form(a, "device_code"));

	if (!g || strcmp(g->client, form(a, "client_id")) != 0 || !proves(form(a, "code_verifier"), g->challenge)) {
		refuse(a, 400, "invalid_grant", "this code is not yours");
		return;
	}
	g->used = true;
	reply_tokens(a, &(struct person){g->client, "CgVhbGljZRIEdGVzdA", ALICE, NULL, "access-of-alice"});
}

static void
serve_client(struct ask *a)
{
	if (strcmp(form(a, "client_id"), ROBOT) != 0 || !shows_secret(a))
		refuse(a, 401, "invalid_client", "who are you?");
	else
		reply_tokens(a, &(struct person){ROBOT, "robot-17", NULL, NULL, "access-of-robot"});
}

static const struct { const char *deed; unsigned status; const char *code; } refusals[] = {
	{"pending", 400, "authorization_pending"}, {"slow-down", 400, "slow_down"}, {"denied", 400, "access_denied"},
	{"late", 400, "expired_token"}, {"error", 200, "server_error"},
};

static const struct { const char *type; void (*serve)(struct ask *a); } redeemers[] = {
	{"authorization_code", redeem_code},
	{"urn:ietf:params:oauth:grant-type:device_code", redeem_device},
	{"client_credentials", serve_client},
};

static void
redeem(struct ask *a)
{
	for (size_t i = 0; i < countof(refusals); i++)
		if (deed_of(a, refusals[i].deed)) {
			refuse(a, refusals[i].status, refusals[i].code, "as \\u001b[1mtold");
			return;
		}
	for (size_t i = 0; i < countof(redeemers); i++)
		if (strcmp(form(a, "grant_type"), redeemers[i].type) == 0) {
			redeemers[i].serve(a);
			return;
		}
	refuse(a, 400, "unsupported_grant_type", "what is that?");
}

/* --- build systems and clouds ------------------------------------------------- */

static bool
shows(struct ask *a, const char *header, const char *value)
{
	const char *found = exchange_header(&a->x, header);

	if (found && strcmp(found, value) == 0)
		return true;
	reply_error(a, 401, 16, "%s is not what it should be", header);
	return false;
}

static void
github(struct ask *a)
{
	if (!*query(a, "api-version"))
		reply_error(a, 400, 3, "the query is gone");
	else if (shows(a, "Authorization", "bearer " GITHUB_SECRET))
		reply_member(a, "value", &(struct person){query(a, "audience"), "repo:o/r:ref:refs/heads/main", NULL, NULL, NULL});
}

/* The audience is a member of the JSON that is sent. */
static const char *
asked_audience(struct ask *a)
{
	struct err e = ERR_INIT;
	struct node root;
	struct span text = SPAN_NONE;

	if (scan_document(buf_span(&a->x.body), &root, &e) == 0)
		text = seal_text(root, "audience", &a->pool);
	return text.ptr ? text.ptr : "";
}

static void
buildkite(struct ask *a)
{
	if (shows(a, "Authorization", "Token " BUILDKITE_SECRET))
		reply_member(a, "token", &(struct person){asked_audience(a), "organization:o:pipeline:p", NULL, NULL, NULL});
}

static void
google_identity(struct ask *a)
{
	AUTO(buf) struct buf token = BUF_INIT(BUF_TEXT_MAX);

	if (!shows(a, "Metadata-Flavor", "Google"))
		return;
	make_token(a, &(struct person){query(a, "audience"), "1089", "machine@project.iam.example", NULL, NULL}, &token);
	reply(a, 200, "text/html", &token);
}

static void
google_token(struct ask *a)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);

	if (!shows(a, "Metadata-Flavor", "Google"))
		return;
	buf_add_str(&out, "{\"access_token\":\"" GOOGLE_ACCESS "\",\"expires_in\":3599,\"token_type\":\"Bearer\"}");
	reply_json(a, 200, &out);
}

static void
google_iam(struct ask *a)
{
	if (shows(a, "Authorization", "Bearer " GOOGLE_ACCESS))
		reply_member(a, "token", &(struct person){asked_audience(a), "1090", "other@project.iam.example", NULL, NULL});
}

#define METADATA "/computeMetadata/v1/instance/service-accounts/default/"

static const struct { const char *method, *path; void (*serve)(struct ask *a); } routes[] = {
	{"GET", "/.well-known/openid-configuration", discovery},
	{"GET", "/auth", authorize},
	{"POST", "/device/code", offer_device},
	{"POST", "/token", redeem},
	{"GET", "/github", github},
	{"POST", "/buildkite/v3/jobs/job-1/oidc/tokens", buildkite},
	{"GET", METADATA "identity", google_identity},
	{"GET", METADATA "token", google_token},
	{"POST", "/v1/projects/-/serviceAccounts/other@project.iam.example:generateIdToken", google_iam},
};

void
issuer_serve(struct ask *a)
{
	for (size_t i = 0; i < countof(routes); i++)
		if (exchange_is(&a->x, routes[i].method) && strcmp(own_path(a), routes[i].path) == 0) {
			routes[i].serve(a);
			return;
		}
	a->x.path = own_path(a);
	token_serve(a);
}
