/* SPDX-License-Identifier: Apache-2.0 */
#include "net/origin.h"

#include <arpa/inet.h>

static bool
is_printable(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= 0x20 || (unsigned char)s.ptr[i] >= 0x7f)
			return false;
	return true;
}

static bool
is_host(struct span s, const char *extra)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	for (size_t i = 0; i < s.len; i++)
		if (!memchr(letters, s.ptr[i], sizeof(letters) - 1) && !strchr(extra, s.ptr[i]))
			return false;
	return s.len > 0 && s.len < sizeof(((struct origin *)0)->host);
}

static int
bad(struct span url, const char *what, struct err *e)
{
	return err_set(e, REASON_PROTOCOL, "'%.*s' is no URL to ask: %s", (int)(url.len < 300 ? url.len : 300),
	    url.ptr ? url.ptr : "", what);
}

static bool
scheme(struct span *url, bool *tls)
{
	static const char *const prefix[] = {"http://", "https://"};

	for (int i = 0; i < 2; i++) {
		size_t n = strlen(prefix[i]);

		if (url->len >= n && span_eq_nocase(span_first(*url, n), span_str(prefix[i]))) {
			*url = span_from(*url, n);
			*tls = i == 1;
			return true;
		}
	}
	return false;
}

static size_t
find_any(struct span s, const char *set)
{
	size_t i = 0;

	while (i < s.len && !strchr(set, s.ptr[i]))
		i++;
	return i;
}

/* Splits host and port, and takes the brackets off. */
static bool
authority(struct origin *o, struct span a)
{
	struct span host = a, port = SPAN_NONE;
	bool v6 = span_starts(a, "[");
	ptrdiff_t end = v6 ? span_find(a, ']') : span_find(a, ':');
	struct in6_addr addr;
	uint64_t n;

	if (v6 && end < 0)
		return false;
	if (end >= 0) {
		host = span_first(a, (size_t)end);
		port = span_from(a, (size_t)end + v6);
		if (port.len && port.ptr[0] != ':')
			return false;
		o->port_given = port.len > 0;
		port = span_from(port, 1);
	}
	if (v6)
		host = span_from(host, 1);
	if (!is_host(host, v6 ? ":." : ".-_"))
		return false;
	for (size_t i = 0; i < host.len; i++)
		o->host[i] = (char)(host.ptr[i] >= 'A' && host.ptr[i] <= 'Z' ? host.ptr[i] + 32 : host.ptr[i]);
	o->host[host.len] = '\0';
	o->port = o->tls ? 443 : 80;
	if (o->port_given) {
		if (port.len > 5 || !span_decimal(port, 65535, &n) || n == 0)
			return false;
		o->port = (unsigned)n;
	}
	return !v6 || inet_pton(AF_INET6, o->host, &addr) == 1;
}

int
origin_parse(struct origin *o, struct span url, struct err *e)
{
	struct span rest = url;
	size_t n;

	*o = (struct origin){0};
	if (url.len > ORIGIN_URL_MAX || !is_printable(url))
		return bad(url, "too long, or bytes that may not stand in one", e);
	if (!scheme(&rest, &o->tls))
		return bad(url, "neither http nor https", e);
	n = find_any(rest, "/?#\\");
	if (!authority(o, span_first(rest, n)))
		return bad(url, "its server cannot be read", e);
	o->rest = span_from(rest, n);
	if (o->rest.len && o->rest.ptr[0] == '\\')
		return bad(url, "its server cannot be read", e);
	return 0;
}

bool
origin_same(const struct origin *a, const struct origin *b)
{
	return a->tls == b->tls && a->port == b->port && strcmp(a->host, b->host) == 0;
}

static bool
is_name_of_this_machine(const char *host)
{
	struct span h = span_str(host);

	if (span_ends(h, "."))
		h.len--;
	return span_is(h, "localhost") || span_ends(h, ".localhost");
}

static bool
within(uint32_t a, uint32_t net, unsigned bits)
{
	return a >> (32 - bits) == net >> (32 - bits);
}

