/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_SCT_H
#define CRYPTO_SCT_H
/*
 * Signed certificate timestamps (RFC 6962): a log's promise to publish a
 * certificate, inside it or beside it. What a log signed is rebuilt from the
 * bytes of the certificate without the list and from the key of its issuer.
 */
#include "crypto/cert.h"

enum { SCT_MAX = 32, SCT_ID = 32 };

struct sct {
	unsigned version;		/* 0 is v1, the only one */
	unsigned char id[SCT_ID];	/* SHA-256 of the log's SubjectPublicKeyInfo */
	uint64_t time;			/* milliseconds since 1970 */
	struct span extensions;		/* part of what is signed */
	struct span signature;		/* digitally-signed: hash, algorithm, length, bytes */
};

struct sct_list {
	struct sct items[SCT_MAX];
	size_t count;
};

/* A log that is trusted, and since when till when, both ends included. */
struct sct_log {
	unsigned char id[SCT_ID];
	struct pubkey *key;
	int64_t start_ms, end_ms;	/* INT64_MIN and INT64_MAX: open */
};

/* The log with this key, always trusted; the key is borrowed. */
void	sct_log_init(struct sct_log *log, struct pubkey *key);

enum sct_rule {
	SCT_SOME,	/* unknown logs, other times and bad signatures do not count; enough distinct logs must remain */
	SCT_ALL,	/* each must be a known log's and good, whenever it was made; and enough distinct logs */
};

/* Whether the certificate carries a list; an empty one is malformed. */
bool	sct_is_embedded(const struct cert *c);
/* The list in a certificate, borrowed from it. REASON_BAD_SCT when there is
 * none or it is malformed. */
int	sct_list_get(struct sct_list *l, const struct cert *c, struct err *e) MUST_CHECK;

/* The SCTs inside leaf, which issuer issued (of a chain that was checked).
 * threshold 0 counts as 1. REASON_BAD_SCT. */
int	sct_check_embedded(const struct cert *leaf, const struct cert *issuer, const struct sct_log *logs,
	    size_t count, enum sct_rule rule, size_t threshold, struct err *e) MUST_CHECK;
/* One SCT beside a certificate; its log must be known and, with SCT_SOME,
 * trusted at its time. */
int	sct_check_detached(const struct sct *sct, const struct cert *leaf, const struct sct_log *logs,
	    size_t count, enum sct_rule rule, struct err *e) MUST_CHECK;

/* What a log signs for an embedded SCT (section 3.2, precert_entry), appended;
 * for tests and for people who look. */
int	sct_signed_bytes(const struct sct *sct, const struct cert *leaf, const struct cert *issuer, struct buf *out,
	    struct err *e) MUST_CHECK;
#endif
