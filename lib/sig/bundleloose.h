/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_BUNDLELOOSE_H
#define SIG_BUNDLELOOSE_H
/*
 * A bundle for showing alone, also one that breaks rules of the format: what is
 * there is decoded, what is wrong is noted. Nothing that judges takes this
 * struct; such read a struct bundle ("sig/bundle.h").
 */
#include "sig/bundle.h"

enum bundleloose_key { BUNDLELOOSE_NO_KEY, BUNDLELOOSE_HINT, BUNDLELOOSE_CERT, BUNDLELOOSE_CHAIN };
enum bundleloose_content { BUNDLELOOSE_NO_CONTENT, BUNDLELOOSE_MESSAGE, BUNDLELOOSE_DSSE };

/* What a problem is about. */
enum bundleloose_part {
	BUNDLELOOSE_IN_TYPE,		/* the media type */
	BUNDLELOOSE_IN_BUNDLE,		/* the verification material as a whole */
	BUNDLELOOSE_IN_MATERIAL,
	BUNDLELOOSE_IN_KEY,
	BUNDLELOOSE_IN_ENTRY,		/* of the index */
	BUNDLELOOSE_IN_CONTENT,		/* the content as a whole */
	BUNDLELOOSE_IN_ENVELOPE,
	BUNDLELOOSE_IN_SIGNATURE,	/* of the index */
};

struct bundleloose_problem {
	enum bundleloose_part part;
	size_t index;
	const char *text;
};

struct bundleloose_signature { struct span sig, keyid; };

struct bundleloose {
	struct pool pool;
	struct span media_type;
	int minor;			/* 1, 2, 3; 0: of none that upstream knows */
	bool has_material;
	enum bundleloose_key key;
	struct span hint;
	struct shape_strs certs;	/* DER or what is there instead */
	struct bundle_entry *entries;
	size_t entry_count;
	struct shape_strs timestamps;
	bool has_stamps;
	enum bundleloose_content content;
	bool has_digest;
	struct span digest_alg, digest, sig;	/* of a message */
	struct span payload, payload_type;	/* of an envelope */
	struct bundleloose_signature *signatures;
	size_t signature_count;
	struct bundleloose_problem *problems;
	size_t problem_count;
};
#define BUNDLELOOSE_INIT {.pool = POOL_INIT}

/* REASON_BAD_BUNDLE for what is no JSON object, has members that are unknown,
 * given twice or of a wrong kind, or two where there may be one; caps as of
 * bundle_parse (but any number of signatures up to FIELD_MAX_ITEMS). */
int	bundleloose_parse(struct bundleloose *b, struct span json, struct err *e) MUST_CHECK;
void	bundleloose_release(struct bundleloose *b);
static inline void bundleloose_cleanup(struct bundleloose *b) { bundleloose_release(b); }
#endif
