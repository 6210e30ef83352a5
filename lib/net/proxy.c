/* SPDX-License-Identifier: Apache-2.0 */
#include "net/proxy.h"

#include <arpa/inet.h>

static const char *
either(const char *upper, const char *lower)
{
	const char *value = getenv(upper);

	if (!value || !*value)
		value = getenv(lower);
	return value && *value ? value : NULL;
}

struct proxy_env
proxy_env(void)
{
	const char *method = getenv("REQUEST_METHOD");

	return (struct proxy_env){
		.http = either("HTTP_PROXY", "http_proxy"),
		.https = either("HTTPS_PROXY", "https_proxy"),
		.no_proxy = either("NO_PROXY", "no_proxy"),
		.cgi = method && *method,
	};
}

/* An address as 16 bytes, IPv4 mapped into IPv6 as Go compares them. */
static bool
address(struct span text, uint8_t out[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	char s[64];

	if (text.len == 0 || text.len >= sizeof(s))
		return false;
	memcpy(s, text.ptr, text.len);
	s[text.len] = '\0';
	memcpy(out, mapped, sizeof(mapped));
	return inet_pton(AF_INET, s, out + 12) == 1 || inet_pton(AF_INET6, s, out) == 1;
}

static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	return memcmp(a, b, whole) == 0 && (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

static bool
is_mapped(const uint8_t a[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(a, mapped, 12) == 0;
}

/* 10.0.0.0/8 or fd00::/8; *known tells whether the word is of that form. */
static bool
in_network(struct span word, const uint8_t host[16], bool *known)
{
	ptrdiff_t slash = span_rfind(word, '/');
	struct span net = slash < 0 ? word : span_first(word, (size_t)slash);
	uint8_t bytes[16];
	uint64_t bits;
	bool four = span_find(net, ':') < 0;

	*known = slash >= 0 && address(net, bytes) &&
	    span_decimal(span_from(word, (size_t)slash + 1), four ? 32 : 128, &bits);
	if (!*known || !host || is_mapped(host) != four)
		return false;
	return same_bits(bytes, host, (unsigned)bits + (four ? 96 : 0));
}

/* "host", "host:port", "[v6]:port"; a bare IPv6 address has no port. */
static void
split_port(struct span word, struct span *host, struct span *port)
{
	ptrdiff_t colon = span_rfind(word, ':');

	*host = word;
	*port = SPAN_NONE;
	if (span_starts(word, "[") && span_ends(word, "]")) {
		*host = span_first(span_from(word, 1), word.len - 2);
		return;
	}
	if (colon < 0 || (!span_starts(word, "[") && span_find(word, ':') != colon))
		return;
	*host = span_first(word, (size_t)colon);
	*port = span_from(word, (size_t)colon + 1);
	if (span_starts(*host, "[") && span_ends(*host, "]"))
		*host = span_first(span_from(*host, 1), host->len - 2);
}

/* "example.com" means it and all below it, ".example.com" and "*.example.com"
 * only what is below. */
static bool
in_domain(struct span domain, struct span host)
{
	bool only_below = false;
	struct span tail;

	if (span_starts(domain, "*."))
		domain = span_from(domain, 1);
	if (span_starts(domain, ".")) {
		only_below = true;
		domain = span_from(domain, 1);
	}
	if (domain.len == 0 || host.len < domain.len)
		return false;
	tail = span_from(host, host.len - domain.len);
	if (!span_eq_nocase(tail, domain))
		return false;
	if (tail.ptr == host.ptr)
		return !only_below;
	return tail.ptr[-1] == '.';
}

static bool
word_excepts(struct span word, const struct origin *o, const uint8_t *ip)
{
	struct span host, port;
	uint8_t bytes[16];
	uint64_t n = 0;
	bool known;

	if (span_is(word, "*"))
		return true;
	if (in_network(word, ip, &known))
		return true;
	if (known)
		return false;
	split_port(word, &host, &port);
	if (port.len && (!span_decimal(port, 65535, &n) || n != o->port))
		return false;
	if (address(host, bytes))
		return ip && memcmp(bytes, ip, 16) == 0;
	return in_domain(host, span_str(o->host));
}

static bool
is_excepted(const char *no_proxy, const struct origin *o)
{
	struct span list = span_str(no_proxy);
	uint8_t ip[16];
	bool literal = address(span_str(o->host), ip);

	while (list.ptr) {
		struct span word = span_trim(span_cut(&list, ','));

		if (word.len && word_excepts(word, o, literal ? ip : NULL))
			return true;
	}
	return false;
}

/* Go asks for names at the far end of a SOCKS proxy; libcurl calls that
 * socks5h. Without a scheme it is an http proxy. */
static int
write_url(struct span proxy, struct buf *url, struct err *e)
{
	static const struct { const char *prefix, *means; } schemes[] = {
		{"http://", "http://"}, {"https://", "https://"}, {"socks5://", "socks5h://"},
		{"socks5h://", "socks5h://"},
	};
	struct span rest = proxy;

	for (size_t i = 0; i < countof(schemes); i++) {
		size_t n = strlen(schemes[i].prefix);

		if (span_eq_nocase(span_first(proxy, n), span_str(schemes[i].prefix))) {
			buf_printf(url, "%s%.*s", schemes[i].means, SPAN_FMT(span_from(proxy, n)));
			return buf_check(url, "the proxy's address", e);
		}
	}
	for (; rest.len >= 3; rest = span_from(rest, 1))
		if (span_starts(rest, "://")) {
			err_set(e, REASON_CONFIG, "the proxy in the environment has an unknown scheme");
			return err_expected(e, "http, https, socks5 or socks5h");
		}
	buf_printf(url, "http://%.*s", SPAN_FMT(proxy));
	return buf_check(url, "the proxy's address", e);
}

int
proxy_for(const struct proxy_env *env, const struct origin *o, struct buf *url, struct err *e)
{
	const char *proxy = o->tls ? env->https : env->http;

	buf_reset(url);
	if (!proxy || origin_is_loopback(o) || (!o->tls && env->cgi))
		return 0;
	if (env->no_proxy && is_excepted(env->no_proxy, o))
		return 0;
	return write_url(span_trim(span_str(proxy)), url, e);
}
