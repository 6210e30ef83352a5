/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOKENGET_H
#define CLIENT_TOKENGET_H
/*
 * An identity token for whoever signs without a key. One that the user gives is
 * taken as it is; else the program cosign-get-token finds one: in the
 * environment, or by logging in to an identity provider. It runs beside us with
 * our terminal and stderr, and what it prints goes into a secret and nowhere
 * else. Call it before the sandbox, which starts no programs, and before there
 * is a private key.
 */
#include "crypto/secret.h"
#include "sig/idtoken.h"

/* The flags of the same names; NULL and "" are what was not given. */
struct tokenget {
	const char *token;		/* --identity-token: the token, or a file that holds it */
	const char *flow;		/* --fulcio-auth-flow */
	const char *issuer;		/* --oidc-issuer, or the signing config's */
	const char *client_id;		/* --oidc-client-id */
	const char *client_secret_file;	/* --oidc-client-secret-file */
	const char *redirect_url;	/* --oidc-redirect-url */
	const char *provider;		/* --oidc-provider */
	bool no_ambient;		/* --oidc-disable-ambient-providers */
	bool notice, yes;		/* the privacy notice is due before a browser opens; and is agreed to */
	bool stdin_is_taken;		/* by records or what is signed: no code is read from there */
};

enum { TOKENGET_FILE_MAX = IDTOKEN_MAX };

/* Fills token, which is empty or is replaced, and claims (empty; may be NULL)
 * with what it says. It has not expired and names somebody. The child's reason
 * when it found none; REASON_BAD_TOKEN, REASON_NOT_FOUND or REASON_IO for a
 * file, REASON_HELPER. */
int	tokenget(const struct tokenget *how, struct secret *token, struct idtoken *claims, struct err *e) MUST_CHECK;

/* The user's own: a token in compact form, else the name of a file ("-" is
 * standard input) that holds one, white space around it dropped. */
int	tokenget_given(const char *value, struct secret *token, struct err *e) MUST_CHECK;
/* The same of a file alone. */
int	tokenget_file(const char *path, struct secret *token, struct err *e) MUST_CHECK;
/* Reads what a token says; REASON_BAD_TOKEN when it has expired or names
 * nobody. claims may be NULL. */
int	tokenget_read(const struct secret *token, struct idtoken *claims, struct err *e) MUST_CHECK;
#endif
