/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/opt.h"

#include "base/log.h"
#include "base/mem.h"
#include "cli/optvalue.h"
#include "cli/suggest.h"

/* A slot while parsing. */
struct flag {
	const struct opt *opt;
	void *field;
	bool *given_out;	/* or NULL */
	bool given, no_env;
};

struct parser {
	struct flag *flags;
	size_t count;
	struct opt_list words;	/* the positional arguments */
	const char *help;
	struct pool *pool;
	bool quiet;		/* no warnings: only looking */
};

/* What a token that starts with a dash names. */
struct hit {
	struct flag *flag;	/* NULL: none of ours */
	const char *value;	/* in the same token, or NULL */
	const char *cluster;	/* further letters, or NULL */
	bool help;
};

static const struct { const char *is, *was; } aliases[] = {
	{"certificate", "cert"},
	{"certificate-email", "cert-email"},
	{"certificate-chain", "cert-chain"},
	{"certificate-oidc-issuer", "cert-oidc-issuer"},
	{"certificate-identity", "cert-identity"},
	{"output-certificate", "output-cert"},
};

static size_t
flatten(const struct opt *opts, size_t offset, struct opt_slot *slots, size_t n)
{
	for (const struct opt *o = opts; o->kind != OPT_KIND_END; o++) {
		if (o->kind == OPT_KIND_GROUP) {
			n = flatten(o->group, offset + o->offset, slots, n);
			continue;
		}
		if (n == OPT_SLOTS_MAX)
			BUG("more than %d flags", OPT_SLOTS_MAX);
		slots[n++] = (struct opt_slot){o, offset + o->offset, o->given_offset ? offset + o->given_offset : 0};
	}
	return n;
}

size_t
opt_flatten(const struct opt *opts, struct opt_slot slots[OPT_SLOTS_MAX])
{
	return opts ? flatten(opts, 0, slots, 0) : 0;
}

const char *
opt_env_name(const char *flag, struct pool *pool)
{
	char *name = pool_printf(pool, "COSIGN_%s", flag);

	for (char *s = name; *s; s++)
		*s = *s == '-' ? '_' : *s >= 'a' && *s <= 'z' ? (char)(*s - 'a' + 'A') : *s;
	return name;
}

static struct span
real_name(struct span name)
{
	for (size_t i = 0; i < countof(aliases); i++)
		if (span_is(name, aliases[i].was))
			return span_str(aliases[i].is);
	return name;
}

static struct flag *
find_long(struct parser *p, struct span name)
{
	struct span real = real_name(name);

	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < p->count; i++)
			if (p->flags[i].opt->name && span_is(pass ? real : name, p->flags[i].opt->name))
				return &p->flags[i];
	}
	return NULL;
}

static struct flag *
find_letter(struct parser *p, char letter)
{
	for (size_t i = 0; letter && i < p->count; i++)
		if (p->flags[i].opt->letter == letter)
			return &p->flags[i];
	return NULL;
}

static bool
is_bool(const struct flag *f)
{
	return f->opt->kind == OPT_KIND_FLAG;
}

static void
look_long(struct parser *p, const char *text, struct hit *h)
{
	struct span rest = span_str(text), name = span_cut(&rest, '=');

	h->value = rest.ptr;
	h->flag = find_long(p, name);
	h->help = !h->flag && span_is(name, "help");
}

static void
look_letters(struct parser *p, const char *text, struct hit *h)
{
	h->flag = find_letter(p, text[0]);
	h->help = !h->flag && strcmp(text, "h") == 0;
	if (!h->flag || !text[1])
		return;
	if (text[1] == '=')
		h->value = text + 2;
	else if (is_bool(h->flag))
		h->cluster = text + 1;
	else
		h->value = text + 1;
}

/* The habits of the original: see opt.h. */
static struct hit
look(struct parser *p, const char *token)
{
	struct hit h = {0};

	if (token[1] == '-') {
		look_long(p, token + 2, &h);
		if (!h.flag && !h.help && token[2] && (!token[3] || token[3] == '=')) {
			look_letters(p, token + 2, &h);
			if ((h.flag || h.help) && !p->quiet)
				log_warn("%.*s is an old spelling of %s", 3, token, token + 1);
		}
		return h;
	}
	if (token[2] && token[2] != '=') {
		look_long(p, token + 1, &h);
		if ((h.flag || h.help) && !p->quiet)
			log_warn("%.*s is an old spelling of -%.*s", (int)strcspn(token, "="), token,
			    (int)strcspn(token, "="), token);
		if (h.flag || h.help)
			return h;
	}
	h = (struct hit){0};
	look_letters(p, token + 1, &h);
	return h;
}

