/* SPDX-License-Identifier: Apache-2.0 */
#include "step/policyrule.h"

#include <sys/mman.h>
#include <unistd.h>
#include "base/env.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "json/query.h"
#include "json/shape.h"

/* What no policy needs to know. */
static const char *const hidden[] = {"COSIGN_PASSWORD", "COSIGN_PKCS11_PIN", "DOCKER_AUTH_CONFIG", "SIGSTORE_ID_TOKEN",
	"COSIGN_IDENTITY_TOKEN", "COSIGN_REGISTRY_PASSWORD", "COSIGN_REGISTRY_TOKEN", "GITHUB_TOKEN", "GITLAB_TOKEN",
	"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "BUILDKITE_AGENT_ACCESS_TOKEN",
	"COSIGN_POLICY_VERSION=" POLICYRULE_VERSION, NULL};

/* --- what was asked for --- */

static bool
on_path(const char *program)
{
	struct span rest = span_str(getenv("PATH") ? getenv("PATH") : "");

	while (rest.len) {
		struct span dir = span_cut(&rest, ':');
		AUTO(charp) char *path = xasprintf("%.*s/%s", SPAN_FMT(dir.len ? dir : SPAN(".")), program);

		if (access(path, X_OK) == 0 && !file_is_dir(path))
			return true;
	}
	return false;
}

static int
init_file(struct policyrule *r, struct err *e)
{
	const char *program;

	r->cue = span_ends(span_str(r->name), ".cue");
	if (!r->cue && !span_ends(span_str(r->name), ".rego")) {
		err_set(e, REASON_USAGE, "--policy");
		err_expected(e, "a file whose name ends in .cue or .rego");
		return err_found(e, "'%s'", r->name);
	}
	if (!file_exists(r->name))
		return err_set(e, REASON_NOT_FOUND, "--policy: there is no file %s", r->name);
	program = r->cue ? "cue" : "opa";
	if (on_path(program))
		return 0;
	err_set(e, REASON_HELPER, "--policy %s needs the program %s, which is not on PATH", r->name, program);
	return err_hint(e, "--policy-jq and --policy-exec need no other program");
}

static int
init_exec(struct policyrule *r, struct err *e)
{
	if (strchr(r->name, '/') ? access(r->name, X_OK) == 0 && !file_is_dir(r->name) : on_path(r->name))
		return 0;
	err_set(e, REASON_HELPER, "--policy-exec: there is no program %s that could be run", r->name);
	return strchr(r->name, '/') ? -1 : err_hint(e, "a name without / is looked up in PATH");
}

/* An expression that does not compile is nobody's fault but the caller's. */
static int
try_filter(const char *text, struct err *e)
{
	AUTO(query) struct query q = QUERY_INIT;

	q.name = "--policy-jq";
	return query_start(&q, text, STDERR_FILENO, e);
}

static int
init_jq(struct policyrule *r, struct pool *pool, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(POLICYRULE_TEXT_MAX);

	r->text = r->name;
	if (!span_ends(span_str(r->name), ".jq"))
		return try_filter(r->text, e);
	if (file_read(r->name, &text, e)) {
		err_wrap(e, "--policy-jq");
		return err_hint(e, "what ends in .jq names a file; put an expression that does in parentheses");
	}
	if (memchr(text.ptr ? text.ptr : "", 0, text.len))
		return err_set(e, REASON_USAGE, "--policy-jq %s: a NUL in the text", r->name);
	r->text = pool_str(pool, buf_span(&text));
	return try_filter(r->text, e) ? err_wrap(e, "%s", r->name) : 0;
}

int
policyrule_init(struct policyrule *r, enum policyrule_kind kind, const char *value, struct pool *pool, struct err *e)
{
	*r = (struct policyrule){.kind = kind, .name = value};
	switch (kind) {
	case POLICYRULE_JQ:
		return init_jq(r, pool, e);
	case POLICYRULE_FILE:
		return init_file(r, e);
	case POLICYRULE_EXEC:
		break;
	}
	return init_exec(r, e);
}

/* --- jq --- */

static int
refuse(const char *flag, const char *name, struct err *e)
{
	return err_set(e, REASON_POLICY_REFUSED, "%s '%.*s' refuses the attestation", flag,
	    SPAN_FMT(span_first(span_str(name), 300)));
}

static int
unable(const char *flag, const char *name, struct err *e)
{
	char text[ERR_TEXT];
	struct err why = *e;

	refuse(flag, name, e);
	return err_found(e, "%s", err_text(&why, text, sizeof(text)));
}

/* Of all results one short word is made in jq itself, so that it matters not how
 * many there are or how long they are. */
static char *
wrap_filter(const char *text)
{
	return xasprintf("[limit(%d; (%s\n))] | if length == 0 then \"no result\" elif length > %d then "
	    "\"too many results\" elif all then true else first(.[] | select(not)) end", POLICYRULE_RESULTS_MAX + 1, text,
	    POLICYRULE_RESULTS_MAX);
}

