/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/url.h"

#include <arpa/inet.h>
#include "codec/hex.h"

static bool
byte_is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '.' || c == '_' || c == '~';
}

/* What may stand in a URL at all: printable ASCII but for what some parsers
 * read as a separator and others do not. */
static bool
bytes_fit(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c <= ' ' || c >= 0x7f || c == '\\' || c == '"' || c == '<' || c == '>')
			return false;
	}
	return true;
}

/* RFC 3986 section 3.1: how long the scheme before a colon is; 0 for none. */
static size_t
scheme_length(struct span text)
{
	size_t i = 0;

	while (i < text.len && (byte_is_unreserved((unsigned char)text.ptr[i]) || text.ptr[i] == '+') &&
	    text.ptr[i] != '_' && text.ptr[i] != '~')
		i++;
	return i < text.len && text.ptr[i] == ':' ? i : 0;
}

static size_t
until_any(struct span text, const char *stops)
{
	for (size_t i = 0; i < text.len; i++)
		for (const char *s = stops; *s; s++)
			if (text.ptr[i] == *s)
				return i;
	return text.len;
}

static bool
host_is_name(struct span host)
{
	for (size_t i = 0; i < host.len; i++)
		if (!byte_is_unreserved((unsigned char)host.ptr[i]) || host.ptr[i] == '~')
			return false;
	return host.len > 0 && host.len <= 255;
}

static bool
host_is_ipv6(struct span host)
{
	char text[64];
	struct in6_addr a;

	if (host.len == 0 || host.len >= sizeof(text))
		return false;
	memcpy(text, host.ptr, host.len);
	text[host.len] = '\0';
	return inet_pton(AF_INET6, text, &a) == 1;
}

/* host, [v6], each with or without :port. */
static int
parse_authority(struct url *u, struct span text, struct err *e)
{
	struct span port = SPAN_NONE;
	uint64_t number;
	ptrdiff_t end;

	if (span_find(text, '@') >= 0)
		return err_set(e, REASON_PROTOCOL, "a URL that carries user information");
	if (span_starts(text, "[")) {
		end = span_find(text, ']');
		if (end < 0 || !host_is_ipv6(span_of(text.ptr + 1, (size_t)end - 1)))
			return err_set(e, REASON_PROTOCOL, "a URL with a broken IPv6 address");
		u->host = span_of(text.ptr + 1, (size_t)end - 1);
		text = span_from(text, (size_t)end + 1);
		if (text.len && text.ptr[0] != ':')
			return err_set(e, REASON_PROTOCOL, "a URL with bytes behind its IPv6 address");
		if (text.len)
			port = span_from(text, 1);
	} else {
		port = text;
		u->host = span_cut(&port, ':');
		if (!host_is_name(u->host))
			return err_set(e, REASON_PROTOCOL, "a URL with the host '%.*s'", SPAN_FMT(span_first(u->host, 80)));
	}
	u->port = u->tls ? 443 : 80;
	if (port.len == 0)
		return 0;
	if (!span_decimal(port, 65535, &number) || number == 0)
		return err_set(e, REASON_PROTOCOL, "a URL with the port '%.*s'", SPAN_FMT(span_first(port, 80)));
	u->port = (unsigned)number;
	return 0;
}

int
url_parse(struct url *u, struct span text, struct err *e)
{
	size_t n = scheme_length(text);
	struct span rest;

	memset(u, 0, sizeof(*u));
	if (text.len > URL_MAX)
		return err_set(e, REASON_PROTOCOL, "a URL of %zu bytes, more than %d", text.len, URL_MAX);
	if (!bytes_fit(text))
		return err_set(e, REASON_PROTOCOL, "a URL with bytes that may not stand in one");
	u->scheme = span_first(text, n);
	u->tls = span_eq_nocase(u->scheme, SPAN("https"));
	if ((!u->tls && !span_eq_nocase(u->scheme, SPAN("http"))) || !span_starts(span_from(text, n), "://"))
		return err_set(e, REASON_PROTOCOL, "'%.*s' is no http or https URL", SPAN_FMT(span_first(text, 80)));
	rest = span_from(text, n + 3);
	n = until_any(rest, "/?#");
	if (parse_authority(u, span_first(rest, n), e))
		return -1;
	rest = span_from(rest, n);
	rest = span_first(rest, until_any(rest, "#"));
	n = until_any(rest, "?");
	u->path = span_first(rest, n);
	if (n < rest.len)
		u->query = span_from(rest, n + 1);
	return 0;
}

/* RFC 3986 section 5.2.4, from `from` on within out. */
static void
remove_dot_segments(struct buf *out, size_t from)
{
	struct span in = span_of(out->ptr + from, out->len - from);
	size_t used = from;

	while (in.len) {
		struct span segment = span_first(in, 1 + until_any(span_from(in, 1), "/"));

		in = span_from(in, segment.len);
		if (span_is(segment, "/.") || span_is(segment, "/..")) {
			if (segment.len == 3)
				while (used > from && out->ptr[--used] != '/')
					;
			if (in.len == 0)
				out->ptr[used++] = '/';
			continue;
		}
		memmove(out->ptr + used, segment.ptr, segment.len);
		used += segment.len;
	}
	out->len = used;
	out->ptr[used] = '\0';
}

