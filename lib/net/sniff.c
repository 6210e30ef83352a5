/* SPDX-License-Identifier: Apache-2.0 */
#include "net/sniff.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A ClientHello (RFC 5246 section 7.4.1.2) that any TLS server answers with a
 * hello or an alert. Its random bytes hold an empty line, so that servers that
 * read lines find the end of something that is no request, and say so.
 */
static const unsigned char hello[] = {
	0x16, 3, 1, 0, 77,			/* handshake, 77 bytes */
	1, 0, 0, 73, 3, 3,			/* client hello, TLS 1.2 */
	'c', 'o', 's', 'i', 'g', 'n', ' ', 'a', 's', 'k', 's', ' ', '\r', '\n', '\r', '\n',
	'\r', '\n', '\r', '\n', 0x51, 0x0f, 0x7e, 0x93, 0x2a, 0xd4, 0x68, 0xb1, 0x05, 0xec, 0x39, 0x8a,
	0,					/* no session */
	0, 8, 0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x2c, 0xc0, 0x30,	/* ECDHE with AES-GCM */
	1, 0,					/* no compression */
	0, 24,					/* extensions */
	0, 10, 0, 4, 0, 2, 0, 23,		/* group P-256 */
	0, 13, 0, 12, 0, 10, 4, 3, 5, 3, 8, 4, 4, 1, 5, 1,	/* signatures */
};

static int
address_of(const struct origin *o, struct sockaddr_storage *out, socklen_t *len)
{
	struct sockaddr_in *four = (struct sockaddr_in *)out;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET6, o->host, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)o->port);
		*len = sizeof(*six);
		return 0;
	}
	four->sin_family = AF_INET;
	four->sin_port = htons((uint16_t)o->port);
	*len = sizeof(*four);
	return inet_pton(AF_INET, o->host, &four->sin_addr) == 1 ? 0 : -1;
}

bool
sniff_start(struct sniff_call *c, const struct origin *o)
{
	struct sockaddr_storage a;
	socklen_t len;

	*c = (struct sniff_call){.fd = -1};
	/* Names, localhost among them, may mean several addresses. */
	if (!origin_is_loopback(o) || address_of(o, &a, &len))
		return false;
	c->fd = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0 || (connect(c->fd, (struct sockaddr *)&a, len) && errno != EINPROGRESS)) {
		sniff_end(c);
		return false;
	}
	return true;
}

void
sniff_end(struct sniff_call *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

enum sniff
sniff_step(struct sniff_call *c)
{
	unsigned char first[2] = {0, 0};
	ssize_t n;

	if (!c->sent) {
		n = send(c->fd, hello, sizeof(hello), MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == ENOTCONN || errno == EINTR ? SNIFF_WAITING : SNIFF_UNCLEAR;
		if (n != (ssize_t)sizeof(hello))
			return SNIFF_UNCLEAR;
		c->sent = true;
	}
	n = recv(c->fd, first, sizeof(first), MSG_PEEK);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return SNIFF_WAITING;
	/* Text is an answer by http; alert or handshake of version 3.x is TLS. */
	if (n == 2 && (first[0] == 0x15 || first[0] == 0x16) && first[1] == 3)
		return SNIFF_TLS;
	return n == 2 && first[0] == 'H' && first[1] == 'T' ? SNIFF_PLAIN : SNIFF_UNCLEAR;
}
