/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ambientweb.h"

#include <fcntl.h>
#include <unistd.h>
#include "base/env.h"
#include "base/mem.h"
#include "client/hush.h"
#include "codec/url.h"
#include "json/emit.h"

#define JSON "application/json"

/* What a provider is asked, and the member of its answer that is the token;
 * NULL: the answer is the token. */
struct question {
	const char *who;
	const char *method, *url;
	const struct http_header *headers;
	size_t header_count;
	const char *scheme;		/* "Authorization: SCHEME SECRET" */
	struct span secret;
	const struct buf *body;
	const char *member;
};

static int
ask(const struct question *a, struct secret *token, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(secret) struct secret answer = SECRET_INIT, line = SECRET_INIT;
	struct http_request q = {.method = a->method, .url = a->url, .headers = a->headers,
	    .header_count = a->header_count, .repeatable = true};
	int len;

	if (hush_check_url(a->url, a->who, e))
		return -1;
	if (a->body)
		q.body = buf_span(a->body);
	if (a->scheme) {
		secret_new(&line, a->secret.len + 64);
		len = snprintf((char *)line.bytes, line.len, "Authorization: %s %.*s", a->scheme, SPAN_FMT(a->secret));
		if (len < 0 || (size_t)len >= line.len)
			BUG("a header of %d bytes", len);
		q.secret_header = (const char *)line.bytes;
	}
	if (hush_do(&q, &answer, &r, e))
		return err_wrap(e, "%s", a->who);
	if (r.status != 200)
		return hush_refused(a->who, &r, e);
	if (a->member)
		return hush_member(&answer, a->who, a->member, token, e);
	secret_release(token);
	secret_copy(token, span_trim(secret_span(&answer)));
	return 0;
}

static int
missing(const char *who, const char *name, struct err *e)
{
	return err_set(e, REASON_CONFIG, "%s cannot be asked: %s is not set", who, name);
}

bool
ambientweb_has_github(void)
{
	return env_get_nonempty("ACTIONS_ID_TOKEN_REQUEST_TOKEN") && env_get_nonempty("ACTIONS_ID_TOKEN_REQUEST_URL");
}

int
ambientweb_github(const char *audience, struct secret *token, struct err *e)
{
	static const char who[] = "GitHub Actions";
	const char *bearer = env_get_nonempty("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
	const char *base = env_get_nonempty("ACTIONS_ID_TOKEN_REQUEST_URL");
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);

	if (!bearer || !base) {
		missing(who, bearer ? "ACTIONS_ID_TOKEN_REQUEST_URL" : "ACTIONS_ID_TOKEN_REQUEST_TOKEN", e);
		return err_hint(e, "the workflow needs permissions: id-token: write");
	}
	buf_add_str(&url, base);
	url_add_query(&url, "audience", span_str(audience));
	return buf_check(&url, "ACTIONS_ID_TOKEN_REQUEST_URL", e) || ask(&(struct question){.who = who, .method = "GET",
	    .url = buf_str(&url), .scheme = "bearer", .secret = span_str(bearer), .member = "value"}, token, e) ? -1 : 0;
}

bool
ambientweb_has_buildkite(void)
{
	return env_get_nonempty("BUILDKITE_AGENT_ACCESS_TOKEN");
}

