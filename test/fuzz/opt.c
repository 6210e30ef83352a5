/* SPDX-License-Identifier: Apache-2.0 */
/* A command line, a word a line. */
#include "base/mem.h"
#include "cli/opt.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS_MAX = 64 };

struct group { const char *deep; bool on; };
struct args {
	const char *key, *output, *old, *certificate;
	bool yes, dump, sk, deep_given;
	int64_t count, wait;
	struct opt_list items, pairs, first, rest;
	struct group group;
};

static const struct opt group_opts[] = {
	OPT_STR(struct group, 0, "deep", "X", deep, .def = "ground"),
	OPT_FLAG(struct group, 0, "on", on, .def = "true"),
	OPT_END
};
static const struct opt opts[] = {
	OPT_STR(struct args, 'k', "key", "FILE", key, .excludes = "sk", .given_offset = offsetof(struct args, deep_given)),
	OPT_STR(struct args, 'o', "output", "FORMAT", output, .def = "json", .words = "json|text"),
	OPT_STR(struct args, 0, "certificate", "FILE", certificate, .help = ""),
	OPT_STR(struct args, 0, "old-thing", "X", old, .def = "same", .later = "old things", .gone = "it is old"),
	OPT_FLAG(struct args, 'y', "yes", yes, .help = ""),
	OPT_FLAG(struct args, 'd', "dump", dump, .help = ""),
	OPT_FLAG(struct args, 0, "sk", sk, .help = ""),
	OPT_INT(struct args, 'c', "count", "N", count, .def = "3"),
	OPT_DURATION(struct args, 0, "wait", wait, .def = "1m30s"),
	OPT_LIST(struct args, 0, "item", "X", items, .help = ""),
	OPT_CSV(struct args, 'a', "annotations", "K=V", pairs, .def = "x,y"),
	OPT_GROUP(struct args, group, group_opts),
	OPT_POS(struct args, "FIRST", first, .min = 1),
	OPT_POS(struct args, "REST", rest, .many = true),
	OPT_END
};

static size_t sum;

static void
touch(const struct opt_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		sum += strlen(l->items[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct args args = {0};
	struct opt_target target = {opts, &args, true};
	char *argv[WORDS_MAX + 1] = {pool_str(&pool, SPAN("test"))};
	struct span rest = span_of(data, size);
	const char *help = NULL;
	struct err e = ERR_INIT;
	int argc = 1;

	while (rest.ptr && argc < WORDS_MAX)
		argv[argc++] = pool_str(&pool, span_cut(&rest, '\n'));
	if (opt_parse_targets(&target, 1, argc, argv, &help, &pool, &e) || help)
		return 0;
	touch(&args.items);
	touch(&args.pairs);
	touch(&args.first);
	touch(&args.rest);
	if (*args.output && strcmp(args.output, "json") != 0 && strcmp(args.output, "text") != 0)
		BUG("a word that is not allowed: %s", args.output);
	if (args.key && args.sk)
		BUG("two flags that exclude each other");
	if (args.first.count != 1)
		BUG("an argument is missing");
	if (!args.deep_given != !args.key)
		BUG("given is not what was given");
	return 0;
}
