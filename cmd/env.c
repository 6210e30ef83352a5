/* SPDX-License-Identifier: Apache-2.0 */
#include "base/env.h"
#include "base/mem.h"
#include "cli/command.h"
#include "json/emit.h"

struct env { bool descriptions, sensitive; };

static const struct opt opts[] = {
	OPT_FLAG(struct env, 0, "show-descriptions", descriptions, .help = "say what each variable is for",
	    .def = "true"),
	OPT_FLAG(struct env, 0, "show-sensitive-values", sensitive,
	    .help = "show passwords and tokens, and variables this suite does not know"),
	OPT_END
};

extern char **environ;

static const char *
shown(const char *value, bool secret, const struct env *o)
{
	if (!value || !*value)
		return "";
	return secret && !o->sensitive ? "******" : value;
}

static void
print_record(const struct env_var *v, const char *value)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct emit j;

	emit_init(&j, &b);
	emit_object(&j);
	emit_kstr(&j, "type", "cosign.variable/1");
	emit_kstr(&j, "name", v->name);
	if (v->about) {
		emit_kstr(&j, "about", v->about);
		emit_kstr(&j, "expects", v->expects);
	}
	emit_kbool(&j, "secret", v->secret);
	emit_kbool(&j, "known", v->about != NULL);
	emit_kstr(&j, "value", value);
	emit_object_end(&j);
	printf("%s\n", buf_str(&b));
}

static void
print(const struct env_var *v, const char *value, const struct env *o)
{
	value = shown(value, v->secret, o);
	if (command_globals.json) {
		print_record(v, value);
		return;
	}
	if (o->descriptions && v->about)
		printf("# %s %s\n# Expects: %s\n", v->name, v->about, v->expects);
	printf("%s=%s\n", v->name, value);
}

static bool
is_listed(struct span name)
{
	for (size_t i = 0; i < env_vars_count; i++)
		if (span_is(name, env_vars[i].name))
			return true;
	return false;
}

static bool
is_ours(const char *entry)
{
	static const char *const prefixes[] = {"COSIGN_", "SIGSTORE_", "TUF_"};
	struct span name = span_of(entry, strcspn(entry, "="));

	for (size_t i = 0; i < countof(prefixes); i++)
		if (span_starts(name, prefixes[i]))
			return !is_listed(name);
	return false;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What looks like ours and is not in the table, among it every COSIGN_<FLAG>:
 * it may hold anything, so it counts as secret. */
static void
print_unlisted(const struct env *o)
{
	VEC(char *) found = {0};

	for (size_t i = 0; environ && environ[i]; i++)
		if (is_ours(environ[i]))
			*VEC_PUSH(&found) = environ[i];
	if (!found.count)
		return;
	qsort(found.items, found.count, sizeof(*found.items), by_name);
	if (o->descriptions && !command_globals.json)
		printf("# Not in the table: values of flags, or unknown to this suite.\n");
	for (size_t i = 0; i < found.count; i++) {
		size_t len = strcspn(found.items[i], "=");
		char *name = xspandup(span_of(found.items[i], len));

		print(&(struct env_var){.name = name, .secret = true},
		    found.items[i][len] ? found.items[i] + len + 1 : "", o);
		free(name);
	}
	VEC_FREE(&found);
}

static int
run(void *args, struct err *e UNUSED)
{
	const struct env *o = args;

	for (size_t i = 0; i < env_vars_count; i++)
		print(&env_vars[i], getenv(env_vars[i].name), o);
	print_unlisted(o);
	return 0;
}

static const struct command env = {
	.name = "env",
	.brief = "Print the environment variables that the suite reads",
	.about = "Known variables come first, sorted by name, then those in the environment that begin "
	    "with COSIGN_, SIGSTORE_ or TUF_. Values that may be secret are masked.\n\n"
	    "Every flag of most commands can also be given by a variable: COSIGN_ and the flag's name "
	    "in upper case with _ for -, as COSIGN_KEY for --key.",
	.examples = "$ cosign env --show-descriptions=false\n"
	    "$ cosign env --json | jq -r 'select(.value != \"\") | .name'",
	.opts = opts,
	.size = sizeof(struct env),
	.run = run,
	.no_env = true,
};
COMMAND_MAIN(env)
