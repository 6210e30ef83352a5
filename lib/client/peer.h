/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_PEER_H
#define CLIENT_PEER_H
/*
 * What this process knows of one registry: how it is reached, and what it has
 * learnt on the way. Lives until the process ends.
 */
#include "client/registry.h"

struct peer {
	char *registry;			/* "host[:port]" */
	struct http_peer http;
	bool plain;			/* it answered over http */
	bool no_referrers;		/* it has no referrers route at all */
	int64_t write_ms;		/* the slowest manifest's, so far */
	struct auth *auths;		/* one per repository: auth.c */
	struct auth_line *basic;	/* it wants Basic: good for all repositories */
	struct peer *next;
};

/* The peer of a registry. The flags are looked at when it is first named: a
 * certificate or key file that cannot be read is an error. */
struct peer	*peer_find(const char *registry, const struct registry_options *o, struct err *e);

/* "https://host", or http once that is known to be needed. */
void	peer_base(const struct peer *p, struct buf *url);

/* Whether this URL is the registry's own origin. */
bool	peer_owns(const struct peer *p, struct span url);
/* Its host, without port. */
struct span	peer_host(const struct peer *p);
#endif
