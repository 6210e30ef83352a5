/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_OIDCBROWSER_H
#define CLIENT_OIDCBROWSER_H
/*
 * Logging in with a browser on this machine (RFC 6749 section 4.1, RFC 7636,
 * RFC 8252): cosign-oidc-listen waits on a port of this machine for the browser
 * to come back with a code. Where no browser can be opened, or none comes back,
 * the user opens the page anywhere and types the code in.
 */
#include "client/oidc.h"

/* REASON_DENIED when the user or the provider says no; REASON_TIMEOUT;
 * REASON_NO_TERMINAL when a code must be typed and nobody can. */
int	oidcbrowser_login(const struct oidc *o, struct secret *token, struct err *e) MUST_CHECK;
#endif
