/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/file.h"
#include "base/lines.h"
#include "json/scan.h"

const struct opt filter_opts[] = {
	OPT_STR(struct filter_args, 0, "jq", "FILTER", jq, .help = "put all that is printed through this jq filter"),
	OPT_END
};

static int
feed(struct query *q, int from, struct err *e)
{
	AUTO(lines) struct lines in;
	enum lines_got got;
	struct node value;
	struct span line;

	lines_init(&in, from, '\n', "what was printed", FILTER_TEXT_MAX);
	while ((got = lines_next(&in, true, &line, e)) == LINES_LINE) {
		if (scan_document(line, &value, e))
			return err_wrap(e, "what was printed is no JSON");
		if (query_feed(q, value.raw, e))
			return -1;
	}
	if (got == LINES_LONG)
		return err_set(e, REASON_TOO_LARGE, "what was printed has a line too long to be filtered");
	return got == LINES_END ? query_finish(q, e) : -1;
}

/* Says "+" when the filter is good, and at the end nothing, or how it failed in
 * the parent's own form. */
static NORETURN void
be_feeder(const struct filter *f, int from, int status)
{
	AUTO(query) struct query q = QUERY_INIT;
	struct err e = ERR_INIT;
	bool failed = query_start(&q, f->jq, f->out, &e) != 0;

	if (!failed)
		failed = file_write_fd(status, "the parent", SPAN("+"), &e) || feed(&q, from, &e);
	query_stop(&q);
	if (failed && file_write_fd(status, "the parent", span_of(&e, sizeof(e)), NULL))
		_exit(1);
	_exit(failed);
}

/* What the child says: 0 when it ended well; 1 when it is ready (only if asked
 * for). */
static int
hear(const struct filter *f, bool ready, struct err *own)
{
	char bytes[sizeof(*own)];
	size_t len = 0;
	ssize_t n;
	int status;

	while (len < sizeof(bytes) && ((n = read(f->status, bytes + len, ready && !len ? 1 : sizeof(bytes) - len)) > 0 ||
	    (n < 0 && errno == EINTR))) {
		len += n > 0 ? (size_t)n : 0;
		if (ready && len == 1 && bytes[0] == '+')
			return 1;
	}
	while (waitpid(f->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (len == sizeof(bytes)) {
		memcpy(own, bytes, len);
		return -1;
	}
	return len == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 :
	    err_set(own, REASON_HELPER, "the filter's process died");
}

static int
start_feeder(struct filter *f, const int texts[2], const int status[2], struct err *e)
{
	f->pid = fork();
	if (f->pid < 0)
		return err_errno(e, REASON_HELPER, "--jq: cannot start a process");
	if (f->pid == 0) {
		close(texts[1]);
		close(status[0]);
		be_feeder(f, texts[0], status[1]);
	}
	return 0;
}

int
filter_begin(struct filter *f, const char *jq, struct err *e)
{
	int texts[2], status[2], failed;

	*f = (struct filter){jq && *jq ? jq : NULL, -1, -1, -1};
	if (!f->jq)
		return 0;
	f->out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (f->out < 0 || fflush(stdout) || pipe2(texts, O_CLOEXEC))
		return err_errno(e, REASON_OUTPUT, "cannot put standard output aside");
	if (pipe2(status, O_CLOEXEC)) {
		close(texts[0]);
		close(texts[1]);
		return err_errno(e, REASON_OUTPUT, "cannot put standard output aside");
	}
	failed = start_feeder(f, texts, status, e);
	close(texts[0]);
	close(status[1]);
	f->status = status[0];
	if (!failed && hear(f, true, e) != 1)
		failed = err_wrap(e, "--jq");
	if (!failed && dup2(texts[1], STDOUT_FILENO) < 0)
		failed = err_errno(e, REASON_OUTPUT, "cannot put standard output aside");
	close(texts[1]);
	return failed;
}

int
filter_end(struct filter *f, int result, struct err *e)
{
	struct err own = ERR_INIT;
	bool failed, lost;

	if (!f->jq)
		return result;
	lost = fflush(stdout) || ferror(stdout);
	if (dup2(f->out, STDOUT_FILENO) < 0)
		lost = true;
	clearerr(stdout);
	failed = hear(f, false, &own) != 0;
	close(f->status);
	close(f->out);
	if (!failed && !lost)
		return result;
	/* Who could not print any more failed for the filter's sake. */
	if (result < 0 && !err_is(e, REASON_OUTPUT))
		return result;
	if (!failed)
		return err_set(e, REASON_OUTPUT, "--jq: not all of the output was filtered");
	*e = own;
	return err_wrap(e, "--jq");
}

int
filter_run(const struct filter_args *filter, int (*work)(void *args, struct err *e), void *args, struct err *e)
{
	struct filter f;

	if (filter_begin(&f, filter->jq, e))
		return -1;
	return filter_end(&f, work(args, e), e);
}
