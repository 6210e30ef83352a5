/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOKENBROKER_H
#define CLIENT_TOKENBROKER_H
/*
 * Who gets further identity tokens for a process that may start no programs any
 * more: a child, forked before the sandbox and before there is a private key,
 * that does what client/tokenget.h does when it is asked. Tokens live for minutes
 * and much may be signed in one call. It ends with its parent.
 */
#include "client/tokenget.h"

/* Forks it; how and its strings are copied by that. REASON_HELPER. */
int	tokenbroker_start(const struct tokenget *how, struct err *e) MUST_CHECK;
/* A new token, as tokenget(). REASON_HELPER also when there is no broker. */
int	tokenbroker_ask(struct secret *token, struct err *e) MUST_CHECK;
#endif
