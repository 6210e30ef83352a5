/* SPDX-License-Identifier: Apache-2.0 */
#include "sigstore.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

static void *(*begin_handler)(void *, const char *, struct MHD_Connection *);
static MHD_AccessHandlerCallback handle_handler;
static MHD_RequestCompletedCallback end_handler;

void
door_handlers(void *(*begin)(void *, const char *, struct MHD_Connection *), MHD_AccessHandlerCallback handle,
    MHD_RequestCompletedCallback end)
{
	begin_handler = begin;
	handle_handler = handle;
	end_handler = end;
}

static void
must(bool good)
{
	if (good)
		return;
	perror("sigstore: port");
	exit(1);
}

/* A socket bound to *port, which is chosen when it is 0. Connections inherit
 * TCP_NODELAY. */
static int
new_socket(unsigned *port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) == 0 &&
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)) == 0 &&
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0 &&
	    getsockname(fd, (struct sockaddr *)&addr, &len) == 0);
	*port = ntohs(addr.sin_port);
	return fd;
}

static void
open_door(struct service *s)
{
	unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC;

	/* The first socket never listens: it keeps the port while the door is shut. */
	if (!s->port)
		new_socket(&s->port);
	s->fd = new_socket(&s->port);
	must(listen(s->fd, 256) == 0);
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, handle_handler, s, MHD_OPTION_LISTEN_SOCKET, s->fd,
	    MHD_OPTION_URI_LOG_CALLBACK, begin_handler, NULL, MHD_OPTION_NOTIFY_COMPLETED, end_handler, NULL,
	    MHD_OPTION_END);
	must(s->daemon != NULL);
}

/* Open connections are served to their end. */
static void
shut_door(struct service *s)
{
	MHD_quiesce_daemon(s->daemon);
	shutdown(s->fd, SHUT_RDWR);
	s->daemon = NULL;
}

void
door_update(struct service *s)
{
	bool refuses = deed_refuses(s);

	if (refuses && !s->port)
		open_door(s);
	if (refuses && s->daemon)
		shut_door(s);
	else if (!refuses && !s->daemon)
		open_door(s);
}
