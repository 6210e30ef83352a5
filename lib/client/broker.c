/* SPDX-License-Identifier: Apache-2.0 */
#include "client/broker.h"

#include <fcntl.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "oci/dockercfg_file.h"

enum { NAME_BYTES = 4096 };

/* Both ends are this program: what goes over the pipes is as it is in memory. */
struct question { size_t registry, repository; };	/* lengths; a repository of 0 is none */
struct answer {
	int rc;
	struct err err;
	size_t username, password, identity_token, registry_token, source;
};

static struct proc broker = PROC_INIT;

/* ---- the broker's side ---- */

static char *
get_name(int fd, size_t len)
{
	char *name = xcalloc(1, len + 1);

	if (file_get(fd, name, len))
		return name;
	free(name);
	return NULL;
}

static bool
answer(int out, const char *registry, const char *repository)
{
	AUTO(dockercfg_auth) struct dockercfg_auth c = DOCKERCFG_AUTH_INIT;
	struct answer a;

	memset(&a, 0, sizeof(a));
	err_clear(&a.err);
	a.rc = dockercfg_find(registry, repository, &c, &a.err);
	a.username = c.username ? strlen(c.username) : 0;
	a.source = c.source ? strlen(c.source) : 0;
	a.password = c.password.len;
	a.identity_token = c.identity_token.len;
	a.registry_token = c.registry_token.len;
	return file_put(out, &a, sizeof(a)) && file_put(out, c.username, a.username) &&
	    file_put(out, c.source, a.source) && file_put(out, c.password.bytes, a.password) &&
	    file_put(out, c.identity_token.bytes, a.identity_token) &&
	    file_put(out, c.registry_token.bytes, a.registry_token);
}

static void NORETURN
serve(const struct proc *us)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct question q;

	/* Whoever reads what we print must not wait for the broker's end. */
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
	while (file_get(us->from, &q, sizeof(q)) && q.registry <= NAME_BYTES && q.repository <= NAME_BYTES) {
		AUTO(charp) char *registry = get_name(us->from, q.registry);
		AUTO(charp) char *repository = q.repository ? get_name(us->from, q.repository) : NULL;

		if (!registry || (q.repository && !repository) || !answer(us->to, registry, repository))
			break;
	}
	_exit(0);
}

/* ---- the asking side ---- */

int
broker_start(struct err *e)
{
	AUTO(charp) char *path = dockercfg_file_find();

	if (!path || broker_is_running())
		return 0;
	if (proc_twin(&broker, e))
		return err_wrap(e, "a look at credentials");
	if (broker.pid == 0)
		serve(&broker);
	return 0;
}

bool
broker_is_running(void)
{
	return broker.pid >= 0;
}

static char *
take_text(size_t len)
{
	return len && len <= DOCKERCFG_FILE_MAX ? get_name(broker.from, len) : NULL;
}

static bool
take_secret(struct secret *s, size_t len)
{
	if (!len)
		return true;
	if (len > DOCKERCFG_FILE_MAX)
		return false;
	secret_new(s, len);
	return file_get(broker.from, s->bytes, len);
}

static bool
take_answer(struct answer *a, struct dockercfg_auth *out)
{
	if (!file_get(broker.from, a, sizeof(*a)))
		return false;
	out->username = take_text(a->username);
	out->source = take_text(a->source);
	return !a->username == !out->username && !a->source == !out->source && take_secret(&out->password, a->password) &&
	    take_secret(&out->identity_token, a->identity_token) && take_secret(&out->registry_token, a->registry_token);
}

int
broker_ask(const char *registry, const char *repository, struct dockercfg_auth *out, struct err *e)
{
	struct question q;
	struct answer a;

	memset(&q, 0, sizeof(q));
	q.registry = strlen(registry);
	q.repository = repository ? strlen(repository) : 0;
	*out = (struct dockercfg_auth)DOCKERCFG_AUTH_INIT;
	if (!file_put(broker.to, &q, sizeof(q)) || !file_put(broker.to, registry, q.registry) ||
	    !file_put(broker.to, repository, q.repository) || !take_answer(&a, out)) {
		dockercfg_auth_release(out);
		return err_set(e, REASON_HELPER, "the process that looks up credentials ended");
	}
	if (a.rc)
		*e = a.err;
	return a.rc;
}
