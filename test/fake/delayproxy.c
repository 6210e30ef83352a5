/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A proxy in front of a registry, on 127.0.0.1 and a port of the system's
 * choice, which is the one line on stdout:
 *
 *	delayproxy [--seed N] [--most MS] [--log FILE] HOST:PORT
 *
 * Holds each PUT for a random time of 0 to MS (500) milliseconds before the
 * server sees it, and passes everything else on at once. Of a connection one
 * request is passed at a time. --log appends "METHOD PATH MS" a request. The
 * same seed gives the same row of delays; which request gets which is up to
 * who comes first.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_MAX = 64 << 10, STACK = 256 << 10 };

static struct {
	struct sockaddr_in server;
	unsigned most;
	int log;
	uint64_t random;
	pthread_mutex_t lock;
} set = {.most = 500, .log = -1, .random = 1, .lock = PTHREAD_MUTEX_INITIALIZER};

/* One connection of a client, and ours to the server. */
struct link {
	int client, server;
	char in[HEAD_MAX + 1];	/* from the client: the next request's head */
	size_t len;
};

static unsigned
next_delay(void)
{
	uint64_t z;

	pthread_mutex_lock(&set.lock);
	z = set.random += 0x9e3779b97f4a7c15u;
	pthread_mutex_unlock(&set.lock);
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (unsigned)((z ^ z >> 31) % (set.most + 1));
}

static bool
send_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

/* Answers on their way back; false when the server has closed. */
static bool
pass_back(struct link *l)
{
	char block[32 << 10];
	ssize_t n = recv(l->server, block, sizeof(block), 0);

	return n > 0 && send_all(l->client, block, (size_t)n);
}

/* The length of the head with its empty line; 0 when it is not all there. */
static size_t
head_len(const struct link *l)
{
	const char *end = memmem(l->in, l->len, "\r\n\r\n", 4);

	return end ? (size_t)(end - l->in) + 4 : 0;
}

/* More of the client's; answers pass meanwhile. */
static bool
more(struct link *l)
{
	struct pollfd fds[2] = {{.fd = l->client, .events = POLLIN}, {.fd = l->server, .events = POLLIN}};
	ssize_t n;

	if (poll(fds, 2, -1) < 0)
		return errno == EINTR;
	if (fds[1].revents && !pass_back(l))
		return false;
	if (!fds[0].revents)
		return true;
	n = recv(l->client, l->in + l->len, HEAD_MAX - l->len, 0);
	if (n <= 0)
		return false;
	l->len += (size_t)n;
	return true;
}

static size_t
body_len(const char *head, size_t len)
{
	const char *line = memchr(head, '\n', len);

	for (; line; line = memchr(line, '\n', (size_t)(head + len - line)))
		if (strncasecmp(++line, "content-length:", 15) == 0)
			return strtoul(line + 15, NULL, 10);
	return 0;
}

static void
note(const char *head, unsigned ms)
{
	char line[1024];
	const char *space = strchr(head, ' '), *end = space ? strpbrk(space + 1, " \r\n") : NULL;
	int n;

	if (set.log < 0 || !end)
		return;
	n = snprintf(line, sizeof(line), "%.*s %u\n", (int)(end - head > 900 ? 900 : end - head), head, ms);
	if (write(set.log, line, (size_t)n) != n)
		abort();
}

static void
hold(unsigned ms)
{
	struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

static bool
pass_request(struct link *l)
{
	size_t head, rest;
	unsigned ms = 0;

	while ((head = head_len(l)) == 0)
		if (l->len == HEAD_MAX || !more(l))
			return false;
	l->in[l->len] = '\0';
	rest = head + body_len(l->in, head);
	if (strncmp(l->in, "PUT ", 4) == 0)
		ms = next_delay();
	note(l->in, ms);
	hold(ms);
	while (rest) {
		size_t n = l->len < rest ? l->len : rest;

		if (!send_all(l->server, l->in, n))
			return false;
		rest -= n;
		l->len -= n;
		memmove(l->in, l->in + n, l->len);
		if (rest && !more(l))
			return false;
	}
	return true;
}

static int
no_delay(int fd)
{
	return setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

static void *
serve(void *arg)
{
	struct link *l = arg;

	l->server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->server >= 0 && no_delay(l->server) == 0 &&
	    connect(l->server, (const struct sockaddr *)&set.server, sizeof(set.server)) == 0)
		while (pass_request(l))
			;
	close(l->server);
	close(l->client);
	free(l);
	return NULL;
}

static void
usage(void)
{
	fprintf(stderr, "usage: delayproxy [--seed N] [--most MS] [--log FILE] HOST:PORT\n");
	exit(2);
}

static void
read_options(char **argv)
{
	char *colon;

	for (; argv[0] && argv[1]; argv += 2)
		if (strcmp(argv[0], "--seed") == 0)
			set.random = strtoul(argv[1], NULL, 10);
		else if (strcmp(argv[0], "--most") == 0)
			set.most = (unsigned)strtoul(argv[1], NULL, 10);
		else if (strcmp(argv[0], "--log") == 0)
			set.log = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		else
			usage();
	colon = argv[0] ? strchr(argv[0], ':') : NULL;
	if (!colon)
		usage();
	*colon = '\0';
	set.server.sin_family = AF_INET;
	set.server.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	if (inet_pton(AF_INET, argv[0], &set.server.sin_addr) != 1)
		usage();
}

int
main(int argc, char **argv)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	pthread_attr_t attr;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)argc;
	read_options(argv + 1);
	signal(SIGPIPE, SIG_IGN);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 1024) ||
	    getsockname(fd, (struct sockaddr *)&addr, &len)) {
		perror("delayproxy");
		return 1;
	}
	printf("%u\n", ntohs(addr.sin_port));
	fflush(stdout);
	for (;;) {
		struct link *l = calloc(1, sizeof(*l));
		pthread_t id;

		if (!l)
			return 1;
		l->client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (l->client < 0 || no_delay(l->client) || pthread_create(&id, &attr, serve, l)) {
			if (l->client >= 0)
				close(l->client);
			free(l);
		}
	}
}
