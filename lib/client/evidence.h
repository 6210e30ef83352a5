/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_EVIDENCE_H
#define CLIENT_EVIDENCE_H
/*
 * Rules for telling signatures from what else lies beside an image, the same
 * for registries and layouts.
 */
#include "client/store.h"

/* Payloads of one legacy manifest together. */
enum { EVIDENCE_TOTAL_MAX = 256 << 20 };

/* The one layer of a bundle manifest; NULL when this is none, whatever its
 * artifactType says. */
const struct desc	*evidence_bundle_layer(const struct manifest *m);

/* A failure that says nothing about this one artifact, but that the place
 * cannot be read: then nothing may be concluded. */
bool	evidence_is_fatal(enum reason r);

/* REASON_TOO_LARGE for more layers, or bytes in them, than anybody signs. */
int	evidence_check_legacy(const struct manifest *m, struct err *e) MUST_CHECK;
/* The same of layers alone. */
int	evidence_check_layers(const struct desc *layers, size_t count, struct err *e) MUST_CHECK;

/* Whether --registry-referrers-mode asks for legacy signatures as referrers;
 * that wants COSIGN_EXPERIMENTAL: REASON_USAGE. */
int	evidence_mode(const struct registry_options *o, bool *oci11, struct err *e) MUST_CHECK;
#define EVIDENCE_OCI11_TYPE "application/vnd.dev.cosign.artifact.sig.v1+json"

/* How large a payload or bundle may be: COSIGN_MAX_ATTACHMENT_SIZE, or
 * ATTACHMENT_SIZE_MAX. REASON_CONFIG. */
int	evidence_max_size(size_t *max, struct err *e) MUST_CHECK;
#endif
