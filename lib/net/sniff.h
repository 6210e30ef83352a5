/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_SNIFF_H
#define NET_SNIFF_H
/*
 * Does a server of this machine speak TLS? A greeting of TLS is sent, and the
 * first byte that comes back tells. No request is made and nothing secret is
 * said, and a server that speaks plain http costs no set-up of TLS, which is
 * the larger part of a small program's time.
 */
#include "net/origin.h"

enum sniff { SNIFF_WAITING, SNIFF_TLS, SNIFF_PLAIN, SNIFF_UNCLEAR };

struct sniff_call {
	int fd;
	bool sent;	/* waits for the answer; before, until it can write */
};

/* False when it cannot be done: the host is not loopback, or nobody listens. */
bool	sniff_start(struct sniff_call *c, const struct origin *o);
/* Goes on as far as it can without waiting. */
enum sniff	sniff_step(struct sniff_call *c);
void	sniff_end(struct sniff_call *c);
#endif
