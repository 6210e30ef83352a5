/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>
#include "base/date.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/failure.h"
#include "json/record.h"
#include "net/callback.h"

enum { STATE_MAX = 512, WAIT_MS = 120 * 1000 };

struct oidc_listen { const char *url; bool report; };

static const struct opt opts[] = {
	OPT_STR(struct oidc_listen, 0, "oidc-redirect-url", "URL", url,
	    .help = "where the browser is to come back to, on this machine; without a port, a free one",
	    .def = "http://localhost/auth/callback"),
	OPT_FLAG(struct oidc_listen, 0, "report", report,
	    .help = "tell of a failure on standard output: for programs of this suite"),
	OPT_END};

static int
say(struct buf *line, struct err *e)
{
	return file_print_buf(line, "a record", e) || file_flush(e) ? -1 : 0;
}

static int
say_where(const struct callback *c, struct err *e)
{
	AUTO(buf) struct buf line = BUF_INIT(BUF_TEXT_MAX);
	struct emit j;

	emit_init(&j, &line);
	record_begin(&j, "cosign.listener/1");
	emit_kstr(&j, "url", buf_str(&c->url));
	record_end(&j);
	return say(&line, e);
}

static void
add(struct emit *j, const char *name, const struct buf *value)
{
	if (value->len)
		emit_kspan(j, name, buf_span(value));
}

static int
say_what(const struct callback_got *got, struct err *e)
{
	AUTO(buf) struct buf line = BUF_INIT(BUF_TEXT_MAX);
	struct emit j;

	emit_init(&j, &line);
	record_begin(&j, "cosign.callback/1");
	add(&j, "code", &got->code);
	add(&j, "error", &got->error);
	add(&j, "description", &got->description);
	add(&j, "issuer", &got->issuer);
	record_end(&j);
	return say(&line, e);
}

static int
read_state(struct lines *in, struct span *state, struct err *e)
{
	enum lines_got got = lines_next(in, true, state, e);

	if (got == LINES_FAILED || (got == LINES_LINE && state->len <= STATE_MAX))
		return got == LINES_LINE ? 0 : -1;
	err_set(e, REASON_BAD_RECORD, "standard input does not say the login's state");
	return err_expected(e, "a line of 1 to %d bytes", STATE_MAX);
}

static int
listen_once(const struct oidc_listen *o, struct err *e)
{
	int64_t until = date_monotonic_ms() + (command_globals.timeout ? command_globals.timeout : WAIT_MS);
	AUTO(callback) struct callback c = CALLBACK_INIT;
	AUTO(callback_got) struct callback_got got = CALLBACK_GOT_INIT;
	AUTO(lines) struct lines in;
	struct span state;

	lines_init(&in, STDIN_FILENO, '\n', "standard input", STATE_MAX);
	if (callback_open(&c, o->url, e))
		return -1;
	(void)sandbox_enter(SANDBOX_LISTEN, NULL, 0);
	if (say_where(&c, e) || read_state(&in, &state, e))
		return -1;
	return callback_await(&c, state, until, STDOUT_FILENO, &got, e) || say_what(&got, e) ? -1 : 0;
}

static int
run(void *args, struct err *e)
{
	const struct oidc_listen *o = args;
	int rc = listen_once(o, e);

	return rc && o->report ? failure_report(e) : rc;
}

static const char about[] =
	"Opens a port of this machine and prints its address, as a cosign.listener/1 record. Then it reads a line from "
	"standard input, the state of the login, and waits for a browser to come with it and a code, which are printed "
	"as a cosign.callback/1 record. Whatever else knocks is turned away. It ends after --timeout, or when nobody "
	"reads its output any more. cosign-get-token starts it.";

static const char examples[] =
	"# wait for a browser, for which curl stands in\n"
	"$ mkfifo said\n"
	"$ echo 7pRu0L5LJqDk | cosign oidc-listen > said &\n"
	"$ { read -r where; curl -s \"$(jq -r .url <<<\"$where\")?state=7pRu0L5LJqDk&code=1\"; jq -r .code; } < said\n";

static const struct command oidc_listen = {
	.name = "oidc-listen",
	.brief = "Wait for a browser that logged in",
	.about = about,
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct oidc_listen),
	.run = run,
	.plumbing = true,
	.no_env = true,
};
COMMAND_MAIN(oidc_listen)
