/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tokenbroker.h"

#include <fcntl.h>
#include <unistd.h>
#include <sys/socket.h>
#include "base/file.h"

/* Both ends are this program: what goes between them is as it is in memory. */
struct answer {
	int rc;
	struct err err;
	size_t len;
};

static int broker = -1;

static void NORETURN
serve(int fd, const struct tokenget *how)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	char question;

	/* Whoever reads what we print must not wait for the broker's end. */
	(void)dup2(null, STDOUT_FILENO);
	while (file_get(fd, &question, 1)) {
		AUTO(secret) struct secret token = SECRET_INIT;
		struct answer a;

		memset(&a, 0, sizeof(a));
		err_clear(&a.err);
		a.rc = tokenget(how, &token, NULL, &a.err);
		a.len = token.len;
		if (!file_put(fd, &a, sizeof(a)) || !file_put(fd, token.bytes, token.len))
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
	if (broker < 0 || !file_put(broker, "?", 1) || !file_get(broker, &a, sizeof(a)) || a.len > IDTOKEN_MAX)
		return err_set(e, REASON_HELPER, "there is no process that gets identity tokens");
	if (a.rc) {
		*e = a.err;
		return -1;
	}
	secret_new(token, a.len);
	return file_get(broker, token->bytes, a.len) ? 0 :
	    err_set(e, REASON_HELPER, "the process that gets identity tokens ended");
}