static bool
is_private4(uint32_t a)
{
	static const struct { uint32_t net; unsigned bits; } nets[] = {
		{0x00000000, 8}, {0x0a000000, 8}, {0x64400000, 10}, {0x7f000000, 8},
		{0xa9fe0000, 16}, {0xac100000, 12}, {0xc0a80000, 16},
	};

	for (size_t i = 0; i < countof(nets); i++)
		if (within(a, nets[i].net, nets[i].bits))
			return true;
	return false;
}

/* inet_aton reads 0x7f.1 and 2130706433 as resolvers and libcurl do. */
static bool
ipv4(const char *host, uint32_t *a)
{
	struct in6_addr six;
	struct in_addr four;
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (inet_aton(host, &four)) {
		*a = ntohl(four.s_addr);
		return true;
	}
	if (inet_pton(AF_INET6, host, &six) != 1 || memcmp(&six, mapped, sizeof(mapped)) != 0)
		return false;
	memcpy(&four, (const uint8_t *)&six + 12, 4);
	*a = ntohl(four.s_addr);
	return true;
}

bool
origin_is_loopback(const struct origin *o)
{
	struct in6_addr six;
	uint32_t a;

	if (is_name_of_this_machine(o->host))
		return true;
	if (ipv4(o->host, &a))
		return within(a, 0x7f000000, 8);
	return inet_pton(AF_INET6, o->host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

bool
origin_is_private(const struct origin *o)
{
	struct in6_addr six;
	uint32_t a;

	if (origin_is_loopback(o))
		return true;
	if (ipv4(o->host, &a))
		return is_private4(a);
	return inet_pton(AF_INET6, o->host, &six) == 1 &&
	    (IN6_IS_ADDR_UNSPECIFIED(&six) || IN6_IS_ADDR_LINKLOCAL(&six) || (six.s6_addr[0] & 0xfe) == 0xfc);
}

void
origin_authority(const struct origin *o, struct buf *out)
{
	buf_printf(out, strchr(o->host, ':') ? "[%s]" : "%s", o->host);
	if (o->port_given)
		buf_printf(out, ":%u", o->port);
}

static void
encode(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c <= 0x20 || c >= 0x7f)
			buf_printf(out, "%%%02X", c);
		else
			buf_add_char(out, (char)c);
	}
}

/* A scheme stands in front: letters, then a colon before any slash. */
static bool
has_scheme(struct span s)
{
	size_t n = find_any(s, ":/?#");

	return n > 0 && n < s.len && s.ptr[n] == ':';
}

static void
resolve(struct span url, const struct origin *from, struct span location, struct buf *out)
{
	struct span path = span_first(from->rest, find_any(from->rest, "?#"));

	if (has_scheme(location)) {
		encode(location, out);
		return;
	}
	buf_add_str(out, from->tls ? "https:" : "http:");
	if (span_starts(location, "//")) {
		encode(location, out);
		return;
	}
	buf_add_str(out, "//");
	buf_add_span(out, span_first(span_from(url, from->tls ? 8 : 7),
	    (size_t)(from->rest.ptr - url.ptr) - (from->tls ? 8 : 7)));
	if (location.len == 0 || location.ptr[0] == '?')
		buf_add_span(out, path);
	else if (location.ptr[0] != '/')
		buf_add_span(out, span_first(path, (size_t)(span_rfind(path, '/') + 1)));
	if (path.len == 0 && !span_starts(location, "/"))
		buf_add_char(out, '/');
	encode(location, out);
}

int
origin_redirect(struct span url, struct span location, struct buf *out, struct err *e)
{
	struct origin from, to;

	if (origin_parse(&from, url, e))
		return -1;
	location = span_trim(location);
	location = span_first(location, find_any(location, "#"));
	buf_reset(out);
	resolve(url, &from, location, out);
	if (buf_check(out, "the address of a redirect", e))
		return -1;
	if (origin_parse(&to, buf_span(out), e))
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
	    "policy"};

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
