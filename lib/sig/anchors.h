/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_ANCHORS_H
#define SIG_ANCHORS_H
/*
 * Who is trusted, made ready for judging: the authorities and logs of a
 * trusted root, or of separate files (trusted-root.md 10.1, tsa.md 8.4), with
 * every certificate read once. Serves any number of judgements.
 */
#include "crypto/certlist.h"
#include "crypto/sct.h"
#include "sig/trust.h"

/* A certificate or timestamp authority. */
struct anchor {
	struct certlist roots;		/* trusted */
	struct certlist helpers;	/* intermediates */
	struct certlist leaf;		/* a timestamp authority's own certificate: one, or none */
	struct trust_window window;
	struct span uri;		/* two authorities of one address count once */
};

enum { ANCHORS_MAX = 1024 };

struct anchors {
	struct trust trust;		/* the logs are in it */
	struct anchor *cas, *tsas;
	size_t ca_count, tsa_count;
	struct sct_log *ctlogs;
	size_t ctlog_count;
	bool separate;			/* made of files and keys, not of one trusted root */
	bool own_cas;			/* the authorities for certificates came as files */
};
#define ANCHORS_INIT {.trust = TRUST_INIT}

/* The whole of a trusted root. REASON_BAD_TRUST, REASON_TOO_LARGE. */
int	anchors_load(struct anchors *a, struct span json, struct err *e) MUST_CHECK;

/* Certificate authorities from PEM: some roots and (may be empty) the
 * intermediates below them; a chain whose last certificate is the root; or both
 * mixed, where those that issued themselves are roots. REASON_BAD_CERTIFICATE. */
int	anchors_add_roots(struct anchors *a, struct span roots, struct span helpers, struct err *e) MUST_CHECK;
int	anchors_add_chain(struct anchors *a, struct span pem, struct err *e) MUST_CHECK;
int	anchors_add_mixed(struct anchors *a, struct span pem, struct err *e) MUST_CHECK;
/* A timestamp authority: exactly one certificate is of no CA, those that issued
 * themselves are roots. */
int	anchors_add_tsa(struct anchors *a, struct span pem, struct err *e) MUST_CHECK;
/* Forgets the authorities of a trusted root, for files in their place. */
void	anchors_drop_cas(struct anchors *a);
void	anchors_drop_tsas(struct anchors *a);
/* The key of a transparency log (v1), or of a certificate log, always valid.
 * PEM; of a certificate log DER too. */
int	anchors_add_log(struct anchors *a, struct span pem, struct err *e) MUST_CHECK;
int	anchors_add_ctlog(struct anchors *a, struct span key, struct err *e) MUST_CHECK;

void	anchors_release(struct anchors *a);
static inline void anchors_cleanup(struct anchors *a) { anchors_release(a); }
#endif
