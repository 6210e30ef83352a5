/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_AMBIENTSPIFFE_H
#define CLIENT_AMBIENTSPIFFE_H
/*
 * The SPIFFE Workload API, a provider of client/ambient.h: one unary call,
 * FetchJWTSVID, of gRPC over a Unix socket. As much of Protocol Buffers as it
 * takes is here.
 */
#include "client/ambient.h"

bool	ambientspiffe_is_there(void);
int	ambientspiffe_ask(const char *audience, struct secret *token, struct err *e) MUST_CHECK;

/* The token of the first identity in the body of an answer, borrowed: a gRPC
 * message, not compressed, with a JWTSVIDResponse. REASON_PROTOCOL. */
int	ambientspiffe_read(struct span body, struct span *token, struct err *e) MUST_CHECK;
#endif
