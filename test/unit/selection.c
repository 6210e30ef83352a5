/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/selection.h"
#include "tap.h"

enum { NOW = 1000 };
#define OPEN_START INT64_MIN
#define OPEN_END INT64_MAX

/* Windows in seconds, for the tables. */
static struct signconf_service
service(const char *url, uint32_t version, const char *operator, int64_t start, int64_t end)
{
	return (struct signconf_service){.url = span_str(url), .version = version, .operator = span_str(operator),
		.window = {start == OPEN_START ? start : start * 1000, end == OPEN_END ? end : end * 1000}};
}

/* Answers from a list, and remembers how many there were to choose from. */
struct script { const size_t *answers; size_t asked[8], count; };

static size_t
scripted(void *ctx, size_t n)
{
	struct script *s = ctx;

	s->asked[s->count] = n;
	return s->answers[s->count++];
}

/* The URLs chosen, one character each. */
static const char *
chosen(const struct selection *s, char text[16])
{
	size_t i = 0;

	for (; i < s->count && i < 15; i++)
		text[i] = s->items[i]->url.ptr[0];
	text[i] = '\0';
	return text;
}

static const struct signconf_selector all_of = {SIGNCONF_ALL, 0}, any_of = {SIGNCONF_ANY, 0};

/* --- one --- */

static void
one_is(struct signconf_service *items, size_t count, uint32_t newest, const char *want, const char *what)
{
	struct signconf_services s = {items, count};
	struct err e = ERR_INIT;
	const struct signconf_service *got = selection_one(&s, newest, NOW, &e);

	if (want)
		ok(got && span_is(got->url, want), "%s", what);
	else
		fails_with(got ? 0 : -1, &e, REASON_CONFIG, "%s", what);
}

static void
test_one(void)
{
	struct signconf_service versions[] = {service("a", 1, "", 900, OPEN_END), service("b", 2, "", 100, OPEN_END),
		service("c", 3, "", 100, OPEN_END), service("d", 0, "", 100, OPEN_END)};
	struct signconf_service starts[] = {service("a", 1, "", 300, OPEN_END), service("b", 1, "", 500, OPEN_END),
		service("c", 1, "", OPEN_START, OPEN_END), service("d", 1, "", 1001, OPEN_END)};
	struct signconf_service ties[] = {service("a", 1, "", 300, OPEN_END), service("b", 1, "", 300, OPEN_END)};
	struct signconf_service bounds[] = {service("a", 1, "", NOW, NOW)};
	struct signconf_service past[] = {service("a", 1, "", OPEN_START, NOW - 1)};
	struct signconf_service opened[] = {service("a", 1, "", OPEN_START, OPEN_END)};

	one_is(versions, 4, 2, "b", "the highest version that is known");
	one_is(versions, 4, 1, "a", "one alone is known");
	one_is(versions + 2, 2, 2, NULL, "none is known");
	one_is(starts, 4, 1, "b", "the newest that has begun");
	one_is(starts + 3, 1, 1, NULL, "not begun");
	one_is(ties, 2, 1, "b", "of equals the later one");
	one_is(bounds, 1, 1, "a", "both bounds belong to the window");
	one_is(past, 1, 1, NULL, "ended");
	one_is(opened, 1, 1, "a", "open at both ends");
	one_is(NULL, 0, 1, NULL, "nothing to choose from");
}

/* --- several --- */

static void
several_are(struct signconf_service *items, size_t count, const struct signconf_selector *selector,
    const size_t *answers, const char *want, const char *what)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct signconf_services s = {items, count};
	struct script script = {.answers = answers};
	struct selection_chance chance = {scripted, &script};
	struct selection out = {0};
	struct err e = ERR_INIT;
	char text[16];
	int rc = selection_several(&out, &s, selector, 2, NOW, &chance, &pool, &e);

	if (!want)
		fails_with(rc, &e, REASON_CONFIG, "%s", what);
	else if (succeeds(rc, &e, "%s", what))
		is_str(chosen(&out, text), want, "%s: these", what);
	for (size_t i = 1; i < script.count; i++)
		is_int((int64_t)script.asked[i], (int64_t)script.asked[i - 1] - 1, "%s: one less to choose from", what);
}

static void
test_operators(void)
{
	struct signconf_service items[] = {service("a", 1, "x", 100, OPEN_END), service("b", 1, "x", 200, OPEN_END),
		service("c", 1, "y", 150, OPEN_END), service("d", 1, "", 120, OPEN_END),
		service("e", 1, "", 110, OPEN_END), service("f", 1, "y", 2000, OPEN_END)};

	several_are(items, 6, &all_of, NULL, "bcd", "the newest of each operator, the newest first; none is an operator");
}

static void
test_versions(void)
{
	struct signconf_service mixed[] = {service("a", 1, "x", 900, OPEN_END), service("b", 2, "y", 100, OPEN_END),
		service("c", 3, "z", 100, OPEN_END), service("d", 1, "w", 100, OPEN_END)};
	struct signconf_service early[] = {service("a", 1, "x", 900, OPEN_END), service("b", 2, "y", 1001, OPEN_END)};
	struct signconf_service late[] = {service("a", 1, "x", 900, OPEN_END), service("b", 2, "y", 100, 999)};

	several_are(mixed, 4, &all_of, NULL, "b", "versions never mix, whatever the operators");
	several_are(early, 2, &all_of, NULL, "a", "the second version is not in use yet");
	several_are(late, 2, &all_of, NULL, "a", "the second version is no longer in use");
}

static void
test_selectors(void)
{
	struct signconf_service items[] = {service("a", 2, "x", 300, OPEN_END), service("b", 2, "y", 200, OPEN_END),
		service("c", 2, "z", 100, OPEN_END)};
	struct signconf_selector exact = {SIGNCONF_EXACT, 2}, none = {SIGNCONF_UNDEFINED, 0};

	several_are(items, 3, &any_of, (const size_t[]){0}, "a", "any: the first");
	several_are(items, 3, &any_of, (const size_t[]){2}, "c", "any: the last");
	several_are(items, 3, &exact, (const size_t[]){0, 0}, "ab", "two: the first ones");
	several_are(items, 3, &exact, (const size_t[]){2, 1}, "ca", "two: others, none twice");
	several_are(items, 3, &exact, (const size_t[]){1, 1}, "bc", "two: others again");
	exact.count = 3;
	several_are(items, 3, &exact, (const size_t[]){2, 0, 0}, "cba", "all of them by number");
	exact.count = 4;
	several_are(items, 3, &exact, NULL, NULL, "more than there are");
	exact.count = 0;
	several_are(items, 3, &exact, NULL, NULL, "none at all");
	several_are(items, 3, &none, NULL, NULL, "no selector");
	several_are(NULL, 0, &all_of, NULL, NULL, "nothing to choose from");
	items[0].operator = items[1].operator;
	exact.count = 3;
	several_are(items, 3, &exact, NULL, NULL, "operators count, not services");
	for (size_t i = 0; i < countof(items); i++)
		items[i].version = 3;
	several_are(items, 3, &all_of, NULL, NULL, "none of a known version");
}

int
main(void)
{
	test_one();
	test_operators();
	test_versions();
	test_selectors();
	return tap_done();
}
