/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_TRANSFER_H
#define NET_TRANSFER_H
/*
 * One request on its way: each attempt and each hop of a redirect is one run of
 * a libcurl easy handle. This module sets the handle up, takes what comes back,
 * curl.c decides when it runs, sites.c by which scheme, outcome.c what follows.
 * Included by these alone.
 */
#include <curl/curl.h>
#include "base/mem.h"
#include "base/pool.h"
#include "net/frame.h"
#include "net/origin.h"

enum {
	TRANSFER_HOPS_MAX = 10,
	TRANSFER_CONNECT_MS = 10000,
	TRANSFER_STALL_S = 60,		/* less than a byte a second for so long */
	TRANSFER_BODY_MAX = 8 << 20,	/* when the request names no cap */
};

/* What is to be done with the answer that is coming in. */
enum transfer_next { TRANSFER_DELIVER, TRANSFER_REDIRECT, TRANSFER_RETRY };

/* Whom a transfer tells. All strings are borrowed for the call. */
struct transfer_events {
	void (*head)(void *owner, int64_t id, int status, struct span url, const struct shape_strs *headers);
	/* false: not now, try again when told. */
	bool (*body)(void *owner, int64_t id, struct span bytes);
	/* The connection is there, TLS and all; nothing was sent yet. */
	void (*connected)(void *owner, void *transfer);
};

struct transfer {
	struct transfer *next;		/* for the owner */
	struct pool pool;
	struct frame_request q;
	struct buf body;
	size_t sent;			/* of it, in this attempt */
	const struct transfer_events *events;
	void *owner;
	struct site *site;		/* of the owner */

	struct buf target;		/* what is asked next: the URL of q, then of redirects */
	struct buf url;			/* what is asked now: the same with the scheme in use */
	struct origin origin;		/* of url */
	bool wide;			/* the narrow set of roots did not do */
	bool left_origin;		/* a redirect has led away: no secrets any more */
	unsigned hops, tried;
	int64_t until, retry_until;	/* date_monotonic_ms() */
	int64_t wake;			/* not before; 0 = at any time */

	CURL *easy;			/* while it runs */
	bool running, paused;
	struct curl_slist *headers, *connect_to;

	/* The attempt that runs. */
	bool connected, has_head, delivered;
	enum transfer_next then;
	VEC(struct span) lines;		/* of the head; behind those, of trailers */
	size_t head_lines;
	size_t lines_size;
	struct pool answer;
	char *location;
	uint64_t got;
	struct err err;			/* why we ended it ourselves */
	char text[CURL_ERROR_SIZE];
	char *tls_text;			/* why https failed, when http was tried behind it */
};

struct transfer	*transfer_new(const struct transfer_events *events, void *owner);
void	transfer_free(struct transfer *x);
/* Dates, target, when q and body are there; -1 when the URL is none. */
int	transfer_begin(struct transfer *x, struct err *e) MUST_CHECK;

/* Sets up handle for the next attempt, by https or http when the scheme is to
 * be chosen. */
int	transfer_set_up(struct transfer *x, CURL *handle, bool plain, struct err *e) MUST_CHECK;
enum {
	TRANSFER_FIRST = 1,	/* the server of the request's own URL: it may see the client's certificate */
	TRANSFER_WIDE = 2,	/* trust all of roots.h */
};
/* Settings of the peer, also for a probe. */
int	transfer_set_peer(CURL *h, const struct frame_request *q, const struct origin *o, unsigned how,
	    struct err *e) MUST_CHECK;

/* Whether one more attempt is left that could begin in wait ms. */
bool	transfer_may_try_again(const struct transfer *x, int64_t wait);
#endif
