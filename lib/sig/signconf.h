/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_SIGNCONF_H
#define SIG_SIGNCONF_H
/*
 * The signing config, version 0.2 (trusted-root.md 10.2): which services a
 * signer asks. Read whole or not at all, as the trusted root is; what to do
 * with a URL that is none is up to who uses it.
 */
#include "sig/trust_window.h"

enum {
	SIGNCONF_MAX = 1 << 20,
	SIGNCONF_SERVICES_MAX = 256,	/* of each kind */
	SIGNCONF_TEXT_MAX = 4096,
};

struct signconf_service {
	struct span url, operator;
	uint32_t version;		/* majorApiVersion */
	struct trust_window window;
};
struct signconf_services { struct signconf_service *items; size_t count; };

enum signconf_mode {
	SIGNCONF_UNDEFINED, SIGNCONF_ALL, SIGNCONF_ANY, SIGNCONF_EXACT
};
/* How many of the services of a kind are to be used. */
struct signconf_selector {
	enum signconf_mode mode;
	uint32_t count;			/* EXACT */
};

struct signconf {
	struct pool pool;
	struct signconf_services cas, oidcs, tlogs, tsas;
	struct signconf_selector tlog_selector, tsa_selector;
};
#define SIGNCONF_INIT {.pool = POOL_INIT}

/* Copies what it keeps. REASON_CONFIG naming the member, REASON_TOO_LARGE. */
int	signconf_parse(struct signconf *c, struct span json, struct err *e) MUST_CHECK;
void	signconf_release(struct signconf *c);
static inline void signconf_cleanup(struct signconf *c) { signconf_release(c); }

/* One line, in the order of protobuf's fields. An open start is written as the
 * year 1, which is how the original writes it: it always writes one. */
void	signconf_emit(const struct signconf *c, struct buf *out);

/* "ANY", "ALL" or "EXACT:N" with N from 1, in any case, as flags have it.
 * REASON_USAGE. */
int	signconf_selector_parse(struct signconf_selector *s, struct span text, struct err *e) MUST_CHECK;
#endif
