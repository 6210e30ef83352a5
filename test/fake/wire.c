/* SPDX-License-Identifier: Apache-2.0 */
#include "sigstore.h"
#include "base/file.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADERS = 1 << 20, DRIPS = 12000, DRIP_MS = 50 };

int
wire_socket(struct ask *a)
{
	return MHD_get_connection_info(a->x.conn, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

/* False when nobody listens any more. */
static bool
say(struct ask *a, struct span s)
{
	struct pollfd p = {.fd = wire_socket(a), .events = POLLOUT};

	while (s.len) {
		ssize_t n = send(p.fd, s.ptr, s.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && (errno != EAGAIN || poll(&p, 1, 60 * 1000) <= 0))
			return false;
		s = span_from(s, n > 0 ? (size_t)n : 0);
	}
	return true;
}

void
wire_answer(struct ask *a)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);

	if (a->wire == WIRE_OLD) {
		buf_printf(&b, "HTTP/1.0 %u Fine\r\n\r\n", a->x.status);
		buf_add_span(&b, a->by_hand);
	} else {
		buf_printf(&b, "HTTP/1.1 %u Fine\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n", a->x.status, a->by_hand.len);
		buf_add_span(&b, span_first(a->by_hand, a->by_hand.len - 1));
	}
	(void)say(a, buf_span(&b));
	shutdown(wire_socket(a), SHUT_WR);
}

void
wire_drip(struct ask *a)
{
	static const char head[] = "HTTP/1.1 200 Fine\r\nX-Long: ";
	struct pollfd p = {.fd = wire_socket(a), .events = POLLRDHUP};

	for (size_t i = 0; i < DRIPS; i++)
		if (!say(a, i < sizeof(head) - 1 ? span_of(head + i, 1) : SPAN("x")) || poll(&p, 1, DRIP_MS) > 0)
			return;
}

void
wire_headers(struct ask *a)
{
	bool heard = say(a, SPAN("HTTP/1.1 200 Fine\r\n"));

	for (size_t i = 0; heard && i < HEADERS; i++)
		heard = say(a, SPAN("X-Again: and again, and again, and again, and again, and again\r\n"));
}

void
wire_bomb(struct ask *a, const char *file)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;

	if (file_read(file, &b, &e))
		fprintf(stderr, "sigstore: no %s\n", file);
	exchange_answer(&a->x, 200, "application/json", buf_span(&b));
	exchange_add(&a->x, "Content-Encoding", "gzip");
}