int
ambientweb_buildkite(const char *audience, struct secret *token, struct err *e)
{
	static const char who[] = "Buildkite";
	static const struct http_header headers[] = {{"Content-Type", JSON}, {"Accept", JSON}};
	const char *access = env_get_nonempty("BUILDKITE_AGENT_ACCESS_TOKEN");
	const char *job = env_get_nonempty("BUILDKITE_JOB_ID"), *base = env_get_nonempty("BUILDKITE_AGENT_ENDPOINT");
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX), body = BUF_INIT(BUF_TEXT_MAX);
	struct span root = span_str(base ? base : "https://agent.buildkite.com/v3");
	struct emit j;

	if (!access || !job)
		return missing(who, access ? "BUILDKITE_JOB_ID" : "BUILDKITE_AGENT_ACCESS_TOKEN", e);
	while (span_ends(root, "/"))
		root.len--;
	buf_add_span(&url, root);
	buf_add_str(&url, "/jobs/");
	url_encode(&url, span_str(job));
	buf_add_str(&url, "/oidc/tokens");
	emit_init(&j, &body);
	emit_object(&j);
	emit_kstr(&j, "audience", audience);
	emit_object_end(&j);
	return buf_check(&url, "BUILDKITE_AGENT_ENDPOINT", e) || ask(&(struct question){.who = who, .method = "POST",
	    .url = buf_str(&url), .headers = headers, .header_count = countof(headers), .scheme = "Token",
	    .secret = span_str(access), .body = &body, .member = "token"}, token, e) ? -1 : 0;
}

/* The firmware says whose machine it is. Asking the network instead would hold
 * up everybody else. */
bool
ambientweb_has_google(void)
{
	AUTO(fd) int fd = -1;
	char name[64];
	ssize_t n;

	if (env_get_nonempty("GCE_METADATA_HOST"))
		return true;
	fd = open("/sys/class/dmi/id/product_name", O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, name, sizeof(name));
	return n > 0 && span_starts(span_of(name, (size_t)n), "Google");
}

static int
metadata(const char *what, const char *audience, const char *member, struct secret *out, struct err *e)
{
	static const struct http_header headers[] = {{"Metadata-Flavor", "Google"}};
	const char *host = env_get_nonempty("GCE_METADATA_HOST");
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);

	/* Google's own programs also know it by this name. */
	if (host && strcmp(host, "metadata.google.internal") == 0)
		host = NULL;
	buf_printf(&url, "http://%s/computeMetadata/v1/instance/service-accounts/default/%s",
	    host ? host : "169.254.169.254", what);
	if (audience) {
		url_add_query(&url, "audience", span_str(audience));
		url_add_query(&url, "format", SPAN("full"));
	}
	return buf_check(&url, "GCE_METADATA_HOST", e) || ask(&(struct question){.who = "Google's metadata server",
	    .method = "GET", .url = buf_str(&url), .headers = headers, .header_count = 1, .member = member}, out, e) ? -1 : 0;
}

int
ambientweb_google(const char *audience, struct secret *token, struct err *e)
{
	return metadata("identity", audience, NULL, token, e);
}

bool
ambientweb_has_impersonate(void)
{
	return env_get_nonempty("GOOGLE_SERVICE_ACCOUNT_NAME");
}

int
ambientweb_impersonate(const char *audience, struct secret *token, struct err *e)
{
	static const char who[] = "Google's IAM";
	static const struct http_header headers[] = {{"Content-Type", JSON}};
	const char *account = env_get_nonempty("GOOGLE_SERVICE_ACCOUNT_NAME");
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX), body = BUF_INIT(BUF_TEXT_MAX);
	AUTO(secret) struct secret access = SECRET_INIT;
	struct emit j;

	if (!account)
		return missing(who, "GOOGLE_SERVICE_ACCOUNT_NAME", e);
	if (metadata("token", NULL, "access_token", &access, e))
		return -1;
	buf_add_str(&url, "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/");
	url_encode(&url, span_str(account));
	buf_add_str(&url, ":generateIdToken");
	emit_init(&j, &body);
	emit_object(&j);
	emit_kstr(&j, "audience", audience);
	emit_kbool(&j, "includeEmail", true);
	emit_object_end(&j);
	return buf_check(&url, "GOOGLE_SERVICE_ACCOUNT_NAME", e) || ask(&(struct question){.who = who, .method = "POST",
	    .url = buf_str(&url), .headers = headers, .header_count = 1, .scheme = "Bearer",
	    .secret = secret_span(&access), .body = &body, .member = "token"}, token, e) ? -1 : 0;
}