static int
run_filter(const char *text, struct span statement, int64_t ms, int fd, struct err *e)
{
	AUTO(charp) char *filter = wrap_filter(text);
	AUTO(query) struct query q = QUERY_INIT;
	int64_t seconds = (ms + 999) / 1000;

	q.name = "jq";
	if (seconds < q.cpu_seconds)
		q.cpu_seconds = (unsigned)seconds;
	return query_start(&q, filter, fd, e) || query_feed(&q, statement, e) || query_finish(&q, e) ? -1 : 0;
}

static int
ask_jq(const struct policyrule *r, struct span statement, int64_t ms, struct err *e)
{
	int fd = memfd_create("results", MFD_CLOEXEC);
	char answer[64] = "";
	ssize_t n = -1;
	int rc;

	if (fd < 0)
		return err_errno(e, REASON_POLICY_REFUSED, "--policy-jq: no room for the result");
	rc = run_filter(r->text, statement, ms, fd, e);
	if (rc == 0)
		n = pread(fd, answer, sizeof(answer) - 1, 0);
	close(fd);
	if (rc)
		return unable("--policy-jq", r->name, e);
	if (n == 5 && memcmp(answer, "true\n", 5) == 0)
		return 0;
	refuse("--policy-jq", r->name, e);
	err_expected(e, "true, or anything but false and null");
	return err_found(e, "%.*s", SPAN_FMT(n > 0 ? span_trim(span_of(answer, (size_t)n)) : SPAN("no result")));
}

/* --- programs --- */

struct opa_value { struct node value; };
struct opa_result { struct shape_objs expressions; };
struct opa_answer { struct shape_objs results; };

static const struct field value_fields[] = {
	FIELD_RAW(struct opa_value, value, "value", 0),
	FIELD_END};
static const struct field result_fields[] = {
	FIELD_OBJS(struct opa_result, expressions, "expressions", value_fields, struct opa_value, 0),
	FIELD_END};
static const struct field answer_fields[] = {
	FIELD_OBJS(struct opa_answer, results, "result", result_fields, struct opa_result, 0),
	FIELD_END};

/* One result, true; no result is an undefined allow. */
static int
read_opa(struct span text, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	const struct opa_result *only;
	const struct opa_value *value;
	struct opa_answer a = {0};

	if (shape_parse(&a, answer_fields, text, SHAPE_LENIENT, &pool, e))
		return err_wrap(e, "what opa prints");
	only = a.results.items;
	if (a.results.count != 1 || only->expressions.count != 1)
		return err_set(e, REASON_FAILED, "data.signature.allow is undefined");
	value = only->expressions.items;
	if (value->value.kind == JSON_TRUE)
		return 0;
	return err_set(e, REASON_FAILED, "data.signature.allow is %.*s",
	    SPAN_FMT(value->value.raw.ptr ? span_first(value->value.raw, 100) : SPAN("undefined")));
}

static int
run_program(const char *const argv[], struct span input, int64_t ms, struct buf *out, struct err *e)
{
	struct span said;
	int status;

	if (proc_run(argv, hidden, input, out, ms, &status, e))
		return -1;
	if (status == 0)
		return 0;
	said = span_trim(buf_span(out));
	said = span_cut(&said, '\n');
	err_set(e, REASON_FAILED, "%s ended with status %d", argv[0], status);
	return said.len ? err_found(e, "%.*s", SPAN_FMT(span_first(said, 300))) : -1;
}

static int
run_on_file(const struct policyrule *r, const char *path, int64_t ms, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(POLICYRULE_SAYS_MAX);
	const char *cue[] = {"cue", "vet", "-c", r->name, path, NULL};
	const char *opa[] = {"opa", "eval", "--v0-compatible", "-d", r->name, "-i", path, "--format", "json",
		"data.signature.allow", NULL};

	if (run_program(r->cue ? cue : opa, SPAN(""), ms, &out, e))
		return -1;
	return r->cue ? 0 : read_opa(buf_span(&out), e);
}

/* These programs tell JSON by the name of a file. */
static int
ask_file(const struct policyrule *r, struct span statement, int64_t ms, struct err *e)
{
	const char *tmp = getenv("TMPDIR") && *getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	AUTO(charp) char *dir = xasprintf("%s/cosign-policy-XXXXXX", tmp), *path = NULL;
	int rc;

	if (!mkdtemp(dir)) {
		err_errno(e, REASON_IO, "cannot make %s", dir);
		return unable("--policy", r->name, e);
	}
	path = xasprintf("%s/statement.json", dir);
	rc = file_write(path, statement, 0600, FILE_KEEP, e) || run_on_file(r, path, ms, e);
	(void)unlink(path);
	(void)rmdir(dir);
	return rc ? unable("--policy", r->name, e) : 0;
}

static int
ask_exec(const struct policyrule *r, struct span statement, int64_t ms, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(POLICYRULE_SAYS_MAX);
	const char *argv[] = {r->name, NULL};

	return run_program(argv, statement, ms, &out, e) ? unable("--policy-exec", r->name, e) : 0;
}

int
policyrule_ask(const struct policyrule *r, struct span statement, int64_t ms, struct err *e)
{
	switch (r->kind) {
	case POLICYRULE_JQ:
		return ask_jq(r, statement, ms, e);
	case POLICYRULE_FILE:
		return ask_file(r, statement, ms, e);
	case POLICYRULE_EXEC:
		break;
	}
	return ask_exec(r, statement, ms, e);
}
