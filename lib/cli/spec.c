/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/spec.h"

#include "json/emit.h"

static const char *const kinds[] = {
	[OPT_KIND_STR] = "string", [OPT_KIND_FLAG] = "bool", [OPT_KIND_INT] = "int",
	[OPT_KIND_DURATION] = "duration", [OPT_KIND_LIST] = "list", [OPT_KIND_CSV] = "csv",
};
static const char *const completes[] = {
	[OPT_COMPLETE_NONE] = NULL, [OPT_COMPLETE_FILE] = "file", [OPT_COMPLETE_DIR] = "dir",
	[OPT_COMPLETE_IMAGE] = "image",
};

static void
text(struct emit *j, const char *name, const char *value)
{
	if (value)
		emit_kstr(j, name, value);
}

static void
words(struct emit *j, const char *list)
{
	struct span rest = span_str(list);

	emit_key(j, "words");
	emit_array(j);
	while (rest.ptr)
		emit_span(j, span_cut(&rest, '|'));
	emit_array_end(j);
}

static void
flag(struct emit *j, const struct command *c, const struct opt *o, struct pool *pool)
{
	char letter[2] = {o->letter, '\0'};

	emit_object(j);
	text(j, "name", o->name);
	text(j, "letter", o->letter ? letter : NULL);
	emit_kstr(j, "kind", kinds[o->kind]);
	text(j, "arg", o->kind == OPT_KIND_FLAG ? NULL : o->arg ? o->arg : "VALUE");
	text(j, "default", o->def);
	text(j, "help", o->help);
	if (o->words || o->hints)
		words(j, o->words ? o->words : o->hints);
	text(j, "complete", completes[o->complete]);
	text(j, "gone", o->gone);
	text(j, "later", o->later);
	if (o->required)
		emit_kbool(j, "required", true);
	text(j, "excludes", o->excludes);
	if (!c->no_env && !o->no_env)
		emit_kstr(j, "env", opt_env_name(o->name, pool));
	emit_object_end(j);
}

static void
argument(struct emit *j, const struct opt *o)
{
	emit_object(j);
	text(j, "arg", o->arg);
	text(j, "help", o->help);
	if (o->words || o->hints)
		words(j, o->words ? o->words : o->hints);
	text(j, "complete", completes[o->complete]);
	emit_kint(j, "min", (int64_t)o->min);
	emit_kbool(j, "many", o->many);
	emit_object_end(j);
}

static void
slots_of(struct emit *j, const struct command *c, const char *name, bool positional, struct pool *pool)
{
	struct opt_slot slots[OPT_SLOTS_MAX];
	size_t n = opt_flatten(c->opts, slots);

	emit_key(j, name);
	emit_array(j);
	for (size_t i = 0; i < n; i++) {
		if ((slots[i].opt->kind == OPT_KIND_POS) != positional)
			continue;
		if (positional)
			argument(j, slots[i].opt);
		else
			flag(j, c, slots[i].opt, pool);
	}
	emit_array_end(j);
}

static void
describe(struct emit *j, const struct command *c, struct pool *pool)
{
	emit_object(j);
	emit_kstr(j, "name", c->name);
	emit_kstr(j, "brief", c->brief);
	text(j, "gone", c->gone);
	if (c->plumbing)
		emit_kbool(j, "plumbing", true);
	if (c->hidden)
		emit_kbool(j, "hidden", true);
	slots_of(j, c, "flags", false, pool);
	slots_of(j, c, "args", true, pool);
	text(j, "examples", c->examples);
	if (c->verbs) {
		emit_key(j, "verbs");
		emit_array(j);
		for (size_t i = 0; c->verbs[i]; i++)
			describe(j, c->verbs[i], pool);
		emit_array_end(j);
	}
	emit_object_end(j);
}

void
spec_print(const struct command *c)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	AUTO(pool) struct pool pool = POOL_INIT;
	struct emit j;

	emit_init(&j, &b);
	j.raw_html = true;
	describe(&j, c, &pool);
	printf("%s\n", buf_str(&b));
}
