/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

struct completion { struct opt_list shell; };

static const struct opt opts[] = {
	OPT_POS(struct completion, "SHELL", shell, .min = 1, .help = "the shell to complete for",
	    .hints = "bash|zsh|fish"),
	OPT_END
};

/* The committed scripts, as they are; the makefile knows that this object
 * depends on them. */
#define EMBED(name, file) \
	__asm__(".section .rodata\n" #name ": .incbin \"completions/" file "\"\n" #name "_end:\n.previous\n"); \
	extern const char name[] __asm__(#name), name##_end[] __asm__(#name "_end")

EMBED(completion_bash, "cosign.bash");
EMBED(completion_zsh, "_cosign");
EMBED(completion_fish, "cosign.fish");

static const struct { const char *shell, *text, *end; } scripts[] = {
	{"bash", completion_bash, completion_bash_end},
	{"zsh", completion_zsh, completion_zsh_end},
	{"fish", completion_fish, completion_fish_end},
};

static int
run(void *args, struct err *e)
{
	const struct completion *o = args;
	const char *shell = o->shell.items[0];

	for (size_t i = 0; i < countof(scripts); i++) {
		if (strcmp(shell, scripts[i].shell) == 0) {
			fwrite(scripts[i].text, 1, (size_t)(scripts[i].end - scripts[i].text), stdout);
			return 0;
		}
	}
	if (strcmp(shell, "powershell") == 0)
		return err_set(e, REASON_UNSUPPORTED, "there is no completion for powershell");
	err_set(e, REASON_USAGE, "invalid argument \"%s\" for \"cosign completion\"", shell);
	return err_expected(e, "bash, zsh or fish");
}

static const struct command completion = {
	.name = "completion",
	.brief = "Print the completion script of a shell",
	.about = "The scripts complete commands, flags and the words that flags take; they run nothing.",
	.examples = "$ cosign completion bash > cosign.bash\n"
	    "$ cosign completion zsh > _cosign\n"
	    "$ cosign completion fish > cosign.fish",
	.opts = opts,
	.size = sizeof(struct completion),
	.run = run,
	.no_env = true,
};
COMMAND_MAIN(completion)