/* The path of ref, put behind base's directory when it is relative. */
static void
add_path(struct buf *out, const struct url *base, struct span path)
{
	size_t from = out->len;
	ptrdiff_t slash = span_rfind(base->path, '/');

	if (!span_starts(path, "/")) {
		buf_add_span(out, slash < 0 ? SPAN("/") : span_first(base->path, (size_t)slash + 1));
	}
	buf_add_span(out, path);
	if (!out->over)
		remove_dot_segments(out, from);
}

int
url_resolve(struct buf *out, struct span base, struct span ref, struct err *e)
{
	size_t start = out->len, n;
	struct url b, whole;
	struct span path;

	if (url_parse(&b, base, e))
		return -1;
	ref = span_first(ref, until_any(ref, "#"));
	if (ref.len > URL_MAX || !bytes_fit(ref))
		return err_set(e, REASON_PROTOCOL, "a URL that is too long, or has bytes that may not stand in one");
	n = until_any(ref, "?");
	path = span_first(ref, n);
	if (scheme_length(ref)) {
		buf_add_span(out, ref);
	} else if (span_starts(ref, "//")) {
		buf_add_span(out, b.scheme);
		buf_add_char(out, ':');
		buf_add_span(out, ref);
	} else {
		buf_add(out, base.ptr, (size_t)(b.path.ptr - base.ptr));
		if (path.len)
			add_path(out, &b, path);
		else
			buf_add_span(out, b.path);
		if (n < ref.len)
			buf_add_span(out, span_from(ref, n));
		else if (path.len == 0 && b.query.ptr)
			buf_printf(out, "?%.*s", SPAN_FMT(b.query));
	}
	if (buf_check(out, "a URL", e))
		return -1;
	return url_parse(&whole, span_of(out->ptr + start, out->len - start), e);
}

bool
url_same_origin(const struct url *a, const struct url *b)
{
	return a->tls == b->tls && a->port == b->port && span_eq_nocase(a->host, b->host);
}

void
url_encode(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (byte_is_unreserved(c))
			buf_add_char(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

void
url_decode(struct buf *out, struct span text)
{
	for (; text.len; text = span_from(text, 1)) {
		unsigned char c = (unsigned char)text.ptr[0];

		if (c == '%' && text.len > 2 && hex_decode(&c, 1, span_of(text.ptr + 1, 2)))
			text = span_from(text, 2);
		buf_add_char(out, (char)c);
	}
}

void
url_add_query(struct buf *url, const char *name, struct span value)
{
	bool has = span_find(buf_span(url), '?') >= 0;

	if (!has || (url->len && !strchr("?&", url->ptr[url->len - 1])))
		buf_add_char(url, has ? '&' : '?');
	buf_add_str(url, name);
	buf_add_char(url, '=');
	url_encode(url, value);
}

static bool
parse_address(struct span host, unsigned char a[16], bool *v6)
{
	char text[64];

	if (host.len == 0 || host.len >= sizeof(text))
		return false;
	memcpy(text, host.ptr, host.len);
	text[host.len] = '\0';
	*v6 = inet_pton(AF_INET6, text, a) == 1;
	return *v6 || inet_pton(AF_INET, text, a) == 1;
}

/* Addresses that carry an IPv4 one inside (::ffff:a.b.c.d) are judged by it. */
static bool
unwrap_mapped(unsigned char a[16], bool *v6)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (!*v6 || memcmp(a, mapped, sizeof(mapped)) != 0)
		return false;
	memmove(a, a + 12, 4);
	*v6 = false;
	return true;
}

bool
url_host_is_loopback(struct span host)
{
	static const unsigned char one[16] = {[15] = 1};
	unsigned char a[16];
	bool v6;

	if (span_eq_nocase(host, SPAN("localhost")) ||
	    (host.len > 10 && span_eq_nocase(span_from(host, host.len - 10), SPAN(".localhost"))))
		return true;
	if (!parse_address(host, a, &v6))
		return false;
	unwrap_mapped(a, &v6);
	return v6 ? memcmp(a, one, sizeof(one)) == 0 : a[0] == 127;
}

/* Names made of digits, dots and hexadecimal alone (127.1, 0x7f000001) are
 * read as addresses by some resolvers; none of them is a public name. */
static bool
host_is_odd_number(struct span host)
{
	ptrdiff_t dot = span_rfind(host, '.');
	struct span last = span_from(host, (size_t)(dot + 1));

	return last.len > 0 && last.ptr[0] >= '0' && last.ptr[0] <= '9';
}

bool
url_host_is_private(struct span host)
{
	unsigned char a[16];
	bool v6;

	if (url_host_is_loopback(host))
		return true;
	if (!parse_address(host, a, &v6))
		return host_is_odd_number(host);
	unwrap_mapped(a, &v6);
	if (v6)
		return (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0) == 0x80) || a[0] == 0;
	return a[0] == 0 || a[0] == 10 || a[0] == 127 || (a[0] == 172 && (a[1] & 0xf0) == 16) ||
	    (a[0] == 192 && a[1] == 168) || (a[0] == 169 && a[1] == 254) || (a[0] == 100 && (a[1] & 0xc0) == 64);
}
