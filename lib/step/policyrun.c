/* SPDX-License-Identifier: Apache-2.0 */
#include "step/policyrun.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "sig/statement.h"

/* Both ends are this program: what goes over the pipes is as it is in memory. */
struct answer { int rc; struct err err; };

static int
ask_all(const struct policyrun *p, struct span statement, struct err *e)
{
	for (size_t i = 0; i < p->count; i++)
		if (policyrule_ask(&p->rules[i], statement, p->ms, e))
			return -1;
	return 0;
}

static void NORETURN
serve(const struct policyrun *p, int in, int out)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	size_t len;

	/* Whoever reads what we print must not wait for this process's end. */
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
	signal(SIGPIPE, SIG_IGN);
	while (file_get(in, &len, sizeof(len)) && len <= STATEMENT_MAX) {
		AUTO(charp) char *text = xcalloc(1, len + 1);
		struct answer a;

		if (!file_get(in, text, len))
			break;
		memset(&a, 0, sizeof(a));
		err_clear(&a.err);
		a.rc = ask_all(p, span_of(text, len), &a.err);
		if (!file_put(out, &a, sizeof(a)))
			break;
	}
	_exit(0);
}

int
policyrun_start(struct policyrun *p, struct err *e)
{
	int question[2] = {-1, -1}, reply[2] = {-1, -1};
	pid_t pid = -1;

	if (p->count == 0)
		return 0;
	signal(SIGPIPE, SIG_IGN);
	if (pipe2(question, O_CLOEXEC) == 0 && pipe2(reply, O_CLOEXEC) == 0)
		pid = fork();
	if (pid == 0) {
		close(question[1]);
		close(reply[0]);
		serve(p, question[0], reply[1]);
	}
	if (pid < 0)
		err_errno(e, REASON_HELPER, "cannot start a process that asks the policies");
	close(question[0]);
	close(reply[1]);
	p->to = question[1];
	p->from = reply[0];
	return pid < 0 ? -1 : 0;
}

int
policyrun_ask(void *ctx, struct span statement, struct err *e)
{
	struct policyrun *p = ctx;
	struct answer a;

	if (p->count == 0)
		return 0;
	if (!file_put(p->to, &statement.len, sizeof(statement.len)) || !file_put(p->to, statement.ptr, statement.len) ||
	    !file_get(p->from, &a, sizeof(a)))
		return err_set(e, REASON_POLICY_REFUSED, "the process that asks the policies ended");
	if (a.rc)
		*e = a.err;
	return a.rc ? -1 : 0;
}
