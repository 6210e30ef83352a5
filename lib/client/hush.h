/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_HUSH_H
#define CLIENT_HUSH_H
/*
 * Requests whose answer is a secret, to whoever hands out tokens: the answer
 * goes into a struct secret as it comes, and what is read from it too.
 */
#include "crypto/secret.h"
#include "net/http.h"

enum { HUSH_MAX = 256 << 10, HUSH_REFUSAL_MAX = 64 << 10 };

/* Where tokens go over the network in the clear, others read them: https, or
 * http to this machine or a private network. what names the URL in messages.
 * REASON_CONFIG. */
int	hush_check_url(const char *url, const char *what, struct err *e) MUST_CHECK;

/* One exchange, as http_do(), of at most HUSH_MAX bytes. q has no sink. The body
 * of a 2xx answer comes into answer, of others into r. Any status is success. */
int	hush_do(const struct http_request *q, struct secret *answer, struct http_response *r, struct err *e) MUST_CHECK;

/* The error of a status that was not wanted, with what the server says about
 * it: REASON_DENIED for 401 and 403, else REASON_HTTP. Returns -1. */
int	hush_refused(const char *who, const struct http_response *r, struct err *e);

/* The text of a member of the JSON object that the answer is. REASON_PROTOCOL
 * when it is none, or has no such member. */
int	hush_member(const struct secret *answer, const char *who, const char *name, struct secret *out,
	    struct err *e) MUST_CHECK;

/* The header line of NAME:PASSWORD (RFC 7617), for http_request's secret_header;
 * the pair is wiped. */
void	hush_basic(struct buf *pair, struct secret *line);

/* Text that may have held a secret, before it is released. */
void	hush_wipe(struct buf *b);
#endif
