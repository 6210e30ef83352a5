/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/crew.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/file.h"
#include "base/lines.h"
#include "base/mem.h"
#include "net/http.h"

enum {
	BLOCK = 16,			/* items dealt to one worker in a row */
	ORDER_MAX = 4096,		/* items dealt and not delivered */
	AHEAD_MAX = 1 << 20,		/* bytes of a worker's results kept before their turn */
	QUEUED_MAX = 4 << 20,		/* bytes of lines dealt and not sent */
	READ_SIZE = 65536,
};

/* Between parent and workers, which are the same program. */
struct line_head {
	enum crew_got kind;
	size_t len;
};
struct result_head {
	size_t out, say;
	bool failed, fatal;
};

struct worker {
	pid_t pid;
	int to, from;
	struct buf queue;	/* to be sent */
	size_t sent;
	struct buf in;		/* results */
	size_t at;
};

struct gang {
	const struct crew *crew;
	struct worker workers[CREW_JOBS_MAX];
	struct lines lines;
	unsigned char order[ORDER_MAX];	/* whose the next results are */
	size_t head, count, taken;
	size_t current, block;
	bool open, late, ended;
};

void
crew_result_release(struct crew_result *r)
{
	buf_release(&r->out);
	buf_release(&r->say);
}

/* ---- the worker's side ---- */

static int answers = -1;

static bool
reader_fill(struct crew_reader *r)
{
	char *room;
	ssize_t n;

	if (r->at) {
		memmove(r->buf.ptr, r->buf.ptr + r->at, r->buf.len - r->at);
		r->buf.len -= r->at;
		r->at = 0;
	}
	room = buf_room(&r->buf, READ_SIZE);
	if (!room)
		return false;
	do {
		n = read(r->fd, room, READ_SIZE);
	} while (n < 0 && errno == EINTR);
	if (n > 0)
		r->buf.len += (size_t)n;
	return n > 0;
}

static bool
reader_cut(struct crew_reader *r, struct line_head *head, struct span *line)
{
	struct span rest = span_from(buf_span(&r->buf), r->at);

	if (rest.len < sizeof(*head))
		return false;
	memcpy(head, rest.ptr, sizeof(*head));
	rest = span_from(rest, sizeof(*head));
	if (rest.len < head->len)
		return false;
	*line = span_first(rest, head->len);
	r->at += sizeof(*head) + head->len;
	return true;
}

enum crew_got
crew_read(struct crew_reader *r, bool wait, struct span *line)
{
	struct pollfd p = {.fd = r->fd, .events = POLLIN};
	struct line_head head;

	while (!reader_cut(r, &head, line)) {
		if (!wait && poll(&p, 1, 0) == 0)
			return CREW_LATER;
		if (!reader_fill(r))
			return CREW_END;
	}
	return head.kind;
}

static void
answer_bytes(const void *bytes, size_t len)
{
	if (file_write_fd(answers, "the parent", span_of(bytes, len), NULL))
		_exit(1);
}

void
crew_answer(const struct crew_result *r)
{
	struct result_head head = {r->out.len, r->say.len, r->failed, r->fatal};

	answer_bytes(&head, sizeof(head));
	answer_bytes(r->out.ptr, r->out.len);
	answer_bytes(r->say.ptr, r->say.len);
	if (r->failed)
		answer_bytes(&r->err, sizeof(r->err));
}

static NORETURN void
be_worker(struct gang *g, size_t self, int in, int out)
{
	struct crew_reader reader = {.fd = in};

	/* The ends that others wait on must not be held open here. */
	for (size_t i = 0; i < self; i++) {
		close(g->workers[i].to);
		close(g->workers[i].from);
	}
	signal(SIGINT, SIG_DFL);
	http_forget();
	buf_init(&reader.buf, g->crew->line_max + 2 * READ_SIZE + sizeof(struct line_head));
	answers = out;
	g->crew->work(g->crew->ctx, &reader);
	_exit(0);
}

/* ---- the parent's side ---- */

