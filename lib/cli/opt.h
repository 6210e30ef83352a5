/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_OPT_H
#define CLI_OPT_H
/*
 * One const table per command: from it come parsing, --help, the completions,
 * the OPTIONS block of the page and the environment binding (COSIGN_<FLAG>).
 *
 *	struct verify { struct cli_registry registry; const char *output; bool offline; struct opt_list images; };
 *	static const struct opt opts[] = {
 *		OPT_STR(struct verify, 'o', "output", "FORMAT", output, .help = "what to print", .def = "json", .words = "json|text"),
 *		OPT_FLAG(struct verify, 0, "offline", offline, .help = "…", .gone = "why it is deprecated"),
 *		OPT_GROUP(struct verify, registry, group_registry),
 *		OPT_POS(struct verify, "IMAGE", images, .min = 1, .many = true),
 *		OPT_END };
 */
#include "base/err.h"
#include "base/pool.h"

enum opt_kind { OPT_KIND_END, OPT_KIND_STR, OPT_KIND_FLAG, OPT_KIND_INT, OPT_KIND_DURATION, OPT_KIND_LIST,
	OPT_KIND_CSV, OPT_KIND_GROUP, OPT_KIND_POS };
enum opt_complete { OPT_COMPLETE_NONE, OPT_COMPLETE_FILE, OPT_COMPLETE_DIR, OPT_COMPLETE_IMAGE };

/* Repeated values: LIST as given (pflag stringArray), CSV split at commas
 * (stringSlice, with CSV quoting). */
struct opt_list { const char **items; size_t count; };

/* Every program has some hundred of these: they are packed. */
struct opt {
	const char *name;	/* long name without dashes */
	const char *arg;	/* "FILE", for help */
	const char *help;
	const char *def;	/* default as text, or NULL */
	const char *words;	/* "json|text": the only values allowed (enforced) */
	const char *hints;	/* "a|b": offered by completion, not enforced */
	const char *gone;	/* deprecation: printed on use, marked in help */
	const char *later;	/* "keyless": its work comes later; using it is REASON_UNSUPPORTED.
				   Values equal to def pass. */
	const char *excludes;	/* name of a flag that may not be given with it */
	const struct opt *group;	/* GROUP: a table with offsets relative to the field */
	uint16_t offset;	/* of the field in the command's struct */
	uint16_t size;		/* of the field */
	uint16_t min;		/* POS */
	uint16_t given_offset;	/* of a bool set when given on the line or by the environment; 0 = none (put no such bool first) */
	uint8_t kind;		/* enum opt_kind */
	uint8_t complete;	/* enum opt_complete */
	char letter;
	bool required;		/* must be given, on the line or by the environment */
	bool no_env;		/* not bound to COSIGN_<FLAG> */
	bool many;		/* POS: takes the rest */
};

#define OPT_AT(k, T, l, n, a, f, ...) \
	{.kind = OPT_KIND_##k, .letter = (l), .name = (n), .arg = (a), .offset = offsetof(T, f), \
	 .size = sizeof(((T *)0)->f), __VA_ARGS__}
#define OPT_STR(T, l, n, a, f, ...) OPT_AT(STR, T, l, n, a, f, __VA_ARGS__)		/* const char * */
#define OPT_FLAG(T, l, n, f, ...) OPT_AT(FLAG, T, l, n, NULL, f, __VA_ARGS__)		/* bool */
#define OPT_INT(T, l, n, a, f, ...) OPT_AT(INT, T, l, n, a, f, __VA_ARGS__)		/* int64_t */
#define OPT_DURATION(T, l, n, f, ...) OPT_AT(DURATION, T, l, n, "DURATION", f, __VA_ARGS__)	/* int64_t ms */
#define OPT_LIST(T, l, n, a, f, ...) OPT_AT(LIST, T, l, n, a, f, __VA_ARGS__)		/* struct opt_list */
#define OPT_CSV(T, l, n, a, f, ...) OPT_AT(CSV, T, l, n, a, f, __VA_ARGS__)		/* struct opt_list */
#define OPT_GROUP(T, f, table) {.kind = OPT_KIND_GROUP, .offset = offsetof(T, f), .group = (table)}
#define OPT_POS(T, a, f, ...) OPT_AT(POS, T, 0, NULL, a, f, __VA_ARGS__)		/* struct opt_list */
#define OPT_END {.kind = OPT_KIND_END}

struct command {
	const char *name;	/* "verify" */
	const char *brief;	/* one line */
	const char *about;	/* paragraphs for --help, or NULL */
	const char *examples;	/* lines "$ command" with comments; run as tests */
	const struct opt *opts;
	size_t size;		/* of the command's struct */
	int (*run)(void *args, struct err *e);	/* 0, or -1 and *e; may return a positive exit status */
	const struct command *const *verbs;	/* NULL-terminated: `upload blob` */
	const char *gone;	/* the whole command is deprecated upstream, why */
	bool no_env;		/* upstream does not bind its flags to the environment */
	bool plumbing;		/* listed apart */
	bool hidden;
};

/* A flag or argument with its place in the whole struct, groups opened. */
struct opt_slot {
	const struct opt *opt;
	size_t offset;
	size_t given_offset;	/* 0 = none */
};
enum { OPT_SLOTS_MAX = 256 };
/* The table in order, groups opened, however deep; returns how many. */
size_t	opt_flatten(const struct opt *opts, struct opt_slot slots[OPT_SLOTS_MAX]);

/* "COSIGN_OUTPUT_FILE" for "output-file". */
const char	*opt_env_name(const char *flag, struct pool *pool);

/* Parses a table into a struct, or several together (a command's own and the
 * global one); where two have a flag in common the first has it. */
struct opt_target {
	const struct opt *opts;
	void *args;
	bool no_env;
};

/*
 * Sets defaults, takes the line, then the environment for flags not given
 * there, then checks what must and may not be given. argv[0] is skipped.
 * *help is set (and parsing stops) at --help, to "" or to what follows "=".
 * REASON_USAGE, REASON_UNSUPPORTED. Strings live in the pool, argv or environ.
 *
 * The habits of the original's line (-word for --word, --x for -x, short
 * names for --certificate-*) are taken with a warning or silently; but unlike
 * there, -o=text and -otext mean -o text.
 */
int	opt_parse_targets(const struct opt_target *targets, size_t count, int argc, char *const argv[],
	    const char **help, struct pool *pool, struct err *e) MUST_CHECK;
/* One command alone; --help is an unknown flag. */
int	opt_parse(const struct command *c, void *args, int argc, char *const argv[], struct pool *pool,
	    struct err *e) MUST_CHECK;

/* Whether the token is a flag of these tables that takes the next token as
 * its value: for finding words between flags. */
bool	opt_takes_next(const struct opt *opts, const char *token);
#endif
