/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_SAN_H
#define CRYPTO_SAN_H
/*
 * Who a certificate was issued to: its subject alternative names (RFC 5280
 * section 4.2.1.6) as text. Names are compared by people and patterns, so one
 * with a control character in it makes the whole certificate unusable.
 */
#include "base/pool.h"
#include "crypto/cert.h"

enum { SAN_MAX = 64 };

enum san_kind {
	SAN_URI,
	SAN_EMAIL,
	SAN_OTHERNAME,	/* Fulcio's user names, 1.3.6.1.4.1.57264.1.7 */
	SAN_DNS,
	SAN_IP,
};

struct san {
	enum san_kind kind;
	struct span text;	/* an address is written as Go writes it */
};

struct san_list {
	struct san items[SAN_MAX];
	size_t count;
	struct pool pool;	/* of addresses; other texts borrow the certificate */
};

#define SAN_LIST_INIT {.count = 0}

/* In the order of the certificate; kinds that are not listed above are left
 * out. REASON_BAD_CERTIFICATE; having none is no error. */
int	san_list_get(struct san_list *l, const struct cert *c, struct err *e) MUST_CHECK;
void	san_list_release(struct san_list *l);
static inline void san_list_cleanup(struct san_list *l) { san_list_release(l); }

/* The one name of the bundle verifier: the first URI, else the first e-mail
 * address, else the user name; NULL without any. */
const struct san	*san_primary(const struct san_list *l);
const char	*san_kind_name(enum san_kind kind);	/* "URI" */
/* UTF-8 without control characters, line separators and direction marks. */
bool	san_is_clean(struct span text);
#endif
