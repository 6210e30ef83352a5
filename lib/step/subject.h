/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_SUBJECT_H
#define STEP_SUBJECT_H
/*
 * An image that was found, as a record and as part of other records
 * (cosign-records(5)):
 *
 *	{"type":"cosign.subject/1","image":"r.example/app:v1",
 *	 "mediaType":"…","digest":"sha256:…","size":N,"reference":"…"}
 *
 * image is the expanded reference; mediaType and size are left out when nobody
 * looked them up; reference is the full name a layout's entry bears.
 */
#include "client/store.h"
#include "json/record.h"

#define SUBJECT_RECORD "cosign.subject/1"
/* Members of the record but type, NULL-terminated: for record_copy_unknown. */
extern const char *const subject_members[];

/* The members, into an open record. */
void	subject_emit(const struct subject *s, struct emit *j);
/* Strings live in the pool. REASON_BAD_SHAPE, REASON_BAD_REFERENCE,
 * REASON_BAD_DIGEST. */
int	subject_parse(struct subject *s, struct node root, struct pool *pool, struct err *e) MUST_CHECK;

/* Within records of later stages: "image":"…","subject":{…}. root is the record
 * and subject its member of that name. */
void	subject_emit_work(const struct subject *s, struct emit *j);
int	subject_parse_work(struct subject *s, struct node root, struct node subject, struct pool *pool,
	    struct err *e) MUST_CHECK;
#endif
