/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CERTLIST_H
#define CRYPTO_CERTLIST_H
/*
 * Certificates in a row: a chain file, the roots of an authority, what a token
 * carries. Owns them.
 */
#include "crypto/cert.h"

enum { CERTLIST_MAX = 1024, CERTLIST_FILE_MAX = 4 << 20 };

struct certlist {
	struct cert **items;
	size_t count, room;
};

#define CERTLIST_INIT {NULL, 0, 0}

void	certlist_release(struct certlist *l);
static inline void certlist_cleanup(struct certlist *l) { certlist_release(l); }

int	certlist_add_der(struct certlist *l, struct span der, struct err *e) MUST_CHECK;
/* Every block of the text, all of them CERTIFICATE, at least one.
 * REASON_BAD_CERTIFICATE, REASON_BAD_ENCODING, REASON_TOO_LARGE; then none of
 * them was added. */
int	certlist_add_pem(struct certlist *l, struct span pem, struct err *e) MUST_CHECK;
/* All of from, behind what is there; from is empty then. */
void	certlist_take(struct certlist *l, struct certlist *from);
#endif
