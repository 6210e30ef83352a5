/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_CANDIDATE_H
#define STEP_CANDIDATE_H
/*
 * A stored signature, fetched and not judged, as a record (cosign-records(5)):
 *
 *	{"type":"cosign.candidate/1","image":"…","subject":{…},"form":"bundle",
 *	 "manifest":{descriptor},"layer":{descriptor},"annotations":{…},
 *	 "bundle":{…}}
 *	{… "form":"legacy", … "index":N,"annotations":{…},"payload":"base64"}
 *
 * A bundle that is no JSON on one line comes as "bytes" in base64. Where the
 * signature could not be read there are "error":{"reason","message"} and no
 * bytes.
 */
#include "step/subject.h"

#define CANDIDATE_RECORD "cosign.candidate/1"
/* Members of the record but type, NULL-terminated. */
extern const char *const candidate_members[];

void	candidate_emit(const struct subject *s, const struct candidate *c, struct emit *j);
/* Strings, bytes and the error live in the pool or borrow root's text.
 * REASON_BAD_SHAPE, and what subject_parse and desc_parse say. */
int	candidate_parse(struct subject *s, struct candidate *c, struct node root, struct pool *pool,
	    struct err *e) MUST_CHECK;
/* One that a program other than ls-signatures made: of a subject that is named
 * elsewhere. The form may be left out; then what it holds tells. */
int	candidate_parse_bare(struct candidate *c, struct node object, struct pool *pool, struct err *e) MUST_CHECK;
#endif
