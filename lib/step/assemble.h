/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_ASSEMBLE_H
#define STEP_ASSEMBLE_H
/*
 * A Sigstore bundle from the parts that older signatures lie about in: files
 * of signature, certificate, key and timestamp, or the bundle of before, with
 * the entry that a log has of it. Nothing else is verified.
 */
#include "crypto/pubkey.h"
#include "sig/oldbundle.h"

/* Names as given on the command line; NULL or "" where there is none. */
struct assemble_files {
	const char *artifact;		/* file, "-" or URL */
	const char *bundle, *signature, *attestation, *certificate, *key, *stamp;
	bool ignore_log;
};

/* What was read, and not looked into yet. */
struct assemble {
	unsigned char digest[32];	/* SHA-256 of the artifact */
	struct buf bundle, signature, attestation, certificate, stamp;
	struct buf hint;		/* of the key; empty without */
	struct pubkey key;		/* the same */
	bool ignore_log;
	const char *log;		/* where entries are looked up; NULL: ignored */
};
#define ASSEMBLE_INIT { \
	.bundle = BUF_INIT(BUNDLE_MAX), .signature = BUF_INIT(BUNDLE_MAX), \
	.attestation = BUF_INIT(BUNDLE_MAX), .certificate = BUF_INIT(BUNDLE_MAX), \
	.stamp = BUF_INIT(BUNDLE_MAX), .hint = BUF_INIT(BUF_TEXT_MAX), .key = PUBKEY_INIT}

/* Reads all, the artifact as a stream; only a URL asks the network.
 * REASON_NOT_FOUND, REASON_IO, REASON_HTTP, REASON_BAD_KEY and the like. */
int	assemble_read(struct assemble *a, const struct assemble_files *f, struct err *e) MUST_CHECK;
/* The bundle, of version 0.3 in the older spelling of its media type, as
 * upstream writes it here. Asks the log unless it is to be ignored
 * (step/lookup.h). REASON_USAGE for parts that do not fit together. */
int	assemble_emit(const struct assemble *a, struct buf *out, struct err *e) MUST_CHECK;
void	assemble_release(struct assemble *a);
static inline void assemble_cleanup(struct assemble *a) { assemble_release(a); }
#endif
