/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CODEC_PEM_H
#define CODEC_PEM_H
/*
 * PEM (RFC 7468) as Go reads and writes it: text before the first block and
 * behind the last is ignored, lines may end in blanks or CR, and a block
 * without its END line, or with another label there, is none.
 */
#include "base/buf.h"

struct pem {
	struct span label;	/* "PUBLIC KEY" */
	struct span headers;	/* "Proc-Type: …" lines, as RFC 1421 had them; empty today */
	struct span body;	/* base64, with line ends */
};

/* The first block of text; *rest (may be NULL) is what follows it. Borrows the
 * text. REASON_BAD_ENCODING when there is no block. */
int	pem_next(struct pem *p, struct span text, struct span *rest, struct err *e) MUST_CHECK;
/* Appends the decoded body. Makes room once: a caller whose bytes are secret
 * gives an empty buffer and wipes one place. REASON_BAD_ENCODING. */
int	pem_decode(const struct pem *p, struct buf *out, struct err *e) MUST_CHECK;
/* Appends a block, 64 columns. */
void	pem_encode(struct buf *out, const char *label, struct span bytes);
#endif
