/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/main.h"

#include "cli/command.h"

/* The linker's names for the two ends of what COMMAND_MAIN leaves. */
extern const struct command *const __start_commands[], *const __stop_commands[];

static const struct command *
called(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const struct command *const *c;

	if (__stop_commands - __start_commands == 1)
		return *__start_commands;
	if (strncmp(name, "cosign-", 7) != 0)
		return NULL;
	for (c = __start_commands; c < __stop_commands; c++)
		if (strcmp(name + 7, (*c)->name) == 0)
			return *c;
	return NULL;
}

int
main(int argc, char **argv)
{
	const struct command *c = called(argc > 0 ? argv[0] : "");

	if (c)
		return command_main(c, argc, argv);
	fprintf(stderr, "cosign: %s is no name of this program; expected one of:", argc > 0 ? argv[0] : "no name");
	for (size_t i = 0; &__start_commands[i] < __stop_commands; i++)
		fprintf(stderr, " cosign-%s", __start_commands[i]->name);
	fputc('\n', stderr);
	return 2;
}
