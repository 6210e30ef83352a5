/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_SITES_H
#define NET_SITES_H
/*
 * The servers that requests go to, and by which scheme, where that is to be
 * found out: the first request is the pilot, which tries TLS and others wait
 * for. On this machine a sniff (net/sniff.h) comes before it; elsewhere a probe
 * asks http when TLS says nothing for a while. Nothing here starts or stops a
 * request: curl.c does, by what is said here. Included by it alone.
 */
#include "net/handles.h"
#include "net/sniff.h"
#include "net/transfer.h"

enum sites_scheme {
	SITES_UNKNOWN, SITES_SNIFFING, SITES_TRYING_TLS, SITES_TRYING_PLAIN, SITES_TLS, SITES_PLAIN
};

struct site {
	struct site *next;
	char *authority;
	unsigned active, limit;	/* requests; of the owner */
	enum sites_scheme scheme;
	int64_t patience;	/* ms before the probe */
	struct transfer *pilot;	/* the request that finds it out; others wait */
	CURL *probe;		/* GET /v2/ by http, while TLS says nothing */
	int64_t probe_at;	/* 0 = it was sent, or need not be */
	bool sniffed;
	struct sniff_call sniff;
	int64_t sniff_until;
};

struct sites {
	struct handles *handles;
	struct site *first;
};
void	sites_release(struct sites *s);

/* The one of this origin; limit is of a new one. */
struct site	*sites_find(struct sites *s, const struct origin *o, unsigned limit);

/* --- a request, whose site is known --- */

/* Whether it may go: not while the scheme is being found out, unless it is to
 * find it out itself. */
bool	sites_admit(struct transfer *x, int64_t now);
/* Whether it goes by http. */
bool	sites_goes_plain(const struct transfer *x);
/* It failed: true when it was the pilot and goes again, by http. */
bool	sites_falls_back(struct sites *s, struct transfer *x, CURLcode code);
/* It is to be tried again, by either scheme if nobody answered. */
void	sites_retry(const struct transfer *x);
/* It is gone. */
void	sites_leave(struct sites *s, const struct transfer *x);

/* --- what settles a scheme; true when it did --- */

/* TLS is there and nothing was said yet. May be called from within libcurl. */
bool	sites_connected(const struct transfer *x);
/* The request with this id has an answer. */
bool	sites_answered(struct sites *s, int64_t id);
bool	sites_sniff(struct sites *s);

/* --- probes --- */

void	sites_probe(struct sites *s);
/* Whether the handle that is done was a probe; *found: the pilot that is to go
 * by http now, or NULL. */
bool	sites_take_probe(struct sites *s, CURL *handle, CURLcode code, struct transfer **found);

/* --- waiting --- */

/* until, or before it when something has to be done here. */
int64_t	sites_until(const struct sites *s, int64_t until);
/* Fills in what to wait for; gives how many. */
unsigned	sites_wait(const struct sites *s, struct curl_waitfd *fds, unsigned room);
#endif
