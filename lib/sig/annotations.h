/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_ANNOTATIONS_H
#define SIG_ANNOTATIONS_H
/*
 * The key=value pairs that a signer adds to what is signed and that a verifier
 * may ask for: `optional` of the legacy payload, `annotations` of a statement's
 * subject.
 */
#include "json/emit.h"
#include "json/shape.h"

enum { ANNOTATIONS_MAX = 1000 };

/* Sorted bytewise by key, last of equal keys wins, as a Go map does. */
void	annotations_sort(struct shape_map *m);

/* The pairs as an object of strings, sorted; m itself is left as it is. */
void	annotations_emit(struct emit *j, const struct shape_map *m);

/* Any value as Go prints a decoded one: members sorted, strings escaped anew;
 * numbers stay as they were written. */
void	annotations_emit_node(struct emit *j, struct node v);

/* The same of an object (or JSON_NULL: an empty one) with more members, whose
 * values are JSON; they take the place of the object's own of the same name. */
void	annotations_emit_merged(struct emit *j, struct node object, const struct shape_map *more);

/* Whether each wanted pair is a string member of object with just that value:
 * REASON_WRONG_ANNOTATION. A number or boolean of the same text is none. */
int	annotations_check(const struct shape_map *wanted, struct node object,
    struct err *e) MUST_CHECK;
#endif
