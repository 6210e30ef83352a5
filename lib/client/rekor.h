/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_REKOR_H
#define CLIENT_REKOR_H
/*
 * Rekor v1, the transparency log (transparency.md 5.3). Entries that come back
 * are of the kind that was asked for and have the leaf hash that their id says;
 * whether the log may be believed is for sig/tlog.h to say.
 */
#include "client/service.h"
#include "sig/logbody.h"

enum { REKOR_ANSWER_MAX = 48 << 20, REKOR_TIMEOUT_MS = 90000, REKOR_ID_MAX = 80, REKOR_FOUND_MAX = 32 };

/* What is proposed. Borrowed. */
struct rekor_proposal {
	const struct logbody_subject *what;	/* a message: by its digest; or an envelope: */
	struct span envelope;			/* its JSON, as it is kept; ptr NULL: what is no dsse entry */
	int intoto;				/* 1 and 2: of the kind intoto 0.0.1, 0.0.2 */
};

/* Appends the proposed entry: hashedrekord or intoto 0.0.2, already canonical, or the
 * request for dsse. REASON_TOO_LARGE, REASON_UNSUPPORTED for a message of which
 * no digest is known. */
int	rekor_emit(const struct rekor_proposal *p, struct buf *out, struct err *e) MUST_CHECK;
/* An entry object, {ID:{…}}: just one, all strings in the pool. Its id is that
 * of its body. REASON_BAD_LOG_ENTRY, REASON_BAD_JSON, REASON_TOO_LARGE. */
int	rekor_parse(struct bundle_entry *out, struct span json, struct pool *pool, struct err *e) MUST_CHECK;

/* Adds it; an entry that is there already is fetched instead, so that this is
 * safe to repeat. REASON_HTTP, REASON_DENIED, REASON_PROTOCOL, … */
int	rekor_add(const struct service *s, const struct rekor_proposal *p, struct bundle_entry *out,
	    struct pool *pool, struct err *e) MUST_CHECK;
/* The entry of this global index. REASON_NOT_FOUND. */
int	rekor_get(const struct service *s, int64_t index, struct bundle_entry *out, struct pool *pool,
	    struct err *e) MUST_CHECK;

/* Entries like the one proposed, with the ids of their bodies; at most
 * REKOR_FOUND_MAX. None is no error, nor is a proposal that the log refuses. */
struct rekor_found { struct bundle_entry items[REKOR_FOUND_MAX]; size_t count; };
int	rekor_search(const struct service *s, const struct rekor_proposal *p, struct rekor_found *out,
	    struct pool *pool, struct err *e) MUST_CHECK;
/* The answer to a search, an array of entry objects. As rekor_parse. */
int	rekor_parse_found(struct rekor_found *out, struct span json, struct pool *pool, struct err *e) MUST_CHECK;
#endif
