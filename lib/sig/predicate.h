/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_PREDICATE_H
#define SIG_PREDICATE_H
/*
 * What an attestation says about its subject: the types that have short names,
 * and the statement around a predicate (attestations.md). A predicate is taken
 * as its file has it: a JSON object goes into the statement byte for byte, with
 * the order of its members, its blanks and its numbers; text becomes one JSON
 * string.
 */
#include "sig/statement.h"

#define PREDICATE_CUSTOM "https://cosign.sigstore.dev/attestation/v1"

/* For .hints of --type. */
#define PREDICATE_NAMES \
	"custom|slsaprovenance|slsaprovenance02|slsaprovenance1|link|spdx|spdxjson|cyclonedx|vuln|openvex"

enum { PREDICATE_MAX = 128 << 20 };

enum predicate_form {
	PREDICATE_OBJECT,	/* a JSON object, as it stands */
	PREDICATE_TEXT,		/* any text, as a JSON string */
	PREDICATE_WRAPPED,	/* any text, as {"Data":STRING,"Timestamp":TIME} */
};

struct predicate_type {
	const char *name;	/* NULL for one that has none */
	const char *uri;
	enum predicate_form form;
	const struct predicate_member *members;	/* what its object must have; NULL: anything */
};

/* The table, in the order people read it; the last has no uri. */
extern const struct predicate_type predicate_types[];

/* The entry of a short name, or NULL. */
const struct predicate_type	*predicate_find(const char *name);
/* What a statement calls it: the URI of a short name; anything else is itself. */
const char	*predicate_uri(const char *type);
/* Whether it can be the type of a statement: it has a scheme, and neither
 * blanks nor control characters. */
bool	predicate_is_uri(const char *type);
/* What --type asks for; type is borrowed. REASON_USAGE, with the names, for what is
 * neither a short name nor a URI; with any, every text but "" is a type. */
int	predicate_type(struct predicate_type *out, const char *type, bool any, struct err *e) MUST_CHECK;

/* Whether bytes can be such a predicate: REASON_BAD_JSON, REASON_BAD_SHAPE
 * naming the member, REASON_BAD_ENCODING for text that is not UTF-8,
 * REASON_TOO_LARGE naming the limit. */
int	predicate_check(const struct predicate_type *t, struct span bytes, struct err *e) MUST_CHECK;

struct predicate_about {
	struct span name;	/* of the subject */
	struct span digest;	/* "sha256:HEX" */
	int64_t when;		/* for PREDICATE_WRAPPED */
};
/* Appends the statement of a predicate that was checked, in a new buf of any
 * maximum. What no verifier here would take is refused: REASON_TOO_LARGE. */
int	predicate_statement(struct buf *out, const struct predicate_type *t, struct span bytes,
	    const struct predicate_about *about, struct err *e) MUST_CHECK;
#endif
