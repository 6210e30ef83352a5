/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_STAGE_H
#define STEP_STAGE_H
/*
 * A signature in the making as a record (cosign-records(5)): what the steps
 * make-payload, sign-payload, pack-bundle and put-bundle read and write.
 */
#include "json/record.h"
#include "step/work.h"

enum stage { STAGE_SUBJECT, STAGE_PAYLOAD, STAGE_SIGNATURE, STAGE_BUNDLE, STAGE_LOCATION, STAGE_COUNT };

/* "cosign.payload/1": the type of its records. */
const char	*stage_type(enum stage stage);

/* Reads a record of that stage. Strings live in the pool or borrow the record's
 * text. REASON_BAD_RECORD, REASON_BAD_SHAPE. */
int	stage_parse(struct work *w, enum stage stage, struct node root, struct err *e) MUST_CHECK;
/* Writes the record as a line. Members of the record it came from that this
 * suite does not know are copied; from may be of kind JSON_NULL. */
void	stage_emit(const struct work *w, enum stage stage, struct node from, bool stored, struct buf *out);
#endif
