/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_AMBIENT_H
#define CLIENT_AMBIENT_H
/*
 * Identity tokens that the surroundings give without anybody logging in: a file
 * that was mounted, a variable, the service of a build system or a cloud. In the
 * order of the table, which is the original's.
 */
#include "crypto/secret.h"

struct ambient {
	const char *name;	/* for --oidc-provider */
	/* Whether there is reason to ask it; starts no request. */
	bool (*is_there)(void);
	int (*ask)(const char *audience, struct secret *token, struct err *e);
	bool requests;		/* asking is done by requests */
};

extern const struct ambient ambient_all[];
extern const size_t ambient_count;

/* 0 and a token that can be used; 1 when nobody here gives any; -1 when whoever
 * should give one fails. The next is asked when one fails, with a warning. A
 * provider that is named is asked, whether it seems to be there or not, and no
 * other. Before anybody is asked the process enters the sandbox: it logs in by
 * itself no more. REASON_USAGE for a name that is none. */
int	ambient_find(const char *provider, struct secret *token, struct err *e) MUST_CHECK;
#endif
