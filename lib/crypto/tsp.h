/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_TSP_H
#define CRYPTO_TSP_H
/*
 * RFC 3161 timestamps: a reply of an authority, taken apart by our own DER
 * reader (CMS, RFC 5652, as much of it as RFC 3161 allows). Only the form is
 * judged here; tspcheck.h says whether it is a good one.
 */
#include "base/buf.h"
#include "crypto/digest.h"

enum { TSP_MAX = 1 << 20, TSP_CERTS_MAX = 16 };

struct tsp_time {
	int64_t seconds;
	uint32_t nanos;
	bool has_accuracy;
	int64_t accuracy_us;	/* to either side */
};

struct tsp {
	struct buf der;
	struct span info;		/* DER TSTInfo: what is signed */
	struct span policy;		/* OID, DER content */
	enum hash imprint_hash;
	struct span imprint;
	struct span serial;		/* big-endian; of a negative one its DER content */
	struct tsp_time time;
	struct span nonce;		/* big-endian, no leading zero; ptr NULL without */

	struct span certs[TSP_CERTS_MAX];	/* as they came, not looked at */
	size_t cert_count;
	struct span sid_issuer, sid_serial;	/* the signer: a Name and a number, */
	struct span sid_key_id;			/* or a subject key identifier */
	enum hash signer_hash;
	bool pss;			/* the signer says RSASSA-PSS */
	struct span attributes;		/* [0] of the signer, as it stands */
	struct span signature;
	struct span message_digest;
	bool has_signing_time;
	int64_t signing_time;
	struct span signing_cert, signing_cert_v2;	/* attribute values; ptr NULL without */
};

#define TSP_INIT {.der = BUF_INIT(TSP_MAX)}

/* Copies der. A TimeStampResp must say granted; nothing may follow. Judges
 * only the form. REASON_BAD_TIMESTAMP, REASON_TOO_LARGE. */
int	tsp_parse_response(struct tsp *t, struct span der, struct err *e) MUST_CHECK;
/* A bare TimeStampToken. */
int	tsp_parse_token(struct tsp *t, struct span der, struct err *e) MUST_CHECK;
void	tsp_release(struct tsp *t);
static inline void tsp_cleanup(struct tsp *t) { tsp_release(t); }
#endif
