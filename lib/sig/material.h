/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_MATERIAL_H
#define SIG_MATERIAL_H
/*
 * What a signature comes with, whatever form it was kept in: Sigstore bundles,
 * layers of legacy signature images, old bundles and detached files all become
 * the same material before anything is judged, so that no check exists on one
 * path only. Read here, judged in verify.h.
 */
#include "sig/bundle.h"
#include "sig/oldbundle.h"

/* The same numbers as enum form of client/store.h, which this layer does not
 * see. */
enum material_form { MATERIAL_BUNDLE = 1, MATERIAL_LEGACY = 2 };

struct material {
	enum material_form form;
	struct bundle bundle;		/* of the bundle form; owns its bytes. Of a legacy
					   envelope payload and payload_type alone */
	enum bundle_content content;
	struct span sig, keyid;		/* raw; sig is empty when there is none */
	struct span message;		/* what is signed, where it came along; ptr NULL: a file of its own.
					   Of a legacy envelope: the envelope as it stood */
	/* The legacy form keeps these as they came, and nobody reads them before
	 * they are asked for: what is not asked for may be junk. Empty: none. */
	struct span certificate, chain, key;	/* PEM; certificate may be DER, or base64 of PEM */
	struct span log, stamp;			/* JSON */
	bool log_sought;			/* log did not come along: a log was asked */
	struct span sct;			/* detached, JSON */
	struct pool pool;
};
#define MATERIAL_INIT {.bundle = BUNDLE_INIT, .pool = POOL_INIT}

/* A Sigstore bundle; late_chain: version 0.3 may have a certificate chain.
 * REASON_BAD_BUNDLE, REASON_TOO_LARGE. */
int	material_from_bundle(struct material *m, struct span json, bool late_chain, struct err *e) MUST_CHECK;

/* A layer of a legacy signature image: the payload, and annotations as they
 * stand. All is borrowed. REASON_BAD_SIGNATURE when the signature is missing or
 * no base64. */
struct material_layer { struct span payload, signature, certificate, chain, log, stamp; };
int	material_from_layer(struct material *m, const struct material_layer *l, struct err *e) MUST_CHECK;

/* The same of an attestation: the layer's bytes are a DSSE envelope, and its
 * signature annotation is not looked at. REASON_BAD_BUNDLE. */
int	material_from_envelope(struct material *m, const struct material_layer *l, struct err *e) MUST_CHECK;

/* The old form of `sign-blob --bundle` (bundle.md 4.6). Borrows json. */
int	material_from_old_bundle(struct material *m, struct span json, struct err *e) MUST_CHECK;

/* A signature by itself, raw or base64, copied; the rest of *m is the caller's to
 * fill in. REASON_BAD_SIGNATURE. */
int	material_from_signature(struct material *m, struct span text, struct err *e) MUST_CHECK;

void	material_release(struct material *m);
static inline void material_cleanup(struct material *m) { material_release(m); }

/* Whether it was made with a certificate and not with a bare key. */
bool	material_has_certificate(const struct material *m);
/* The certificates as DER, leaf first, in the material's pool.
 * REASON_BAD_CERTIFICATE, REASON_NO_CERTIFICATE. */
int	material_certificates(struct material *m, struct shape_strs *out, struct err *e) MUST_CHECK;
#endif
