/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_AUTH_H
#define CLIENT_AUTH_H
/*
 * Logging in to a registry: from a challenge and what the user has configured
 * to the Authorization line of the next request. A token is asked for once per
 * repository and set of scopes; tasks that need the same one wait for it.
 */
#include "client/peer.h"

/* One login: a repository of a registry. */
struct auth;

enum { AUTH_TOKEN_MAX = 64 << 10 };	/* bytes of a token server's answer */

/* repository may be "" (login asks for nothing in particular). */
struct auth	*auth_find(struct peer *p, const char *repository);

/* From now on tokens are asked for with the right to push. */
void	auth_expect_push(struct auth *a);

/* What goes out with a request, and how old it is. */
struct auth_sent {
	const char *line;	/* the whole "Authorization: …", or NULL when none is
				   needed so far; good while the process lives */
	unsigned version;
};
struct auth_sent	auth_header(const struct auth *a);

/*
 * What to do about a 401 (or a 403 for want of scope) to a request that was
 * sent with this: 0 means that it is worth sending again. REASON_DENIED
 * when the user's credentials are refused, or are none; REASON_BAD_CHALLENGE.
 */
int	auth_answer(struct auth *a, const struct registry_options *o, const struct http_response *r,
	    struct auth_sent sent, struct err *e) MUST_CHECK;
#endif