static int
hire(struct gang *g, size_t i, struct err *e)
{
	struct worker *w = &g->workers[i];
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC))
		return err_errno(e, REASON_HELPER, "cannot make a pipe");
	if (pipe2(from, O_CLOEXEC)) {
		close(to[0]);
		close(to[1]);
		return err_errno(e, REASON_HELPER, "cannot make a pipe");
	}
	w->pid = fork();
	if (w->pid == 0) {
		close(to[1]);
		close(from[0]);
		be_worker(g, i, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	w->to = to[1];
	w->from = from[0];
	buf_init(&w->queue, SIZE_MAX / 2);
	buf_init(&w->in, SIZE_MAX / 2);
	if (w->pid < 0)
		return err_errno(e, REASON_HELPER, "cannot start a worker");
	(void)fcntl(w->to, F_SETFL, O_NONBLOCK);
	return 0;
}

static void
dismiss(struct worker *w, bool kill_it)
{
	if (w->pid > 0 && kill_it)
		kill(w->pid, SIGKILL);
	if (w->to >= 0)
		close(w->to);
	if (w->from >= 0)
		close(w->from);
	if (w->pid > 0)
		(void)waitpid(w->pid, NULL, 0);
	buf_release(&w->queue);
	buf_release(&w->in);
}

static void
queue(struct worker *w, enum crew_got kind, struct span line)
{
	struct line_head head;

	memset(&head, 0, sizeof(head));
	head.kind = kind;
	head.len = line.len;
	buf_add(&w->queue, &head, sizeof(head));
	buf_add_span(&w->queue, line);
}

static void
close_item(struct gang *g)
{
	if (g->open && g->crew->begins)
		queue(&g->workers[g->current], CREW_DONE, SPAN_NONE);
	g->open = false;
}

static void
deal(struct gang *g, enum crew_got kind, struct span line)
{
	bool begins = !g->crew->begins || !g->open || (kind == CREW_LINE && g->crew->begins(g->crew->ctx, line));

	if (begins) {
		close_item(g);
		if (g->block == 0) {
			g->current = (g->current + 1) % g->crew->jobs;
			g->block = BLOCK;
		}
		g->block--;
		g->order[(g->head + g->count++) % ORDER_MAX] = (unsigned char)g->current;
		g->taken++;
		g->open = true;
	}
	queue(&g->workers[g->current], kind, line);
}

static bool
has_room(const struct gang *g)
{
	return !g->ended && g->count < ORDER_MAX && g->workers[g->current].queue.len < QUEUED_MAX;
}

static int
take_in(struct gang *g, struct err *e)
{
	struct span line;

	g->late = false;
	while (has_room(g) && !g->late)
		switch (lines_next(&g->lines, false, &line, e)) {
		case LINES_FAILED:
			return -1;
		case LINES_END:
			close_item(g);
			g->ended = true;
			break;
		case LINES_LATER:
			/* Who comes late is not kept waiting behind others. */
			g->block = g->crew->begins && g->open ? g->block : 0;
			g->late = true;
			break;
		case LINES_LINE:
			deal(g, CREW_LINE, line);
			break;
		case LINES_LONG:
			deal(g, CREW_LONG, SPAN_NONE);
			break;
		}
	return 0;
}

static void
send_queued(struct worker *w)
{
	struct span left = span_from(buf_span(&w->queue), w->sent);
	ssize_t n = left.len ? write(w->to, left.ptr, left.len) : 0;

	/* A worker that is gone is noticed by its other pipe. */
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		w->sent = w->queue.len;
	if (n > 0)
		w->sent += (size_t)n;
	if (w->sent == w->queue.len) {
		buf_reset(&w->queue);
		w->sent = 0;
	}
}

/* Cuts a whole result off what a worker has said so far. */
static bool
cut_result(struct worker *w, struct crew_result *r)
{
	struct span rest = span_from(buf_span(&w->in), w->at);
	struct result_head head;
	size_t need = 0;

	if (rest.len < sizeof(head))
		return false;
	memcpy(&head, rest.ptr, sizeof(head));
	need = sizeof(head) + head.out + head.say + (head.failed ? sizeof(r->err) : 0);
	if (rest.len < need)
		return false;
	buf_add(&r->out, rest.ptr + sizeof(head), head.out);
	buf_add(&r->say, rest.ptr + sizeof(head) + head.out, head.say);
	r->failed = head.failed;
	r->fatal = head.fatal;
	if (head.failed)
		memcpy(&r->err, rest.ptr + need - sizeof(r->err), sizeof(r->err));
	w->at += need;
	if (w->at == w->in.len) {
		buf_reset(&w->in);
		w->at = 0;
	}
	return true;
}

static int
hand_over(struct gang *g, struct err *e)
{
	int rc = 0;

	while (rc == 0 && g->count) {
		struct crew_result r = CREW_RESULT_INIT;

		if (!cut_result(&g->workers[g->order[g->head]], &r))
			break;
		g->head = (g->head + 1) % ORDER_MAX;
		g->count--;
		rc = g->crew->deliver(g->crew->ctx, &r, g->taken, e);
		if (rc == 0 && r.fatal) {
			*e = r.err;
			rc = -1;
		}
		crew_result_release(&r);
	}
	return rc;
}

static int
receive(struct gang *g, struct worker *w, struct err *e)
{
	char *room;
	ssize_t n;

	if (w->at) {
		memmove(w->in.ptr, w->in.ptr + w->at, w->in.len - w->at);
		w->in.len -= w->at;
		w->at = 0;
	}
	room = buf_room(&w->in, READ_SIZE);
	n = room ? read(w->from, room, READ_SIZE) : -1;
	if (n < 0 && errno == EINTR)
		return 0;
	if (n > 0) {
		w->in.len += (size_t)n;
		return 0;
	}
	(void)g;
	return err_set(e, REASON_HELPER, "a worker ended before its work");
}

/* Waits for lines, for room in the pipes to the workers, and for results. */
static int
await(struct gang *g, struct err *e)
{
	struct pollfd fds[1 + 2 * CREW_JOBS_MAX];
	size_t jobs = g->crew->jobs;

	if (file_flush(e))
		return -1;
	fds[0] = (struct pollfd){.fd = g->late && has_room(g) ? g->lines.fd : -1, .events = POLLIN};
	for (size_t i = 0; i < jobs; i++) {
		struct worker *w = &g->workers[i];
		bool wanted = (g->count && g->order[g->head] == i) || w->in.len < AHEAD_MAX;

		fds[1 + 2 * i] = (struct pollfd){.fd = w->queue.len ? w->to : -1, .events = POLLOUT};
		fds[2 + 2 * i] = (struct pollfd){.fd = wanted ? w->from : -1, .events = POLLIN};
	}
	if (poll(fds, 1 + 2 * jobs, -1) < 0)
		return errno == EINTR ? 0 : err_errno(e, REASON_HELPER, "cannot wait for the workers");
	for (size_t i = 0; i < jobs; i++) {
		if (fds[1 + 2 * i].revents)
			send_queued(&g->workers[i]);
		if (fds[2 + 2 * i].revents && receive(g, &g->workers[i], e))
			return -1;
	}
	return 0;
}

static int
lead(struct gang *g, struct err *e)
{
	for (;;) {
		if (take_in(g, e))
			return -1;
		for (size_t i = 0; i < g->crew->jobs; i++)
			send_queued(&g->workers[i]);
		if (hand_over(g, e))
			return -1;
		if (g->ended && !g->count)
			return 0;
		if (await(g, e) || hand_over(g, e))
			return -1;
	}
}

int
crew_run(const struct crew *c, struct err *e)
{
	struct gang *g = xcalloc(1, sizeof(*g));
	int rc = 0;

	g->crew = c;
	for (size_t i = 0; i < CREW_JOBS_MAX; i++)
		g->workers[i] = (struct worker){.pid = -1, .to = -1, .from = -1};
	(void)fflush(stdout);
	lines_init(&g->lines, STDIN_FILENO, c->end, "standard input", c->line_max);
	for (size_t i = 0; i < c->jobs && rc == 0; i++)
		rc = hire(g, i, e);
	if (rc == 0)
		rc = lead(g, e);
	for (size_t i = 0; i < c->jobs; i++)
		dismiss(&g->workers[i], rc != 0);
	lines_release(&g->lines);
	free(g);
	return rc;
}
