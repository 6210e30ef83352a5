/* SPDX-License-Identifier: Apache-2.0 */
#include "net/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/uio.h>
#include <unistd.h>
#include "base/env.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/spill.h"

enum {
	END_MS = 500,	/* a program that closed its input has so long to end */
	LETTERS = 32,	/* written at a time, in pieces */
};

/* A frame on its way out. */
struct letter {
	struct letter *next;
	char *line;
	size_t line_len;
	struct span body;
	size_t sent;		/* of both */
	size_t left;		/* of the body: base/spill.h */
};

static struct {
	struct proc proc;
	struct frame_reader reader;
	struct letter *out, **out_tail;
	bool registered;
	bool refused;		/* it does not read any more */
	int watched;		/* somebody else's descriptor, or -1 */
} remote = {.proc = PROC_INIT, .out_tail = &remote.out, .watched = -1};

static bool
name_tells(struct span name)
{
	static const char *const words[] = {"PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "_PIN",
	    "PRIVATE", "CREDENTIAL", "AUTH_CONFIG", "API_KEY", "ACCESS_KEY"};

	for (size_t w = 0; w < countof(words); w++) {
		size_t n = strlen(words[w]);

		for (size_t i = 0; i + n <= name.len; i++)
			if (span_eq_nocase(span_of(name.ptr + i, n), span_str(words[w])))
				return true;
	}
	return false;
}

extern char **environ;

/* libcurl brings GnuTLS along for LDAP, which nobody asks for; unless told so it
 * starts itself, which costs memory and time in each process. */
static const char no_gnutls[] = "GNUTLS_NO_IMPLICIT_INIT=1";

/* Names of variables that the co-process must not see, and what it must see,
 * NULL-terminated. */
static const char **
environment(struct pool *pool)
{
	VEC(const char *) names = {0};
	const char **all;

	for (char **v = environ; v && *v; v++) {
		struct span value = span_str(*v), name = span_cut(&value, '=');

		if (name_tells(name) || strstr(*v, "PRIVATE KEY-----"))
			*VEC_PUSH(&names) = pool_str(pool, name);
	}
	*VEC_PUSH(&names) = no_gnutls;
	all = pool_array(pool, names.count + 1, sizeof(*all));
	memcpy(all, names.items, names.count * sizeof(*all));
	VEC_FREE(&names);
	return all;
}

static void
close_pipes(void)
{
	if (remote.proc.pid <= 0)
		return;
	/* Under -d its last words are waited for; else it ends by itself. */
	if (log_is_verbose()) {
		(void)proc_stop(&remote.proc);
	} else {
		close(remote.proc.to);
		close(remote.proc.from);
	}
	remote.proc = (struct proc)PROC_INIT;
}

bool
remote_is_running(void)
{
	return remote.proc.pid > 0;
}

int
remote_start(struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(charp) char *sibling = NULL;
	const char *argv[] = {env_get_nonempty("COSIGN_REMOTE_HTTP"), NULL};

	if (remote_is_running())
		return 0;
	if (!argv[0])
		argv[0] = sibling = proc_sibling("cosign-remote-http");
	if (!argv[0])
		argv[0] = "cosign-remote-http";
	signal(SIGPIPE, SIG_IGN);
	if (proc_start(&remote.proc, argv, environment(&pool), e))
		return err_hint(e, "COSIGN_REMOTE_HTTP names the program that speaks HTTP");
	(void)fcntl(remote.proc.to, F_SETFL, O_NONBLOCK);
	(void)fcntl(remote.proc.from, F_SETFL, O_NONBLOCK);
	frame_reader_init(&remote.reader, FRAME_CHUNK_MAX);
	if (!remote.registered)
		atexit(close_pipes);
	remote.registered = true;
	return 0;
}

void
remote_send(struct span line, struct span body)
{
	struct letter *l = xcalloc(1, sizeof(*l));

	l->line = xspandup(line);
	l->line_len = line.len;
	l->body = body;
	*remote.out_tail = l;
	remote.out_tail = &l->next;
}

