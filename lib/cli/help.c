/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"

#include "base/buf.h"
#include "base/mem.h"
#include "cli/command.h"

enum { COLUMN_MAX = 32 };

void
help_wrap(const char *text, unsigned at, unsigned indent)
{
	bool start = at <= indent;

	if (at < indent)
		printf("%*s", (int)(indent - at), "");
	at = at < indent ? indent : at;
	while (*text) {
		size_t word = strcspn(text, " \n");

		if (!start && at + 1 + word > HELP_WIDTH) {
			printf("\n%*s", (int)indent, "");
			at = indent;
			start = true;
		}
		if (!start)
			putchar(' ');
		printf("%.*s", (int)word, text);
		at += (unsigned)word + !start;
		start = false;
		text += word;
		text += strspn(text, " \n");
	}
	putchar('\n');
}

/* "  -o, --output FORMAT" */
static void
flag_name(const struct opt *o, struct buf *b)
{
	buf_reset(b);
	if (o->letter)
		buf_printf(b, "  -%c, ", o->letter);
	else
		buf_add_str(b, "      ");
	buf_printf(b, "--%s", o->name);
	if (o->kind != OPT_KIND_FLAG)
		buf_printf(b, " %s", o->arg ? o->arg : "VALUE");
}

static void
flag_text(const struct opt *o, struct buf *b)
{
	bool quiet = !o->def || !*o->def || (o->kind == OPT_KIND_FLAG && strcmp(o->def, "false") == 0);

	buf_reset(b);
	buf_add_str(b, o->help ? o->help : "");
	if (o->words)
		buf_printf(b, " [%s]", o->words);
	if (!quiet)
		buf_printf(b, " (default %s)", o->def);
	if (o->required)
		buf_add_str(b, " (required)");
	if (o->kind == OPT_KIND_LIST || o->kind == OPT_KIND_CSV)
		buf_add_str(b, " (may be repeated)");
	if (o->later)
		buf_add_str(b, " (not supported yet)");
	if (o->gone)
		buf_printf(b, " (deprecated: %s)", o->gone);
}

static bool
is_skipped(const struct opt *o, const struct opt *skip)
{
	struct opt_slot slots[OPT_SLOTS_MAX];
	size_t n = opt_flatten(skip, slots);

	for (size_t i = 0; i < n; i++)
		if (slots[i].opt->name && strcmp(slots[i].opt->name, o->name) == 0)
			return true;
	return false;
}

void
help_flags(const char *heading, const struct opt *opts, const struct opt *skip)
{
	AUTO(buf) struct buf name = BUF_INIT(BUF_TEXT_MAX), text = BUF_INIT(BUF_TEXT_MAX);
	struct opt_slot slots[OPT_SLOTS_MAX];
	size_t n = opt_flatten(opts, slots);
	size_t shown = 0;
	unsigned column = 0;

	for (size_t i = 0; i < n; i++) {
		if (!slots[i].opt->name)
			continue;
		flag_name(slots[i].opt, &name);
		if (name.len + 2 > column && name.len + 2 <= COLUMN_MAX)
			column = (unsigned)name.len + 2;
	}
	for (size_t i = 0; i < n; i++) {
		const struct opt *o = slots[i].opt;

		if (!o->name || is_skipped(o, skip))
			continue;
		if (!shown++)
			printf("\n%s:\n", heading);
		flag_name(o, &name);
		flag_text(o, &text);
		printf("%s", buf_str(&name));
		if (name.len + 2 > column)
			putchar('\n');
		help_wrap(buf_str(&text), name.len + 2 > column ? 0 : (unsigned)name.len, column);
	}
}

static void
print_usage(const struct command *c, const char *title)
{
	struct opt_slot slots[OPT_SLOTS_MAX];
	size_t n = opt_flatten(c->opts, slots);

	printf("Usage: %s", title);
	if (c->verbs)
		printf(" COMMAND");
	printf(" [flags]");
	for (size_t i = 0; i < n; i++) {
		const struct opt *o = slots[i].opt;

		if (o->kind == OPT_KIND_POS)
			printf(o->min ? " %s%s" : " [%s%s]", o->arg, o->many ? "..." : "");
	}
	printf("\n\n");
}

static void
print_about(const char *text)
{
	while (*text) {
		const char *end = strstr(text, "\n\n");
		size_t len = end ? (size_t)(end - text) : strlen(text);
		char *paragraph = xspandup(span_of(text, len));

		putchar('\n');
		help_wrap(paragraph, 0, 0);
		free(paragraph);
		text += len;
		text += strspn(text, "\n");
	}
}

static void
print_examples(const char *text)
{
	struct span rest = span_str(text);

	printf("\nExamples:\n");
	while (rest.ptr) {
		struct span line = span_cut(&rest, '\n');

		if (line.len || rest.ptr)
			printf("  %.*s\n", SPAN_FMT(line));
	}
}

static void
print_verbs(const struct command *c)
{
	size_t column = 0;

	for (size_t i = 0; c->verbs[i]; i++)
		if (strlen(c->verbs[i]->name) > column)
			column = strlen(c->verbs[i]->name);
	printf("\nCommands:\n");
	for (size_t i = 0; c->verbs[i]; i++) {
		printf("  %-*s", (int)column, c->verbs[i]->name);
		help_wrap(c->verbs[i]->brief, (unsigned)column + 2, (unsigned)column + 4);
	}
}

void
help_print(const struct command *c, const char *title)
{
	print_usage(c, title);
	help_wrap(c->brief, 0, 0);
	if (c->gone)
		printf("Deprecated: %s\n", c->gone);
	if (c->about)
		print_about(c->about);
	if (c->verbs)
		print_verbs(c);
	help_flags("Flags", c->opts, NULL);
	help_flags("Global flags", command_global_opts, c->opts);
	if (c->examples)
		print_examples(c->examples);
}