static int
unknown(struct parser *p, const char *token, struct err *e)
{
	struct span name = span_str(token + strspn(token, "-"));
	struct suggest s;

	name = span_first(name, strcspn(name.ptr, "="));
	suggest_init(&s, pool_str(p->pool, name));
	for (size_t i = 0; i < p->count; i++)
		if (p->flags[i].opt->name)
			suggest_offer(&s, p->flags[i].opt->name);
	err_set(e, REASON_USAGE, "unknown flag: %.*s", (int)strcspn(token, "="), token);
	return s.best ? err_hint(e, "did you mean --%s?", s.best) : -1;
}

static int
give(struct parser *p, struct flag *f, const char *text, struct err *e)
{
	const struct opt *o = f->opt;

	if (optvalue_set(o, f->field, !f->given, text, p->pool, e))
		return err_wrap(e, "--%s", o->name);
	if (o->later && !optvalue_is_default(o, text)) {
		err_set(e, REASON_UNSUPPORTED, "--%s is not supported yet", o->name);
		return err_hint(e, "this version does not do %s", o->later);
	}
	if (o->gone && !f->given)
		log_say("Flag --%s has been deprecated, %s", o->name, o->gone);
	f->given = true;
	if (f->given_out)
		*f->given_out = true;
	return 0;
}

/* One flag token, with its value from the next token where it needs one. */
static int
take_flag(struct parser *p, int argc, char *const argv[], int *i, struct err *e)
{
	const char *token = argv[*i];
	struct hit h = look(p, token);

	while (h.cluster) {
		const char *letters = h.cluster;

		if (give(p, h.flag, "true", e))
			return -1;
		h = (struct hit){0};
		look_letters(p, letters, &h);
	}
	if (h.help) {
		p->help = h.value ? h.value : "";
		return 0;
	}
	if (!h.flag)
		return unknown(p, token, e);
	if (!h.value && is_bool(h.flag))
		h.value = "true";
	if (!h.value && ++*i < argc)
		h.value = argv[*i];
	if (!h.value)
		return err_set(e, REASON_USAGE, "flag needs an argument: %s", token);
	return give(p, h.flag, h.value, e);
}

static int
take_line(struct parser *p, int argc, char *const argv[], struct err *e)
{
	bool ended = false;

	for (int i = 1; i < argc && !p->help; i++) {
		if (ended || argv[i][0] != '-' || !argv[i][1])
			optvalue_append(&p->words, argv[i], p->pool);
		else if (strcmp(argv[i], "--") == 0)
			ended = true;
		else if (take_flag(p, argc, argv, &i, e))
			return -1;
	}
	return 0;
}

/* Values that do not parse are ignored, as in the original, but not silently. */
static int
take_env(struct parser *p, struct err *e)
{
	for (size_t i = 0; i < p->count; i++) {
		struct flag *f = &p->flags[i];
		const char *name, *value;
		struct err why = ERR_INIT;
		char text[512];

		if (f->given || f->no_env || f->opt->no_env || !f->opt->name)
			continue;
		name = opt_env_name(f->opt->name, p->pool);
		value = getenv(name);
		if (!value || !*value || give(p, f, value, &why) == 0)
			continue;
		if (err_is(&why, REASON_UNSUPPORTED)) {
			*e = why;
			return err_wrap(e, "%s", name);
		}
		log_warn("%s is ignored: %s", name, err_text(&why, text, sizeof(text)));
	}
	return 0;
}

static int
check_flags(struct parser *p, struct err *e)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct flag *f = &p->flags[i];
		const struct flag *other;

		if (f->opt->required && !f->given)
			return err_set(e, REASON_USAGE, "required flag is missing: --%s", f->opt->name);
		if (!f->given || !f->opt->excludes)
			continue;
		other = find_long(p, span_str(f->opt->excludes));
		if (other && other->given)
			return err_set(e, REASON_USAGE, "--%s and --%s exclude each other", f->opt->name,
			    other->opt->name);
	}
	return 0;
}

