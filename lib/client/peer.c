/* SPDX-License-Identifier: Apache-2.0 */
#include "client/peer.h"

#include <unistd.h>
#include "base/mem.h"
#include "codec/url.h"

/* What is learnt once serves every later request of the process. */
static struct peer *peers;

static int
check_readable(const char *flag, const char *path, struct err *e)
{
	if (path && access(path, R_OK) != 0)
		return err_errno(e, REASON_IO, "--%s: cannot read %s", flag, path);
	return 0;
}

static int
check_files(const struct registry_options *o, struct err *e)
{
	if ((o->client_cert == NULL) != (o->client_key == NULL))
		return err_set(e, REASON_USAGE, "--registry-client-cert and --registry-client-key go together, and --%s is missing",
		    o->client_cert ? "registry-client-key" : "registry-client-cert");
	if (check_readable("registry-cacert", o->cacert, e) ||
	    check_readable("registry-client-cert", o->client_cert, e) ||
	    check_readable("registry-client-key", o->client_key, e))
		return -1;
	return 0;
}

/* "" stands for a flag that was not given. */
static const char *
given(const char *s)
{
	return s && *s ? s : NULL;
}

static struct peer *
peer_new(const char *registry, const struct registry_options *o)
{
	struct peer *p = xcalloc(1, sizeof(*p));

	p->registry = xstrdup(registry);
	p->http = (struct http_peer){
		.plain_allowed = o->allow_http || o->allow_insecure || ref_registry_is_local(registry),
		.insecure = o->allow_insecure,
		.cacert = o->cacert,
		.client_cert = o->client_cert,
		.client_key = o->client_key,
		.server_name = o->server_name,
	};
	p->next = peers;
	peers = p;
	return p;
}

struct peer *
peer_find(const char *registry, const struct registry_options *o, struct err *e)
{
	struct registry_options used = *o;

	for (struct peer *p = peers; p; p = p->next)
		if (strcmp(p->registry, registry) == 0)
			return p;
	used.cacert = given(o->cacert);
	used.client_cert = given(o->client_cert);
	used.client_key = given(o->client_key);
	used.server_name = given(o->server_name);
	return check_files(&used, e) ? NULL : peer_new(registry, &used);
}

void
peer_base(const struct peer *p, struct buf *url)
{
	buf_printf(url, "%s://%s", p->plain ? "http" : "https", p->registry);
}

bool
peer_owns(const struct peer *p, struct span text)
{
	AUTO(buf) struct buf base = BUF_INIT(URL_MAX);
	struct url own, other;

	peer_base(p, &base);
	return url_parse(&own, buf_span(&base), NULL) == 0 && url_parse(&other, text, NULL) == 0 &&
	    url_same_origin(&own, &other);
}

struct span
peer_host(const struct peer *p)
{
	struct span registry = span_str(p->registry);
	ptrdiff_t colon = span_rfind(registry, ':');

	if (span_starts(registry, "[")) {
		ptrdiff_t end = span_find(registry, ']');

		return span_of(registry.ptr + 1, end > 0 ? (size_t)end - 1 : 0);
	}
	return colon < 0 ? registry : span_first(registry, (size_t)colon);
}
