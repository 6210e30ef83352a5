/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_OPTVALUE_H
#define CLI_OPTVALUE_H
/*
 * The text of one flag's value becomes the field of the command's struct.
 */
#include "cli/opt.h"

/* Puts text into the field. A list grows, but for its first value, which
 * replaces the default. The field is untouched on REASON_USAGE. */
int	optvalue_set(const struct opt *o, void *field, bool first, const char *text, struct pool *pool,
	    struct err *e) MUST_CHECK;

/* Whether text says the same as the option's default. */
bool	optvalue_is_default(const struct opt *o, const char *text);

/* One argument more. */
void	optvalue_append(struct opt_list *list, const char *item, struct pool *pool);
#endif
