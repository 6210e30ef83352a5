/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_IDTOKEN_H
#define SIG_IDTOKEN_H
/*
 * Identity tokens: what an OpenID Connect provider says about somebody, as a
 * JSON Web Token in its compact form (RFC 7519; RFC 7515 section 3.1). Its
 * claims are read; its signature is checked by jwks.h, if at all here: the
 * certificate authority does that, and nothing may be believed before it did.
 */
#include "base/pool.h"
#include "json/shape.h"

enum {
	IDTOKEN_MAX = 64 << 10,		/* bytes of the whole text */
	IDTOKEN_AUDIENCES_MAX = 64,
	IDTOKEN_LEEWAY_S = 300,		/* by which clocks may differ before a token's first moment */
};

struct idtoken {
	struct span algorithm;		/* of the signature: "RS256" */
	struct span key_id;		/* which of the provider's keys made it; empty: it does not say */
	struct span issuer;		/* never empty */
	struct span subject, email;	/* empty where there is none */
	struct span nonce, at_hash;	/* the same */
	bool email_verified;
	struct span *audiences;
	size_t audience_count;
	int64_t expires;		/* seconds since 1970 */
	int64_t not_before;		/* the same; 0 where there is none */
	struct pool pool;		/* owns all of it */
};
#define IDTOKEN_INIT {.pool = POOL_INIT}
void	idtoken_release(struct idtoken *t);
static inline void idtoken_cleanup(struct idtoken *t) { idtoken_release(t); }

/* Fills an empty one; the text may go afterwards, and no part of its signature
 * was copied. Needs iss and exp. REASON_BAD_TOKEN, REASON_TOO_LARGE. */
int	idtoken_parse(struct idtoken *t, struct span text, struct err *e) MUST_CHECK;
/* Whether the text has the form of a token, and is no file's name: three parts
 * in base64url, the first of which is JSON. */
bool	idtoken_is_form(struct span text);

/* Whom the token is about: the email address if there is one, which must be
 * verified then, else the subject. It becomes the name in the certificate, and
 * the new key signs it as proof of possession. Borrowed. REASON_BAD_TOKEN. */
int	idtoken_identity(const struct idtoken *t, struct span *who, struct err *e) MUST_CHECK;

/* REASON_BAD_TOKEN when it is not good any more at that time, or not yet. */
int	idtoken_check_time(const struct idtoken *t, int64_t now, struct err *e) MUST_CHECK;
/* REASON_BAD_TOKEN when it was made for others. */
int	idtoken_check_audience(const struct idtoken *t, const char *audience, struct err *e) MUST_CHECK;
#endif
