/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_INTAKE_H
#define CLI_INTAKE_H
/*
 * What a line of standard input asks for: an image's name as it is, or a JSON
 * object with the member "image", of which a cosign.subject/1 record is one. A
 * line that asks for nothing usable gives an item too, with the reason why, so
 * that every line has its answer.
 */
#include "step/subject.h"

enum { INTAKE_LINE_MAX = 1 << 20 };

#define REFUSAL_RECORD "cosign.refusal/1"

struct intake {
	struct pool pool;
	const char *image;	/* as it was given; "" where the line names none */
	struct node from;	/* the object it stood in; of kind JSON_NULL without */
	bool known;		/* the line was a subject record: */
	struct subject subject;	/* then this is it */
	struct err err;		/* why nothing can be done */
	bool failed;
};
#define INTAKE_INIT {.pool = POOL_INIT, .image = "", .from = {JSON_NULL, SPAN_NONE}, .err = ERR_INIT}
void	intake_release(struct intake *in);

/* Fills an empty item; the line may go afterwards. Failures are in the item:
 * REASON_BAD_JSON, REASON_BAD_RECORD, REASON_BAD_SHAPE, REASON_BAD_REFERENCE,
 * or what a cosign.refusal/1 record says. */
void	intake_parse(struct intake *in, struct span line);
/* A line that was too long to be kept. */
void	intake_too_long(struct intake *in);

/* What the item is about: the subject of the record, or what the name leads
 * to. *ref is good until the pool goes. */
int	intake_find(struct intake *in, const struct store *s, bool local_image, bool need_desc, struct subject *out,
	    struct err *e) MUST_CHECK;

/* The cosign.refusal/1 record of an item that failed, as a line. */
void	intake_emit_refusal(const struct intake *in, const struct err *why, struct buf *out);
#endif
