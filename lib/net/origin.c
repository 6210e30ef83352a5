/* SPDX-License-Identifier: Apache-2.0 */
#include "net/origin.h"

int
origin_parse(struct origin *o, struct span url, struct err *e)
{
	struct url u;

	*o = (struct origin){0};
	if (url_parse(&u, url, e))
		return -1;
	if (u.host.len >= sizeof(o->host))
		return err_set(e, REASON_PROTOCOL, "a URL with a host of %zu bytes", u.host.len);
	for (size_t i = 0; i < u.host.len; i++)
		o->host[i] = (char)(u.host.ptr[i] >= 'A' && u.host.ptr[i] <= 'Z' ? u.host.ptr[i] + 32 : u.host.ptr[i]);
	o->tls = u.tls;
	o->port = u.port;
	/* Between host and path stands what is left of the authority. */
	o->port_given = u.path.ptr - (u.host.ptr + u.host.len) > 1 && u.path.ptr[-1] != ']';
	o->rest = span_of(u.path.ptr, (size_t)(url.ptr + url.len - u.path.ptr));
	return 0;
}

bool
origin_same(const struct origin *a, const struct origin *b)
{
	return a->tls == b->tls && a->port == b->port && strcmp(a->host, b->host) == 0;
}

static struct span
name_of(const struct origin *o)
{
	struct span host = span_str(o->host);

	if (span_ends(host, "."))
		host.len--;
	return host;
}

bool
origin_is_loopback(const struct origin *o)
{
	return url_host_is_loopback(name_of(o));
}

bool
origin_is_private(const struct origin *o)
{
	return url_host_is_private(name_of(o));
}

void
origin_authority(const struct origin *o, struct buf *out)
{
	buf_printf(out, strchr(o->host, ':') ? "[%s]" : "%s", o->host);
	if (o->port_given)
		buf_printf(out, ":%u", o->port);
}

/* Servers are careless with these. */
static void
encode(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c <= 0x20 || c >= 0x7f || strchr("\"<>\\", c))
			buf_printf(out, "%%%02X", c);
		else
			buf_add_char(out, (char)c);
	}
}

int
origin_redirect(struct span url, struct span location, struct buf *out, struct err *e)
{
	AUTO(buf) struct buf ref = BUF_INIT(ORIGIN_URL_MAX * 3);
	struct origin from, to;

	if (origin_parse(&from, url, e))
		return -1;
	buf_reset(out);
	encode(span_trim(location), &ref);
	if (buf_check(&ref, "the address of a redirect", e) || url_resolve(out, url, buf_span(&ref), e) ||
	    origin_parse(&to, buf_span(out), e))
		return err_wrap(e, "a redirect from %s", from.host);
	if (from.tls && !to.tls)
		return err_set(e, REASON_PROTOCOL, "a redirect from https://%s to http://%s is not followed",
		    from.host, to.host);
	if (!origin_is_private(&from) && origin_is_private(&to))
		return err_set(e, REASON_PROTOCOL, "a redirect from %s to the private address %s is not followed",
		    from.host, to.host);
	return 0;
}

static bool
is_telling(struct span name)
{
	static const char *const words[] = {"sig", "token", "credential", "secret", "password", "key", "code",
	    "policy", "state"};

	for (size_t w = 0; w < countof(words); w++) {
		size_t n = strlen(words[w]);

		for (size_t i = 0; i + n <= name.len; i++)
			if (span_eq_nocase(span_first(span_from(name, i), n), span_str(words[w])))
				return true;
	}
	return false;
}

void
origin_mask(struct span url, struct buf *out)
{
	ptrdiff_t at = span_find(url, '?');
	struct span query;
	char lead = '?';

	buf_add_span(out, at < 0 ? url : span_first(url, (size_t)at));
	if (at < 0)
		return;
	query = span_from(url, (size_t)at + 1);
	while (query.ptr) {
		struct span value = span_cut(&query, '&'), name = span_cut(&value, '=');

		buf_add_char(out, lead);
		buf_add_span(out, name);
		if (value.ptr) {
			buf_add_char(out, '=');
			buf_add_span(out, is_telling(name) ? SPAN("...") : value);
		}
		lead = '&';
	}
}
