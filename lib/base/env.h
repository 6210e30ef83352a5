/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ENV_H
#define BASE_ENV_H
/*
 * The environment variables this suite reads: one table, which `cosign env`
 * prints and cosign-environment(7) explains. Names that are not in it may not
 * be asked for, so that none goes undocumented (BUG() otherwise).
 */
#include "base/attr.h"

struct env_var {
	const char *name;
	const char *about;	/* one line */
	const char *expects;
	bool secret;		/* its value is masked */
};

extern const struct env_var env_vars[];
extern const size_t env_vars_count;

/* NULL when unset. */
const char	*env_get(const char *name);
/* Set and not empty, else NULL. */
const char	*env_get_nonempty(const char *name);
/* Go's boolean text (1 t T true TRUE True); anything else is false. */
bool	env_get_bool(const char *name);
#endif
