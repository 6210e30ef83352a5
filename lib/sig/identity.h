/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_IDENTITY_H
#define SIG_IDENTITY_H
/*
 * Whose certificate is asked for: who vouched for the signer (the issuer), the
 * signer's name (a subject alternative name), and what else its extensions
 * must say. Texts are compared bytewise and whole; patterns are searched for
 * anywhere, as upstream does.
 */
#include "codec/oid.h"
#include "crypto/cert.h"
#include "sig/pattern.h"

enum identity_rule {
	IDENTITY_BUNDLE,	/* one name: URI, else e-mail, else user name; exact and pattern must both fit */
	IDENTITY_LEGACY,	/* any name; a pattern takes the place of the exact text */
};

/* One more extension that must be there with this text. */
struct identity_extension {
	struct oid oid;
	struct span value;
};

enum { IDENTITY_EXTENSIONS_MAX = 64 };

/* Empty spans are not given. Borrows all texts. */
struct identity {
	struct span issuer, subject;
	struct pattern issuer_pattern, subject_pattern;
	struct identity_extension extension[IDENTITY_EXTENSIONS_MAX];
	size_t extensions;
};

#define IDENTITY_INIT {.extensions = 0}

/* REASON_USAGE unless issuer or issuer_pattern, and subject or
 * subject_pattern, are given, and for patterns that are none. */
int	identity_init(struct identity *id, struct span issuer, struct span issuer_pattern, struct span subject,
	    struct span subject_pattern, struct err *e) MUST_CHECK;
/* "1.3.6.1.4.1.57264.1.9" and the text; REASON_USAGE. */
int	identity_add_extension(struct identity *id, struct span oid, struct span value, struct err *e) MUST_CHECK;
void	identity_release(struct identity *id);
static inline void identity_cleanup(struct identity *id) { identity_release(id); }

/* Whether it is this one's certificate. REASON_WRONG_IDENTITY with what was
 * asked and found; REASON_BAD_CERTIFICATE when its names are malformed. */
int	identity_check(const struct identity *id, const struct cert *c, enum identity_rule rule,
	    struct err *e) MUST_CHECK;
#endif
