/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CODEC_DER_H
#define CODEC_DER_H
/*
 * DER (X.690), as much of it as keys and signatures need: a reader that takes
 * exactly one encoding of everything, and a writer that works from the end to
 * the front, so that a length is known before it is written.
 */
#include "base/span.h"

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_UTF8 = 0x0c,
	DER_PRINTABLE = 0x13,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_PRIMITIVE_0 = 0x80,
	DER_PRIMITIVE_1 = 0x81,	/* [1] IMPLICIT of a primitive type */
	DER_CONTEXT_0 = 0xa0,
	DER_CONTEXT_1 = 0xa1,
	DER_CONTEXT_3 = 0xa3,
};

/* Whether the next element has this tag. */
bool	der_is(struct span rest, unsigned tag);
/* Takes the next element off *rest: its content. False, with nothing taken,
 * unless it has this tag and a definite, shortest length that fits. */
bool	der_get(struct span *rest, unsigned tag, struct span *content);
/* The same, and gives the element with its head. */
bool	der_get_whole(struct span *rest, unsigned tag, struct span *element);
/* A BOOLEAN, also one that spells out its default. */
bool	der_get_bool(struct span *rest, bool *value);
/* An INTEGER that is not negative: its big-endian digits without leading zero
 * (none for 0). */
bool	der_get_uint(struct span *rest, struct span *digits);
/* The same, up to max. */
bool	der_get_number(struct span *rest, uint64_t max, uint64_t *number);
/* A BIT STRING of whole bytes. */
bool	der_get_bits(struct span *rest, struct span *bytes);
/* Takes whatever comes next, with a one-byte tag; for extensions to ignore. */
bool	der_skip(struct span *rest);

/* The caller's room, filled from its end; what is written starts at base + at. */
struct der_out {
	unsigned char *base;
	size_t at, size;
	bool over;		/* did not fit */
};

void	der_out_init(struct der_out *o, void *base, size_t size);
/* Bytes in front of what is there. */
void	der_put(struct der_out *o, struct span bytes);
/* Head for content that was put since the mark (a value of der_mark). */
void	der_wrap(struct der_out *o, unsigned tag, size_t mark);
static inline size_t der_mark(const struct der_out *o) { return o->at; }
/* A whole element. */
void	der_put_element(struct der_out *o, unsigned tag, struct span content);
/* An INTEGER from big-endian digits; leading zeros are dropped. */
void	der_put_uint(struct der_out *o, struct span digits);
static inline struct span
der_out_span(const struct der_out *o)
{
	return span_of(o->base + o->at, o->size - o->at);
}
#endif
