/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CERT_H
#define CRYPTO_CERT_H
/*
 * X.509 certificates (RFC 5280), read by our own strict reader: one encoding,
 * nothing behind, no extension twice. Parsing judges nothing but the form;
 * chain.h says whom to trust. OpenSSL's object is made when a chain is checked.
 * A certificate owns its bytes; spans given out live as long as it does.
 */
#include "crypto/pubkey.h"

enum { CERT_MAX = 64 << 10, CERT_EXTENSIONS_MAX = 64 };

/* Bits of key_usage, in the order of RFC 5280 section 4.2.1.3. */
enum {
	CERT_DIGITAL_SIGNATURE = 1 << 0,
	CERT_NON_REPUDIATION = 1 << 1,
	CERT_CERT_SIGN = 1 << 5,
};

struct cert_extension {
	struct span oid;	/* DER content */
	bool critical;
	struct span value;	/* inside the OCTET STRING */
	struct span element;	/* all of it, as it stands in the certificate */
};

struct cert {
	struct buf der;
	struct span tbs;	/* whole SEQUENCE: what is signed */
	struct span tbs_front;	/* its content up to the extensions */
	struct span serial;	/* big-endian, no leading zero */
	struct span issuer, subject;	/* whole Names */
	struct span spki;	/* whole SubjectPublicKeyInfo */
	int64_t not_before, not_after;
	struct cert_extension extension[CERT_EXTENSIONS_MAX];
	size_t extensions;
	bool is_ca;
	int path_len;		/* -1: no limit */
	bool has_key_usage;
	unsigned key_usage;
	struct span usages;	/* KeyPurposeIds of the extended key usage; ptr NULL without */
	struct pubkey key;	/* by cert_key */
	void *x509;		/* by cert_x509 */
	/* For chain.c: it lives as long as those it is trusted by, so that what was
	 * once proved of them need not be proved again. */
	bool lasting;
	const struct cert *proved_by;	/* whose signature on it was checked */
};

#define CERT_INIT {.der = BUF_INIT(CERT_MAX), .key = PUBKEY_INIT}

/* Copies der. REASON_BAD_CERTIFICATE, REASON_TOO_LARGE. */
int	cert_parse_der(struct cert *c, struct span der, struct err *e) MUST_CHECK;
/* The first CERTIFICATE block, which must be the first block; *rest (may be
 * NULL) is what follows it. */
int	cert_parse_pem(struct cert *c, struct span pem, struct span *rest, struct err *e) MUST_CHECK;
void	cert_release(struct cert *c);
static inline void cert_cleanup(struct cert *c) { cert_release(c); }

static inline bool cert_eq(const struct cert *a, const struct cert *b)
{
	return span_eq(buf_span(&a->der), buf_span(&b->der));
}

/* "CERTIFICATE" PEM, 64 columns. */
void	cert_emit_pem(const struct cert *c, struct buf *out);
/* The key inside. REASON_BAD_CERTIFICATE for one of a kind or size that we do
 * not take. Belongs to c. */
struct pubkey	*cert_key(struct cert *c, struct err *e);
/* OpenSSL's X509, for lib/crypto. NULL and *e when OpenSSL reads it otherwise. */
void	*cert_x509(struct cert *c, struct err *e);

/* By DER content and by text; NULL when there is none. */
const struct cert_extension	*cert_find(const struct cert *c, struct span oid);
const struct cert_extension	*cert_find_text(const struct cert *c, const char *oid);

/* Both bounds belong to the validity. */
static inline bool cert_valid_at(const struct cert *c, int64_t when)
{
	return c->not_before <= when && when <= c->not_after;
}

#define CERT_CODE_SIGNING SPAN("\x2b\x06\x01\x05\x05\x07\x03\x03")
#define CERT_TIME_STAMPING SPAN("\x2b\x06\x01\x05\x05\x07\x03\x08")
/* Whether the extended key usage names this purpose (DER content), or any. */
bool	cert_has_usage(const struct cert *c, struct span purpose);

/* For messages, which clean it: its common name, else "serial HEX". Returns
 * text. */
enum { CERT_NAME_MAX = 128 };
const char	*cert_describe(const struct cert *c, char text[CERT_NAME_MAX]);
#endif
