/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox.h"
#include "base/version.h"
#include "cli/command.h"
#include "json/emit.h"

struct version { bool json; };

static const struct opt opts[] = {
	OPT_FLAG(struct version, 0, "json", json, .help = "print a JSON object"),
	OPT_END
};

static const struct { const char *name, *label; const char *(*get)(void); } lines[] = {
	{"gitVersion", "GitVersion", version_text},
	{"gitCommit", "GitCommit", version_commit},
	{"gitTreeState", "GitTreeState", version_tree_state},
	{"buildDate", "BuildDate", version_date},
	{"goVersion", "GoVersion", version_compiler_text},
	{"compiler", "Compiler", version_compiler},
	{"platform", "Platform", version_platform},
};

/* What the programs that judge have: entered here to see that it works. */
static void
add_sandbox(struct emit *j)
{
	struct sandbox s = sandbox_enter(0, NULL, 0);

	emit_key(j, "sandbox");
	emit_object(j);
	emit_kbool(j, "seccomp", s.seccomp);
	emit_kint(j, "landlock", s.landlock);
	emit_object_end(j);
}

static void
print_json(void)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct emit j;

	emit_init(&j, &b);
	j.indent = 2;
	emit_object(&j);
	for (size_t i = 0; i < countof(lines); i++)
		emit_kstr(&j, lines[i].name, lines[i].get());
	emit_kstr(&j, "suite", "cosign-c");
	add_sandbox(&j);
	emit_object_end(&j);
	printf("%s\n", buf_str(&b));
}

static int
run(void *args, struct err *e UNUSED)
{
	const struct version *v = args;

	if (v->json) {
		print_json();
		return 0;
	}
	printf("cosign: signs and verifies container images, in small programs\n\n");
	for (size_t i = 0; i < countof(lines); i++)
		printf("%s:%*s%s\n", lines[i].label, (int)(14 - strlen(lines[i].label)), "", lines[i].get());
	return 0;
}

static const struct command version = {
	.name = "version",
	.brief = "Print the version of the suite",
	.about = "The JSON object has the members of the original's, so goVersion names the C compiler "
	    "and its version; the member suite tells which implementation it is, and sandbox what "
	    "of it this machine enforces.",
	.examples = "$ cosign version --json | jq -r .gitVersion",
	.opts = opts,
	.size = sizeof(struct version),
	.run = run,
	.no_env = true,
};
COMMAND_MAIN(version)
