/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_EXCHANGE_H
#define FAKE_EXCHANGE_H
/*
 * One request to a server of the tests and its answer, and who may ask the
 * registry.
 */
#include <microhttpd.h>
#include "base/buf.h"

struct access_rules {
	bool token;		/* bearer tokens rather than basic credentials */
	bool tls;
	const char *user;	/* "USER:PASSWORD" or NULL */
	unsigned port;
};
extern struct access_rules access_rules;

struct exchange {
	struct MHD_Connection *conn;
	char *uri;		/* as sent, with the query */
	const char *method, *path;
	struct buf body;
	struct MHD_Response *out;
	unsigned status;
};

const char	*exchange_query(struct exchange *x, const char *name);
const char	*exchange_header(struct exchange *x, const char *name);
bool	exchange_is(const struct exchange *x, const char *method);
bool	exchange_is_read(const struct exchange *x);

/* Sets the answer; a second one replaces the first. */
void	exchange_answer(struct exchange *x, unsigned status, const char *type, struct span body);
void	exchange_error(struct exchange *x, unsigned status, const char *code);
void	exchange_add(struct exchange *x, const char *name, const char *fmt, ...) PRINTF(3, 4);

/* Whether the request may go on; answers 401 with a challenge if not. repo is
 * NULL for the bare /v2/. */
bool	access_allowed(struct exchange *x, const char *repo);
/* GET or POST /token. */
void	access_token(struct exchange *x);
#endif
