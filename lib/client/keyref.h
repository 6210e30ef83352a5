/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_KEYREF_H
#define CLIENT_KEYREF_H
/*
 * What --key names: a file, env://NAME, or for public keys an http(s) URL.
 * References to clusters, key services and tokens are known by their form and
 * refused as unsupported, never taken for a file's name.
 */
#include "crypto/keyfile.h"
#include "net/http.h"

/* peer (may be NULL) is for URLs. REASON_UNSUPPORTED, REASON_NOT_FOUND,
 * REASON_HTTP for any status but 2xx, REASON_BAD_KEY. */
int	keyref_public(const char *ref, struct pubkey *k, const struct http_peer *peer, struct err *e) MUST_CHECK;

/* ask (with ctx) is called only when the key is encrypted. */
int	keyref_signer(const char *ref, struct signer *s, keyfile_password *ask, void *ctx,
	    struct err *e) MUST_CHECK;
#endif
