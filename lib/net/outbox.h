/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_OUTBOX_H
#define NET_OUTBOX_H
/*
 * Answers on their way out of cosign-remote-http: frames that wait until their
 * reader takes them. Whoever adds bodies looks at outbox_waits() before.
 */
#include "net/frame.h"

struct outbox {
	int fd;			/* the caller's */
	bool deaf;		/* nobody reads it any more */
	struct buf text;	/* not yet written from at on */
	size_t at;
};

void	outbox_init(struct outbox *o, int fd);
void	outbox_release(struct outbox *o);

void	outbox_head(struct outbox *o, int64_t id, int status, struct span url, const struct shape_strs *headers);
void	outbox_body(struct outbox *o, int64_t id, struct span bytes);
/* The answer is complete. */
void	outbox_done(struct outbox *o, int64_t id, const struct shape_strs *trailers);
/* why may be NULL: the same, without trailers. */
void	outbox_end(struct outbox *o, int64_t id, const struct err *why);

/* Bytes that wait. */
size_t	outbox_waits(const struct outbox *o);
/* Writes what goes out now. */
void	outbox_flush(struct outbox *o);
#endif
