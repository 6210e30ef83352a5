/* SPDX-License-Identifier: Apache-2.0 */
#include "client/credentials.h"

#include "base/mem.h"
#include "client/broker.h"

static bool
is_given(const char *s)
{
	return s && *s;
}

int
credentials_find(struct dockercfg_auth *c, const char *registry, const char *repository,
    const struct registry_options *o, struct err *e)
{
	if (!o->k8s_keychain && is_given(o->username) && is_given(o->password)) {
		c->username = xstrdup(o->username);
		secret_copy(&c->password, span_str(o->password));
		return 0;
	}
	if (!o->k8s_keychain && is_given(o->token)) {
		secret_copy(&c->registry_token, span_str(o->token));
		return 0;
	}
	repository = is_given(repository) ? repository : NULL;
	return broker_is_running() ? broker_ask(registry, repository, c, e) : dockercfg_find(registry, repository, c, e);
}
