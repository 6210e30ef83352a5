/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ambient.h"

#include <unistd.h>
#include "base/env.h"
#include "base/log.h"
#include "client/ambientspiffe.h"
#include "client/ambientweb.h"
#include "client/tokenget.h"
#include "net/http.h"

#define AUDIENCE "sigstore"

static const char *
token_file(void)
{
	const char *named = env_get_nonempty("COSIGN_OIDC_TOKEN_FILE");

	return named ? named : "/var/run/sigstore/cosign/oidc-token";
}

static bool
has_file(void)
{
	return access(token_file(), F_OK) == 0;
}

static int
ask_file(const char *audience, struct secret *token, struct err *e)
{
	(void)audience;
	return tokenget_file(token_file(), token, e);
}

static bool
has_variable(void)
{
	return env_get_nonempty("SIGSTORE_ID_TOKEN");
}

static int
ask_variable(const char *audience, struct secret *token, struct err *e)
{
	const char *value = env_get_nonempty("SIGSTORE_ID_TOKEN");

	(void)audience;
	if (!value)
		return err_set(e, REASON_CONFIG, "SIGSTORE_ID_TOKEN is not set");
	secret_release(token);
	secret_copy(token, span_trim(span_str(value)));
	return 0;
}

const struct ambient ambient_all[] = {
	{"filesystem", has_file, ask_file, false},
	{"envvar", has_variable, ask_variable, false},
	{"github-actions", ambientweb_has_github, ambientweb_github, true},
	{"buildkite-agent", ambientweb_has_buildkite, ambientweb_buildkite, true},
	{"spiffe", ambientspiffe_is_there, ambientspiffe_ask, true},
	{"google-workload-identity", ambientweb_has_google, ambientweb_google, true},
	{"google-impersonate", ambientweb_has_impersonate, ambientweb_impersonate, true},
};
const size_t ambient_count = countof(ambient_all);

static int
confine(bool requests, struct err *e)
{
	const char *file = token_file();

	return http_confine(requests, 0, &file, 1, e);
}

static int
ask(const struct ambient *a, struct secret *token, struct err *e)
{
	log_debug("asking %s for an identity token", a->name);
	if (a->ask(AUDIENCE, token, e) == 0 && tokenget_read(token, NULL, e) == 0)
		return 0;
	secret_release(token);
	return err_wrap(e, "the identity provider %s", a->name);
}

static int
no_such(const char *provider, struct err *e)
{
	AUTO(buf) struct buf names = BUF_INIT(BUF_TEXT_MAX);

	for (size_t i = 0; i < ambient_count; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", ambient_all[i].name);
	err_set(e, REASON_USAGE, "--oidc-provider");
	err_expected(e, "one of %s", buf_str(&names));
	return err_found(e, "%s", provider);
}

static const struct ambient *
find_named(const char *provider)
{
	for (size_t i = 0; i < ambient_count; i++)
		if (strcmp(ambient_all[i].name, provider) == 0)
			return &ambient_all[i];
	return NULL;
}

static int
ask_named(const char *provider, struct secret *token, struct err *e)
{
	const struct ambient *a = find_named(provider);

	if (!a)
		return no_such(provider, e);
	return confine(a->requests, e) || ask(a, token, e) ? -1 : 0;
}

/* As bits. */
static unsigned
who_is_there(bool *requests)
{
	unsigned there = 0;

	for (size_t i = 0; i < ambient_count; i++)
		if (ambient_all[i].is_there()) {
			there |= 1u << i;
			*requests = *requests || ambient_all[i].requests;
		}
	return there;
}

int
ambient_find(const char *provider, struct secret *token, struct err *e)
{
	struct err why = ERR_INIT;
	bool failed = false, requests = false;
	char text[ERR_TEXT];
	unsigned there;

	if (provider && *provider)
		return ask_named(provider, token, e);
	there = who_is_there(&requests);
	if (!there)
		return 1;
	if (confine(requests, e))
		return -1;
	for (size_t i = 0; i < ambient_count; i++) {
		if (!(there & 1u << i))
			continue;
		if (failed)
			log_warn("%s", err_text(&why, text, sizeof(text)));
		failed = true;
		if (ask(&ambient_all[i], token, &why) == 0)
			return 0;
	}
	if (e)
		*e = why;
	return err_hint(e, "--oidc-disable-ambient-providers logs in instead");
}
