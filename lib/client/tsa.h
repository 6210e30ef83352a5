/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TSA_H
#define CLIENT_TSA_H
/*
 * Timestamp authorities (RFC 3161, tsa.md 8.1): a request for a token over
 * SHA-256 of what is stamped, with a nonce, so that no token of before can be
 * the answer. Judging it is up to sig/timecheck.h.
 */
#include "client/service.h"
#include "crypto/tsp.h"

enum { TSA_NONCE = 8, TSA_TIMEOUT_MS = 30000 };

struct tsa_request {
	unsigned char digest[32];	/* SHA-256 of what is stamped */
	unsigned char nonce[TSA_NONCE];
	bool certificates;		/* the token is to bring the signer's */
};

/* A request for these bytes with a new nonce. */
void	tsa_request_init(struct tsa_request *q, struct span stamped, bool certificates);
/* As it must come back: big-endian, without leading zeros. */
struct span	tsa_request_nonce(const struct tsa_request *q);
/* Appends the DER. */
void	tsa_request_emit(const struct tsa_request *q, struct buf *out);

/* Appends the whole TimeStampResp, of a form that crypto/tsp.h reads, and not
 * judged. s->url is the endpoint. REASON_HTTP, REASON_DENIED, REASON_PROTOCOL,
 * REASON_BAD_TIMESTAMP, and what http_do() says. */
int	tsa_ask(const struct service *s, const struct tsa_request *q, struct buf *der, struct err *e) MUST_CHECK;
#endif
