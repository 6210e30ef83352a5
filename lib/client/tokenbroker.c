/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tokenbroker.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/socket.h>

/* Both ends are this program: what goes between them is as it is in memory. */
struct answer {
	int rc;
	struct err err;
	size_t len;
};

static int broker = -1;

static bool
get(int fd, void *bytes, size_t len)
{
	for (char *at = bytes; len;) {
		ssize_t n = read(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
put(int fd, const void *bytes, size_t len)
{
	for (const char *at = bytes; len;) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static void NORETURN
serve(int fd, const struct tokenget *how)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	char question;

	/* Whoever reads what we print must not wait for the broker's end. */
	(void)dup2(null, STDOUT_FILENO);
	while (get(fd, &question, 1)) {
		AUTO(secret) struct secret token = SECRET_INIT;
		struct answer a;

		memset(&a, 0, sizeof(a));
		err_clear(&a.err);
		a.rc = tokenget(how, &token, NULL, &a.err);
		a.len = token.len;
		if (!put(fd, &a, sizeof(a)) || !put(fd, token.bytes, token.len))
			break;
	}
	_exit(0);
}

int
tokenbroker_start(const struct tokenget *how, struct err *e)
{
	int ends[2];
	pid_t pid;

	if (broker >= 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return err_errno(e, REASON_HELPER, "cannot start a process that gets identity tokens");
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		serve(ends[1], how);
	}
	close(ends[1]);
	if (pid < 0) {
		err_errno(e, REASON_HELPER, "cannot start a process that gets identity tokens");
		close(ends[0]);
		return -1;
	}
	broker = ends[0];
	return 0;
}

int
tokenbroker_ask(struct secret *token, struct err *e)
{
	struct answer a;

	secret_release(token);
	if (broker < 0 || !put(broker, "?", 1) || !get(broker, &a, sizeof(a)) || a.len > IDTOKEN_MAX)
		return err_set(e, REASON_HELPER, "there is no process that gets identity tokens");
	if (a.rc) {
		*e = a.err;
		return -1;
	}
	secret_new(token, a.len);
	return get(broker, token->bytes, a.len) ? 0 :
	    err_set(e, REASON_HELPER, "the process that gets identity tokens ended");
}
