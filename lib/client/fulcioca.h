/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_FULCIOCA_H
#define CLIENT_FULCIOCA_H
/*
 * Fulcio, the certificate authority (fulcio-oidc.md 6.1, API v2): a certificate
 * for a key, against an identity token and a proof that the key is held. What
 * comes back is read here and judged elsewhere.
 */
#include "client/service.h"
#include "crypto/certlist.h"

enum { FULCIOCA_ANSWER_MAX = 1 << 20, FULCIOCA_CERTS_MAX = 16, FULCIOCA_TIMEOUT_MS = 30000 };

/* Either key and proof, or a signing request. Borrowed. */
struct fulcioca_request {
	const struct pubkey *key;
	struct span proof;	/* its signature over the token's subject or e-mail address */
	struct span csr;	/* DER; ptr NULL: key and proof are sent */
};

struct fulcioca_answer {
	struct certlist chain;	/* leaf first */
	struct buf sct;		/* the detached certificate timestamp's JSON; empty: it is in the leaf */
};
#define FULCIOCA_ANSWER_INIT {CERTLIST_INIT, BUF_INIT(FULCIOCA_ANSWER_MAX)}
void	fulcioca_answer_release(struct fulcioca_answer *a);
static inline void fulcioca_answer_cleanup(struct fulcioca_answer *a) { fulcioca_answer_release(a); }

/* Appends the request's JSON. */
void	fulcioca_emit(const struct fulcioca_request *q, struct buf *out);
/* Reads an answer; *a is empty. REASON_BAD_SHAPE, REASON_BAD_JSON,
 * REASON_BAD_CERTIFICATE, REASON_BAD_ENCODING, REASON_TOO_LARGE. */
int	fulcioca_parse(struct fulcioca_answer *a, struct span json, struct err *e) MUST_CHECK;

/* Asks. Safe to repeat: at worst a certificate more is issued. REASON_HTTP,
 * REASON_DENIED, REASON_PROTOCOL, and what http_do() says. */
int	fulcioca_ask(const struct service *s, const struct secret *token, const struct fulcioca_request *q,
	    struct fulcioca_answer *a, struct err *e) MUST_CHECK;
#endif