static void
drop_first(void)
{
	struct letter *l = remote.out;

	remote.out = l->next;
	if (!remote.out)
		remote.out_tail = &remote.out;
	mem_wipe(l->line, l->line_len);
	free(l->line);
	free(l);
}

/* What is left of the first letters. */
static int
gather(struct iovec *out, int max)
{
	int n = 0;

	for (const struct letter *l = remote.out; l && n + 2 <= max; l = l->next) {
		size_t body = l->sent > l->line_len ? l->sent - l->line_len : 0;

		if (l->sent < l->line_len)
			out[n++] = (struct iovec){l->line + l->sent, l->line_len - l->sent};
		if (body < l->body.len)
			out[n++] = (struct iovec){(char *)(uintptr_t)l->body.ptr + body, l->body.len - body};
	}
	return n;
}

/* Of a large body, what went leaves. */
static void
leave_behind(struct letter *l)
{
	size_t body = l->sent > l->line_len ? l->sent - l->line_len : 0;

	if (body < l->left + SPILL_PIECE)
		return;
	spill_leave(l->body.ptr + l->left, body - l->left);
	l->left = body;
}

/* Writes what goes out now; false when nobody listens. */
static bool
flush(void)
{
	struct iovec parts[LETTERS];

	while (remote.out) {
		ssize_t n = writev(remote.proc.to, parts, gather(parts, LETTERS));

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		for (struct letter *l; n > 0 && (l = remote.out);) {
			size_t left = l->line_len + l->body.len - l->sent;
			size_t taken = (size_t)n < left ? (size_t)n : left;

			l->sent += taken;
			leave_behind(l);
			n -= (ssize_t)taken;
			if (taken == left)
				drop_first();
		}
	}
	return true;
}

static void
forget(void)
{
	while (remote.out)
		drop_first();
	frame_reader_release(&remote.reader);
	remote.refused = false;
}

void
remote_disown(void)
{
	if (!remote_is_running())
		return;
	close(remote.proc.to);
	close(remote.proc.from);
	remote.proc = (struct proc)PROC_INIT;
	forget();
}

void
remote_kill(void)
{
	if (!remote_is_running())
		return;
	kill(remote.proc.pid, SIGKILL);
	(void)proc_stop(&remote.proc);
	forget();
}

/* It closed its end: how did it go? */
static int
gone(struct err *e)
{
	bool within = frame_is_partial(&remote.reader);
	int status = proc_stop(&remote.proc);

	forget();
	err_set(e, REASON_HELPER, "the program that speaks HTTP ended%s", within ? " in the middle of a frame" : "");
	if (status > 128)
		return err_found(e, "signal %d", status - 128);
	return err_found(e, "exit status %d", status);
}

void
remote_watch(int fd)
{
	remote.watched = fd;
}

int
remote_wait(int64_t ms, struct err *e)
{
	struct pollfd fds[3] = {{.fd = remote.proc.from, .events = POLLIN}, {.fd = -1},
	    {.fd = remote.watched, .events = POLLIN}};
	int64_t most;
	int more, n;

	/* All that was asked since the last time at once: it wakes for each write. */
	if (!remote.refused && !flush())
		remote.refused = true;
	if (!remote.refused)
		fds[1] = (struct pollfd){.fd = remote.proc.to, .events = remote.out ? POLLOUT : 0};
	most = remote.refused ? END_MS : 60000;
	n = poll(fds, 3, (int)(ms > most ? most : ms < 0 ? 0 : ms));
	if (n < 0 && errno != EINTR)
		return err_errno(e, REASON_HELPER, "cannot wait for the program that speaks HTTP");
	if (n == 0 && remote.refused)
		return err_set(e, REASON_HELPER, "it reads no requests any more");
	/* Its end should follow on the other pipe. */
	if (fds[1].revents && ((fds[1].revents & POLLERR) || !flush()))
		remote.refused = true;
	if (!fds[0].revents)
		return 0;
	more = frame_read(&remote.reader, remote.proc.from, e);
	return more == 0 ? gone(e) : more;
}

int
remote_next(struct frame *f, struct err *e)
{
	return remote_is_running() ? frame_next(&remote.reader, f, e) : 0;
}
