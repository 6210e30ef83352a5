/* SPDX-License-Identifier: Apache-2.0 */
#include "client/browser.h"

#include <sys/wait.h>
#include "base/buf.h"
#include "base/env.h"
#include "base/pool.h"
#include "base/proc.h"

enum { WORDS_MAX = 32 };

const char *const browser_drop[] = {"COSIGN_IDENTITY_TOKEN", "COSIGN_PASSWORD", "COSIGN_PKCS11_PIN", "COSIGN_PRIVATE_KEY",
    "COSIGN_REGISTRY_PASSWORD", "COSIGN_REGISTRY_TOKEN", "DOCKER_AUTH_CONFIG", "GITHUB_TOKEN", "GITLAB_TOKEN",
    "SIGSTORE_ID_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "BUILDKITE_AGENT_ACCESS_TOKEN", NULL};

/* %s replaced; sets *put when there was one. */
static const char *
word(struct span w, const char *url, struct pool *pool, bool *put)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

	for (size_t i = 0; i < w.len; i++) {
		if (!span_starts(span_from(w, i), "%s")) {
			buf_add_char(&b, w.ptr[i]);
			continue;
		}
		buf_add_str(&b, url);
		*put = true;
		i++;
	}
	return pool_str(pool, buf_span(&b));
}

static int
launch(struct span command, const char *url, pid_t *pid, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	const char *argv[WORDS_MAX + 2] = {NULL};
	size_t count = 0;
	bool put = false;

	for (command = span_trim(command); command.ptr && command.len && count < WORDS_MAX; command = span_trim(command))
		argv[count++] = word(span_cut(&command, ' '), url, &pool, &put);
	if (count == 0)
		return err_set(e, REASON_HELPER, "BROWSER names no program");
	if (!put)
		argv[count] = url;
	return proc_launch(pid, argv, browser_drop, e);
}

int
browser_open(const char *url, pid_t *pid, struct err *e)
{
	const char *named = env_get_nonempty("BROWSER");
	struct span list = span_str(named ? named : "xdg-open");

	while (list.ptr)
		if (launch(span_cut(&list, ':'), url, pid, e) == 0)
			return 0;
	return -1;
}

bool
browser_failed(pid_t *pid)
{
	int status = 0;

	if (*pid <= 0 || waitpid(*pid, &status, WNOHANG) != *pid)
		return false;
	*pid = 0;
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}
