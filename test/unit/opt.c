/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include <fcntl.h>
#include <unistd.h>
#include "cli/opt.h"
#include "cli/suggest.h"

struct inner { const char *deep; bool deep_given; };
struct outer { int64_t pad; struct inner inner; bool on; };
struct args {
	const char *output, *key, *plain, *old;
	bool yes, dump, sk;
	int64_t count, wait;
	struct opt_list list, csv, first, rest;
	struct outer outer;
};

static const struct opt inner_opts[] = {
	OPT_STR(struct inner, 0, "deep", "X", deep, .def = "ground", .given_offset = offsetof(struct inner, deep_given)),
	OPT_END
};
static const struct opt outer_opts[] = {
	OPT_GROUP(struct outer, inner, inner_opts),
	OPT_FLAG(struct outer, 0, "on", on, .def = "true"),
	OPT_END
};
static const struct opt opts[] = {
	OPT_STR(struct args, 'o', "output", "FORMAT", output, .def = "json", .words = "json|text"),
	OPT_STR(struct args, 'k', "key", "FILE", key, .excludes = "sk"),
	OPT_STR(struct args, 0, "certificate", "FILE", plain, .help = ""),
	OPT_STR(struct args, 0, "old-thing", "X", old, .def = "same", .later = "old things", .gone = "it is old"),
	OPT_FLAG(struct args, 'y', "yes", yes, .help = ""),
	OPT_FLAG(struct args, 'd', "dump", dump, .help = ""),
	OPT_FLAG(struct args, 0, "sk", sk, .no_env = true),
	OPT_INT(struct args, 'c', "count", "N", count, .def = "3"),
	OPT_DURATION(struct args, 0, "wait", wait, .def = "1m30s"),
	OPT_LIST(struct args, 0, "item", "X", list, .help = ""),
	OPT_CSV(struct args, 'a', "annotations", "K=V", csv, .def = "x,y"),
	OPT_GROUP(struct args, outer, outer_opts),
	OPT_POS(struct args, "FIRST", first, .help = ""),
	OPT_POS(struct args, "REST", rest, .many = true),
	OPT_END
};
static const struct command command = {.name = "test", .opts = opts, .size = sizeof(struct args)};

enum { LINE_MAX_WORDS = 16 };
static struct pool pool;
static struct args args;
static struct err e = ERR_INIT;

/* Parses a line given as words separated by blanks. */
static int
parse(const char *line)
{
	char *argv[LINE_MAX_WORDS] = {pool_str(&pool, SPAN("test"))};
	struct span rest = span_str(line);
	int argc = 1;

	while (rest.ptr && rest.len && argc < LINE_MAX_WORDS - 1)
		argv[argc++] = pool_str(&pool, span_cut(&rest, ' '));
	memset(&args, 0, sizeof(args));
	return opt_parse(&command, &args, argc, argv, &pool, &e);
}

static const char *
joined(const struct opt_list *l)
{
	const char *all = "";

	for (size_t i = 0; i < l->count; i++)
		all = pool_printf(&pool, "%s<%s>", all, l->items[i]);
	return all;
}

static void
test_values(void)
{
	succeeds(parse(""), &e, "an empty line");
	is_str(args.output, "json", "default of a string");
	is_int(args.count, 3, "default of a number");
	is_int(args.wait, 90000, "default of a duration");
	is_str(joined(&args.csv), "<x><y>", "default of a list");
	is_str(args.outer.inner.deep, "ground", "default in a nested group");
	ok(args.outer.on && !args.outer.inner.deep_given, "group beside it, not given");
	succeeds(parse("-o text -y img --count=0x10 --wait 2s --deep=x --on=false"), &e, "flags of every kind");
	is_str(args.output, "text", "letter with its value behind it");
	ok(args.yes && !args.outer.on && args.outer.inner.deep_given, "booleans");
	is_int(args.count, 16, "hexadecimal number");
	is_int(args.wait, 2000, "duration");
	is_str(joined(&args.first), "<img>", "argument between flags");
	fails_with(parse("--count x"), &e, REASON_USAGE, "no number");
	fails_with(parse("--count"), &e, REASON_USAGE, "no value");
	fails_with(parse("--on=maybe"), &e, REASON_USAGE, "no boolean");
	fails_with(parse("--wait 5"), &e, REASON_USAGE, "no unit");
	fails_with(parse("-o yaml"), &e, REASON_USAGE, "not one of the words");
	fails_with(parse("--frob"), &e, REASON_USAGE, "unknown flag");
}

