/* SPDX-License-Identifier: Apache-2.0 */
/* Lines: the URL asked for, NO_PROXY, the proxy. This machine is never asked
 * for through a proxy, and one that is excepted from it never either. */
#include "base/mem.h"
#include "base/pool.h"
#include "net/proxy.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_proxied(const struct proxy_env *env, const struct origin *o)
{
	AUTO(buf) struct buf url = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	return proxy_for(env, o, &url, &e) != 0 || url.len > 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span rest = span_of(data, size), url = span_cut(&rest, '\n'), except = span_cut(&rest, '\n');
	struct proxy_env env = {0};
	struct err e = ERR_INIT;
	struct origin o;

	if (origin_parse(&o, url, &e))
		return 0;
	env.http = env.https = pool_str(&pool, rest.ptr ? rest : SPAN("proxy.example:3128"));
	env.no_proxy = pool_str(&pool, except.ptr ? except : SPAN(""));
	if (is_proxied(&env, &o) && origin_is_loopback(&o))
		BUG("%s through a proxy", o.host);
	/* A dot or a star in front would mean what is below it. */
	env.no_proxy = strchr(".*", o.host[0]) ? "*" : o.host;
	if (is_proxied(&env, &o))
		BUG("%s is excepted", o.host);
	env.no_proxy = "x,*";
	if (is_proxied(&env, &o))
		BUG("everything is excepted");
	return 0;
}
