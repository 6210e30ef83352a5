/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_OIDC_H
#define CLIENT_OIDC_H
/*
 * Logging in to an identity provider (OpenID Connect Core 1.0, Discovery 1.0;
 * RFC 6749): what all flows share. Each flow is a file of its own: oidcbrowser,
 * oidcdevice; that of client credentials is here.
 */
#include "crypto/secret.h"
#include "sig/idtoken.h"

/* Who asks whom. Strings are borrowed. */
struct oidc_login {
	const char *issuer;
	const char *client_id;
	const struct secret *client_secret;	/* empty: none */
	const char *redirect_url;		/* NULL or "": the flow's own */
};

/* What the provider says of itself. */
struct oidc {
	const struct oidc_login *login;
	struct span authorize, token, device;	/* endpoints; empty where there is none */
	struct span keys;	/* where its keys are */
	bool s256;		/* PKCE by SHA-256 is supported */
	bool basic;		/* the client shows its secret in a header, not in the form */
	struct pool pool;
};
#define OIDC_INIT {.pool = POOL_INIT}
void	oidc_release(struct oidc *o);
static inline void oidc_cleanup(struct oidc *o) { oidc_release(o); }

/* ISSUER/.well-known/openid-configuration, whose issuer must be the one asked
 * for, byte by byte. Addresses are https, or on this machine or a private
 * network. REASON_CONFIG, REASON_PROTOCOL, REASON_HTTP, REASON_DENIED. */
int	oidc_discover(struct oidc *o, const struct oidc_login *login, struct err *e) MUST_CHECK;

/* RFC 7636: what is kept, and what is shown of it. */
enum { OIDC_VERIFIER = 64, OIDC_CHALLENGE = 43, OIDC_RANDOM = 22 };
struct oidc_proof { char verifier[OIDC_VERIFIER + 1], challenge[OIDC_CHALLENGE + 1]; };
/* REASON_UNSUPPORTED when the provider has no S256. */
int	oidc_proof(const struct oidc *o, struct oidc_proof *p, struct err *e) MUST_CHECK;
/* The challenge of a verifier. */
void	oidc_challenge(const char *verifier, char challenge[OIDC_CHALLENGE + 1]);
/* 128 bits that nobody guesses, as text. */
int	oidc_random(char text[OIDC_RANDOM + 1], struct err *e) MUST_CHECK;

/* A form (application/x-www-form-urlencoded) with secrets in it. */
struct oidc_form {
	struct buf text;
	bool once;	/* what it holds is good for one time: it is not sent again after a failure */
};
#define OIDC_FORM_INIT {BUF_INIT(BUF_TEXT_MAX), false}
void	oidc_form_add(struct oidc_form *f, const char *name, struct span value);
void	oidc_form_release(struct oidc_form *f);
static inline void oidc_form_cleanup(struct oidc_form *f) { oidc_form_release(f); }

/* What an endpoint answers: a JSON object, or the code of an error (RFC 6749
 * section 5.2). */
struct oidc_answer {
	struct secret json;
	char error[64], description[256];	/* "" when it is no error */
};
void	oidc_answer_release(struct oidc_answer *a);
static inline void oidc_answer_cleanup(struct oidc_answer *a) { oidc_answer_release(a); }
/* Posts the form, to which the client's name and secret are added. 0 also when
 * the answer is an error with a code. */
int	oidc_post(const struct oidc *o, struct span endpoint, struct oidc_form *f, struct oidc_answer *a,
	    struct err *e) MUST_CHECK;
/* The error that such an answer means; -1. */
int	oidc_denied(const struct oidc *o, const struct oidc_answer *a, struct err *e);

/* Takes the identity token out of an answer and checks it (Core 1.0 section
 * 3.1.3.7): issuer, audience, time, the nonce (NULL: none was sent), the hash of
 * the access token, and that a key of the provider signed it, for which it is
 * asked. REASON_BAD_TOKEN, REASON_DENIED, REASON_PROTOCOL, and what a request may
 * fail with. */
int	oidc_take_token(const struct oidc *o, const struct oidc_answer *a, const char *nonce, struct secret *token,
	    struct err *e) MUST_CHECK;

/* RFC 6749 section 4.4: a program logs in, by its secret. */
int	oidc_client_credentials(const struct oidc *o, struct secret *token, struct err *e) MUST_CHECK;
#endif
