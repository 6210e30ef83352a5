/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tokenbroker.h"

#include <fcntl.h>
#include <unistd.h>
#include "base/file.h"
#include "base/proc.h"

/* Both ends are this program: what goes between them is as it is in memory. */
struct answer {
	int rc;
	struct err err;
	size_t len;
};

static struct proc broker = PROC_INIT;

static void NORETURN
serve(const struct proc *us, const struct tokenget *how)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	char question;

	/* Whoever reads what we print must not wait for the broker's end. */
	(void)dup2(null, STDOUT_FILENO);
	while (file_get(us->from, &question, 1)) {
		AUTO(secret) struct secret token = SECRET_INIT;
		struct answer a;

		memset(&a, 0, sizeof(a));
		err_clear(&a.err);
		a.rc = tokenget(how, &token, NULL, &a.err);
		a.len = token.len;
		if (!file_put(us->to, &a, sizeof(a)) || !file_put(us->to, token.bytes, token.len))
			break;
	}
	_exit(0);
}

/* By pipes: whoever has the private key has no socket, of no kind. */
int
tokenbroker_start(const struct tokenget *how, struct err *e)
{
	if (broker.pid >= 0)
		return 0;
	if (proc_twin(&broker, e))
		return err_wrap(e, "identity tokens for later");
	if (broker.pid == 0)
		serve(&broker, how);
	return 0;
}

int
tokenbroker_ask(struct secret *token, struct err *e)
{
	struct answer a;

	secret_release(token);
	if (broker.pid < 0 || !file_put(broker.to, "?", 1) || !file_get(broker.from, &a, sizeof(a)) || a.len > IDTOKEN_MAX)
		return err_set(e, REASON_HELPER, "there is no process that gets identity tokens");
	if (a.rc) {
		*e = a.err;
		return -1;
	}
	secret_new(token, a.len);
	return file_get(broker.from, token->bytes, a.len) ? 0 :
	    err_set(e, REASON_HELPER, "the process that gets identity tokens ended");
}
