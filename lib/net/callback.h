/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_CALLBACK_H
#define NET_CALLBACK_H
/*
 * The one place of the suite where somebody may knock: a port of this machine
 * to which an identity provider sends the user's browser back, with a code
 * (RFC 8252 section 7.3). One request with the right path and state is taken,
 * once; all others get a page that says no, and change nothing. The only user
 * of libmicrohttpd; linked by cosign-oidc-listen alone.
 */
#include "base/buf.h"

enum { CALLBACK_TEXT_MAX = 4096 };	/* of one parameter */

struct callback {
	int fd;			/* listens */
	struct buf url;		/* what the browser is to be sent to */
	size_t authority, authority_len, path;	/* in it */
};
#define CALLBACK_INIT {.fd = -1, .url = BUF_INIT(CALLBACK_TEXT_MAX)}
void	callback_release(struct callback *c);
static inline void callback_cleanup(struct callback *c) { callback_release(c); }

/* Listens where the URL says: http on a name or address of this machine; without
 * a port, on a free one. NULL or "": http://localhost/auth/callback. REASON_USAGE,
 * REASON_IO. */
int	callback_open(struct callback *c, const char *url, struct err *e) MUST_CHECK;

/* What came. Text that is not there has no bytes. */
struct callback_got { struct buf code, error, description, issuer; };
#define CALLBACK_GOT_INIT {BUF_INIT(CALLBACK_TEXT_MAX), BUF_INIT(CALLBACK_TEXT_MAX), BUF_INIT(CALLBACK_TEXT_MAX), \
	BUF_INIT(CALLBACK_TEXT_MAX)}
void	callback_got_release(struct callback_got *g);
static inline void callback_got_cleanup(struct callback_got *g) { callback_got_release(g); }

/* Waits for the request with that state, until the clock (date_monotonic_ms)
 * passes until: REASON_TIMEOUT; or nobody reads from the descriptor watched any
 * more: REASON_OUTPUT. Call it in the sandbox. */
int	callback_await(struct callback *c, struct span state, int64_t until, int watched, struct callback_got *got,
	    struct err *e) MUST_CHECK;
#endif
