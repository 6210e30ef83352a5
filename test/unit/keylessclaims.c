/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/b64.h"
#include "step/keyless.h"
#include "tap.h"

#define HOLDER "\"iss\":\"https://id.example\",\"exp\":1700000000,\"sub\":\"me\""

/* A token with these claims. */
static int
read_claims(struct keyless_claims *c, struct span json, struct err *e)
{
	AUTO(buf) struct buf token = BUF_INIT(BUF_BIG_MAX);

	buf_add_str(&token, "eyJhbGciOiJFUzI1NiJ9.");
	b64_encode(&token, json, B64_URL);
	buf_add_str(&token, ".AA");
	return keyless_claims_read(c, buf_span(&token), e);
}

static void
bad_sample(const char *path, struct span bytes, enum reason want, void *arg UNUSED)
{
	AUTO(keyless_claims) struct keyless_claims c = KEYLESS_CLAIMS_INIT;
	struct err e = ERR_INIT;

	fails_with(read_claims(&c, bytes, &e), &e, want, "%s", path);
}

static void
path_is(const char *more, const char *want)
{
	AUTO(keyless_claims) struct keyless_claims c = KEYLESS_CLAIMS_INIT;
	AUTO(charp) char *json = xasprintf("{" HOLDER ",%s}", more);
	struct err e = ERR_INIT;

	if (!succeeds(read_claims(&c, span_str(json), &e), &e, "claims %s", more))
		return;
	is_int((int64_t)c.path_count, want ? 1 : 0, "paths of %s", more);
	if (want && c.path_count)
		is_span(c.paths[0], span_str(want), "its path");
}

/* It is compared with what a certificate says, and nothing of it may be lost. */
static void
nul(void)
{
	AUTO(keyless_claims) struct keyless_claims c = KEYLESS_CLAIMS_INIT;
	struct err e = ERR_INIT;

	if (succeeds(read_claims(&c, SPAN("{" HOLDER ",\"organization_slug\":\"o\\u0000x\",\"pipeline_slug\":\"p\"}"), &e), &e,
	    "a NUL") && c.path_count)
		is_span(c.paths[0], SPAN("o\0x/p"), "stays");
}

static void
holder(void)
{
	AUTO(keyless_claims) struct keyless_claims c = KEYLESS_CLAIMS_INIT;
	struct err e = ERR_INIT;

	if (!succeeds(read_claims(&c, SPAN("{" HOLDER ",\"email\":\"a@b\",\"email_verified\":true,"
	    "\"federated_claims\":{\"connector_id\":\"https://up.example\"},\"job_workflow_ref\":null}"), &e), &e, "claims"))
		return;
	is_span(c.issuer, SPAN("https://id.example"), "issuer");
	is_span(c.subject, SPAN("me"), "subject");
	is_span(c.email, SPAN("a@b"), "email");
	is_span(c.connector, SPAN("https://up.example"), "who was asked in turn");
	is_int(c.expires, 1700000000, "until");
	is_int((int64_t)c.path_count, 0, "no path");
}

int
main(void)
{
	holder();
	nul();
	path_is("\"job_workflow_ref\":\"o/r/w@refs/heads/main\"", "o/r/w@refs/heads/main");
	path_is("\"ci_config_ref_uri\":\"git.example/a//.ci.yml@refs/heads/main\"", "git.example/a//.ci.yml@refs/heads/main");
	path_is("\"organization_slug\":\"o\",\"pipeline_slug\":\"p\"", "o/p");
	path_is("\"organization_slug\":\"o\",\"pipeline_slug\":\"\"", NULL);
	path_is("\"pipeline_slug\":\"p\"", NULL);
	path_is("\"kubernetes.io\":{\"namespace\":\"n\",\"serviceaccount\":{\"name\":\"s\"}}", "kubernetes.io/namespaces/n/serviceaccounts/s");
	path_is("\"kubernetes.io\":{\"namespace\":\"n\"}", NULL);
	path_is("\"oidc.circleci.com/project-id\":\"1\",\"oidc.circleci.com/pipeline-definition-id\":\"2\"",
	    "projects/1/pipeline-definitions/2");
	path_is("\"account_name\":\"a\",\"pipeline_name\":\"b\",\"account_id\":\"1\",\"pipeline_id\":\"2\"", "a/b:1/2");
	path_is("\"account_name\":\"a\",\"pipeline_name\":\"b\",\"account_id\":\"1\"", NULL);
	tap_samples("test/vectors/bad/keylessclaims", bad_sample, NULL);
	return tap_done();
}
