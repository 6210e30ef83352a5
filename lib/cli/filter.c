/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/file.h"
#include "json/scan.h"

const struct opt filter_opts[] = {
	OPT_STR(struct filter_args, 0, "jq", "FILTER", jq, .help = "put all that is printed through this jq filter"),
	OPT_END
};

int
filter_begin(struct filter *f, const char *jq, struct err *e)
{
	*f = (struct filter){jq && *jq ? jq : NULL, -1, -1, QUERY_INIT};
	if (!f->jq)
		return 0;
	f->kept = memfd_create("stdout", MFD_CLOEXEC);
	f->out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (f->kept < 0 || f->out < 0 || fflush(stdout))
		return err_errno(e, REASON_OUTPUT, "cannot put standard output aside");
	if (query_start(&f->query, f->jq, f->out, e))
		return err_wrap(e, "--jq");
	if (dup2(f->kept, STDOUT_FILENO) < 0)
		return err_errno(e, REASON_OUTPUT, "cannot put standard output aside");
	return 0;
}

/* Puts stdout back where it was and reads what went aside. */
static int
collect(const struct filter *f, struct buf *text, struct err *e)
{
	bool failed = fflush(stdout) || ferror(stdout);

	if (dup2(f->out, STDOUT_FILENO) < 0 || failed || lseek(f->kept, 0, SEEK_SET) < 0)
		return err_errno(e, REASON_OUTPUT, "cannot put standard output back");
	return file_read_fd(f->kept, "what was printed", text, e);
}

static int
feed(struct filter *f, struct span text, struct err *e)
{
	struct node value;

	for (text = span_trim(text); text.len; text = span_trim(text)) {
		if (scan_value(text, &value, &text, e))
			return err_wrap(e, "what was printed is no JSON");
		if (query_feed(&f->query, value.raw, e))
			return -1;
	}
	return query_finish(&f->query, e);
}

int
filter_end(struct filter *f, int result, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(FILTER_TEXT_MAX);
	struct err own = ERR_INIT;
	int failed;

	if (!f->jq)
		return result;
	failed = collect(f, &text, &own) || feed(f, buf_span(&text), &own);
	query_stop(&f->query);
	close(f->kept);
	close(f->out);
	if (!failed || result < 0)
		return result;
	*e = own;
	return err_wrap(e, "--jq");
}
