/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/selection.h"

#include <inttypes.h>
#include "base/date.h"

static bool
eligible(const struct signconf_service *s, uint32_t newest, int64_t now)
{
	return s->version >= 1 && s->version <= newest && trust_window_has(&s->window, now);
}

/* Between equals the later in the list comes first, as in the original, which
 * sorts upwards and turns the list round. */
static bool
is_better(const struct signconf_service *a, const struct signconf_service *b)
{
	return a->version != b->version ? a->version > b->version : a->window.start >= b->window.start;
}

static int
none(uint32_t newest, int64_t now, struct err *e)
{
	char text[DATE_TEXT];

	err_set(e, REASON_CONFIG, "no service of the signing config can be used at %s",
	    date_format(now, text));
	return err_expected(e, "a service with API version 1 to %" PRIu32 " that is valid then", newest);
}

const struct signconf_service *
selection_one(const struct signconf_services *all, uint32_t newest, int64_t now, struct err *e)
{
	const struct signconf_service *best = NULL;

	for (size_t i = 0; i < all->count; i++)
		if (eligible(&all->items[i], newest, now) && (!best || is_better(&all->items[i], best)))
			best = &all->items[i];
	if (!best)
		none(newest, now, e);
	return best;
}

/* The best of all that are not chosen yet: of the version of the first one
 * chosen, and of an operator that is not among them. */
static const struct signconf_service *
next_best(const struct selection *chosen, const struct signconf_services *all, uint32_t newest,
    int64_t now)
{
	const struct signconf_service *best = NULL;

	for (size_t i = 0; i < all->count; i++) {
		const struct signconf_service *s = &all->items[i];
		size_t at = 0;

		if (!eligible(s, newest, now) || (best && !is_better(s, best)))
			continue;
		if (chosen->count && s->version != chosen->items[0]->version)
			continue;
		while (at < chosen->count && !span_eq(chosen->items[at]->operator, s->operator))
			at++;
		if (at == chosen->count)
			best = s;
	}
	return best;
}

/* Draws count of them to the front. */
static void
draw(struct selection *from, size_t count, const struct selection_chance *chance)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = i + chance->below(chance->ctx, from->count - i);
		const struct signconf_service *s = from->items[at];

		from->items[at] = from->items[i];
		from->items[i] = s;
	}
	from->count = count;
}

static int
reduce(struct selection *out, const struct signconf_selector *selector,
    const struct selection_chance *chance, struct err *e)
{
	switch (selector->mode) {
	case SIGNCONF_ALL:
		return 0;
	case SIGNCONF_ANY:
		draw(out, 1, chance);
		return 0;
	case SIGNCONF_EXACT:
		if (selector->count == 0 || selector->count > out->count) {
			err_set(e, REASON_CONFIG, "the signing config asks for %" PRIu32
			    " services of different operators", selector->count);
			return err_found(e, "%zu", out->count);
		}
		draw(out, selector->count, chance);
		return 0;
	case SIGNCONF_UNDEFINED:
		break;
	}
	return err_set(e, REASON_CONFIG, "the signing config does not say how many services to use");
}

int
selection_several(struct selection *out, const struct signconf_services *all,
    const struct signconf_selector *selector, uint32_t newest, int64_t now,
    const struct selection_chance *chance, struct pool *pool, struct err *e)
{
	const struct signconf_service *s;

	out->items = pool_array(pool, all->count, sizeof(*out->items));
	out->count = 0;
	while ((s = next_best(out, all, newest, now)))
		out->items[out->count++] = s;
	return out->count ? reduce(out, selector, chance, e) : none(newest, now, e);
}