/* Hands the words out to the positional slots, in order; the last slot that
 * may have many takes the rest. */
static int
place_words(struct parser *p, struct err *e)
{
	size_t at = 0, min = 0, max = 0;

	for (size_t i = 0; i < p->count; i++) {
		const struct opt *o = p->flags[i].opt;
		struct opt_list *list = p->flags[i].field;
		size_t left = p->words.count - at;

		if (o->kind != OPT_KIND_POS)
			continue;
		list->count = o->many || left < 1 ? left : 1;
		list->items = list->count ? p->words.items + at : NULL;
		at += list->count;
		min += o->min;
		max = o->many ? SIZE_MAX : max + 1;
	}
	if (p->words.count < min)
		return err_set(e, REASON_USAGE, "requires at least %zu arg(s), only received %zu", min,
		    p->words.count);
	if (p->words.count > max) {
		err_set(e, REASON_USAGE, "accepts at most %zu arg(s), received %zu", max, p->words.count);
		return err_found(e, "'%.80s'", p->words.items[max]);
	}
	return 0;
}

static bool
is_shadowed(const struct parser *p, const struct opt *o)
{
	for (size_t i = 0; o->name && i < p->count; i++)
		if (p->flags[i].opt->name && strcmp(p->flags[i].opt->name, o->name) == 0)
			return true;
	return false;
}

static void
add_target(struct parser *p, const struct opt_target *t)
{
	struct opt_slot slots[OPT_SLOTS_MAX];
	size_t n = opt_flatten(t->opts, slots);
	struct flag *flags = pool_array(p->pool, p->count + n, sizeof(*flags));
	struct err e = ERR_INIT;

	if (p->count)
		memcpy(flags, p->flags, p->count * sizeof(*flags));
	p->flags = flags;
	for (size_t i = 0; i < n; i++) {
		const struct opt *o = slots[i].opt;
		struct flag f = {.opt = o, .field = (char *)t->args + slots[i].offset, .no_env = t->no_env};

		if (o->def && optvalue_set(o, f.field, true, o->def, p->pool, &e))
			BUG("default of --%s does not parse", o->name);
		if (is_shadowed(p, o))
			continue;
		if (slots[i].given_offset)
			f.given_out = (bool *)((char *)t->args + slots[i].given_offset);
		p->flags[p->count++] = f;
	}
}

int
opt_parse_targets(const struct opt_target *targets, size_t count, int argc, char *const argv[], const char **help,
    struct pool *pool, struct err *e)
{
	struct parser p = {.pool = pool};

	for (size_t i = 0; i < count; i++)
		add_target(&p, &targets[i]);
	if (take_line(&p, argc, argv, e))
		return -1;
	*help = p.help;
	if (p.help)
		return 0;
	return take_env(&p, e) || place_words(&p, e) || check_flags(&p, e) ? -1 : 0;
}

int
opt_parse(const struct command *c, void *args, int argc, char *const argv[], struct pool *pool, struct err *e)
{
	struct opt_target target = {c->opts, args, c->no_env};
	const char *help;

	if (opt_parse_targets(&target, 1, argc, argv, &help, pool, e))
		return -1;
	return help ? err_set(e, REASON_USAGE, "unknown flag: --help") : 0;
}

bool
opt_takes_next(const struct opt *opts, const char *token)
{
	struct pool pool = POOL_INIT;
	struct parser p = {.pool = &pool, .quiet = true};
	struct opt_slot slots[OPT_SLOTS_MAX];
	struct flag *flags;
	struct hit h;
	bool takes;

	if (token[0] != '-' || !token[1] || strcmp(token, "--") == 0)
		return false;
	p.count = opt_flatten(opts, slots);
	p.flags = flags = pool_array(&pool, p.count + 1, sizeof(*flags));
	for (size_t i = 0; i < p.count; i++)
		flags[i].opt = slots[i].opt;
	h = look(&p, token);
	while (h.cluster) {
		const char *letters = h.cluster;

		h = (struct hit){0};
		look_letters(&p, letters, &h);
	}
	takes = h.flag && !h.value && !is_bool(h.flag);
	pool_release(&pool);
	return takes;
}
