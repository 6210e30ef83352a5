/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>
#include "base/lines.h"
#include "cli/command.h"
#include "json/jqrun.h"
#include "json/query.h"

struct run_jq {
	bool report;
	int64_t cpu_seconds;
	struct opt_list filter;
};

static const struct opt opts[] = {
	OPT_INT(struct run_jq, 0, "cpu-seconds", "N", cpu_seconds, .def = "10", .no_env = true,
	    .help = "CPU time that the filter may take"),
	OPT_FLAG(struct run_jq, 0, "report", report, .no_env = true,
	    .help = "tell on descriptor 3 how it goes: for programs of this suite"),
	OPT_POS(struct run_jq, "FILTER", filter, .min = 1),
	OPT_END};

static int
feed_lines(struct query *q, struct err *e)
{
	AUTO(lines) struct lines in;
	enum lines_got got;
	struct span line;

	lines_init(&in, STDIN_FILENO, '\n', "standard input", BUF_BIG_MAX);
	while ((got = lines_next(&in, true, &line, e)) == LINES_LINE)
		if (query_feed(q, line, e))
			return -1;
	if (got == LINES_LONG)
		return err_set(e, REASON_TOO_LARGE, "a line of standard input is too long");
	return got == LINES_END ? query_finish(q, e) : -1;
}

/* For people the same program is run again, beside this one, so that whatever
 * libjq does has one clear error. */
static int
run(void *args, struct err *e)
{
	const struct run_jq *o = args;
	AUTO(query) struct query q = QUERY_INIT;

	if (o->filter.count != 1)
		return err_set(e, REASON_USAGE, "expected one filter");
	if (o->cpu_seconds < 1 || o->cpu_seconds > QUERY_CPU_SECONDS_MAX) {
		err_set(e, REASON_USAGE, "--cpu-seconds");
		return err_expected(e, "1 to %d", QUERY_CPU_SECONDS_MAX);
	}
	if (o->report)
		jqrun(o->filter.items[0], (unsigned)o->cpu_seconds, QUERY_MEMORY_MAX);
	q.cpu_seconds = (unsigned)o->cpu_seconds;
	return query_start(&q, o->filter.items[0], STDOUT_FILENO, e) || feed_lines(&q, e) ? -1 : 0;
}

static const char examples[] =
	"# the digests in records, with limits on what the filter may do\n"
	"$ cosign resolve oci:image | cosign run-jq .digest\n";

static const struct command run_jq = {
	.name = "run-jq",
	.brief = "Put JSON through a jq filter that cannot do harm",
	.about = "Reads a JSON text a line, prints what the filter makes of each. The filter runs in a process of its own, "
	    "without files and environment and with limits on CPU time and memory. --jq of other commands runs this.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct run_jq),
	.run = run,
	.plumbing = true,
	.no_env = true,
};
COMMAND_MAIN(run_jq)
