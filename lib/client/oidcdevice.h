/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_OIDCDEVICE_H
#define CLIENT_OIDCDEVICE_H
/*
 * Logging in where there is no browser (RFC 8628): a code and an address are
 * shown on stderr, the user goes there on any device, and the provider is asked
 * every few seconds whether it happened.
 */
#include "client/oidc.h"

/* REASON_UNSUPPORTED when the provider has no such flow; REASON_DENIED when the
 * user or the provider says no; REASON_TIMEOUT. */
int	oidcdevice_login(const struct oidc *o, struct secret *token, struct err *e) MUST_CHECK;
#endif