static void
test_spelling(void)
{
	succeeds(parse("-o=text"), &e, "letter, equals sign, value");
	is_str(args.output, "text", "-o=text");
	succeeds(parse("-otext"), &e, "letter and value in one");
	is_str(args.output, "text", "-otext");
	succeeds(parse("-ydotext"), &e, "letters in a row");
	ok(args.yes && args.dump, "-ydotext, the booleans");
	is_str(args.output, "text", "-ydotext, the value");
	succeeds(parse("-key k.pem"), &e, "one dash, long name");
	is_str(args.key, "k.pem", "-key");
	succeeds(parse("-key=k.pem --o text"), &e, "one dash and =, two dashes and a letter");
	is_str(args.key, "k.pem", "-key=");
	is_str(args.output, "text", "--o");
	succeeds(parse("-kk.pem"), &e, "a letter that begins a long name");
	is_str(args.key, "k.pem", "-kk.pem");
	succeeds(parse("--cert c.pem"), &e, "alias");
	is_str(args.plain, "c.pem", "--cert");
	succeeds(parse("--key -y - -- --yes -o"), &e, "dashes as values and arguments");
	is_str(args.key, "-y", "a value that looks like a flag");
	is_str(joined(&args.first), "<->", "a single dash");
	is_str(joined(&args.rest), "<--yes><-o>", "behind --");
	ok(!args.yes, "nothing behind -- is a flag");
}

static void
test_lists(void)
{
	succeeds(parse("-a a=1,b=2 -a c=3 --item x,y --item z"), &e, "repeated");
	is_str(joined(&args.csv), "<a=1><b=2><c=3>", "split at commas, default replaced");
	is_str(joined(&args.list), "<x,y><z>", "not split");
	succeeds(parse("-a \"a=1,2\",b,\"q\"\"q\",,"), &e, "quotes");
	is_str(joined(&args.csv), "<a=1,2><b><q\"q><><>", "quoted items");
	succeeds(parse("-a ="), &e, "equals sign alone");
	fails_with(parse("-a x\"y"), &e, REASON_USAGE, "quote inside an item");
	fails_with(parse("-a \"x"), &e, REASON_USAGE, "quote not closed");
	fails_with(parse("-a \"x\"y"), &e, REASON_USAGE, "text behind a quoted item");
}

static void
test_rules(void)
{
	fails_with(parse("--key k --sk"), &e, REASON_USAGE, "flags that exclude each other");
	fails_with(parse("--key k --sk=false"), &e, REASON_USAGE, "given is given, whatever the value");
	fails_with(parse("--old-thing other"), &e, REASON_UNSUPPORTED, "what comes later");
	succeeds(parse("--old-thing same"), &e, "its default passes");
	fails_with(parse("--help"), &e, REASON_USAGE, "help is command_main's");
}

static void
test_environment(void)
{
	setenv("COSIGN_KEY", "from-env", 1);
	setenv("COSIGN_SK", "true", 1);
	setenv("COSIGN_COUNT", "many", 1);
	setenv("COSIGN_OUTPUT", "", 1);
	succeeds(parse("--yes"), &e, "bound to variables");
	is_str(args.key, "from-env", "taken");
	ok(!args.sk, "no_env is not");
	is_int(args.count, 3, "what does not parse is ignored");
	is_str(args.output, "json", "empty is ignored");
	succeeds(parse("--key line"), &e, "line and variable");
	is_str(args.key, "line", "the line comes first");
	setenv("COSIGN_OLD_THING", "other", 1);
	fails_with(parse(""), &e, REASON_UNSUPPORTED, "what comes later, by variable");
	unsetenv("COSIGN_OLD_THING");
	unsetenv("COSIGN_KEY");
}

static void
test_suggest(void)
{
	static const struct { const char *word, *best; } cases[] = {
		{"vrify", "verify"}, {"verfiy", "verify"}, {"sing", "sign"}, {"verif", "verify"}, {"frobnicate", NULL},
		{"x", NULL},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		struct suggest s;

		suggest_init(&s, cases[i].word);
		suggest_offer(&s, "sign");
		suggest_offer(&s, "verify");
		suggest_offer(&s, "triangulate");
		is_str(s.best, cases[i].best, "did you mean, for %s", cases[i].word);
	}
}

int
main(void)
{
	/* Warnings are not what is looked at here. */
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	dup2(null, STDERR_FILENO);
	test_values();
	test_spelling();
	test_lists();
	test_rules();
	test_environment();
	test_suggest();
	is_str(opt_env_name("output-file", &pool), "COSIGN_OUTPUT_FILE", "name of a variable");
	pool_release(&pool);
	return tap_done();
}
