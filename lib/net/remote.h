/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_REMOTE_H
#define NET_REMOTE_H
/*
 * The co-process cosign-remote-http as http.c sees it: starting it without our
 * secrets, the queue of bytes to it, frames from it, and its end.
 */
#include <sys/types.h>
#include "net/frame.h"

/* COSIGN_REMOTE_HTTP, else the program beside us, else PATH. Does nothing when
 * it runs already. It does not see variables that hold secrets by their name
 * (PASSWORD, SECRET, TOKEN, PIN ...) or their value (a private key).
 * REASON_HELPER. */
int	remote_start(struct err *e) MUST_CHECK;
bool	remote_is_running(void);

/* Queues a frame for the next remote_wait; the line is copied (and wiped when
 * sent), the body borrowed until the answer has ended. */
void	remote_send(struct span line, struct span body);

/* Writes what is queued, then waits at most ms for something to come in or go
 * out. 1 more may be read with remote_next, 0 nothing came, -1 it is gone (*e
 * says how). */
int	remote_wait(int64_t ms, struct err *e) MUST_CHECK;
/* remote_wait also returns (0) when this descriptor can be read; -1: none. */
void	remote_watch(int fd);
/* As frame_next. */
int	remote_next(struct frame *f, struct err *e) MUST_CHECK;

/* In a forked child: lets go of the parent's program, which goes on. */
void	remote_disown(void);
/* Ends it at once; what was queued is dropped. */
void	remote_kill(void);
#endif
