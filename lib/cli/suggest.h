/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H
/*
 * "did you mean": the offered name that is nearest to a mistyped word.
 */
#include "base/attr.h"

struct suggest {
	const char *word;
	const char *best;	/* NULL until something near enough was offered */
	unsigned distance;
};

void	suggest_init(struct suggest *s, const char *word);
void	suggest_offer(struct suggest *s, const char *name);
#endif
