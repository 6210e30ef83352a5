/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CLAIMS_H
#define CLI_CLAIMS_H
/*
 * What is attested: --predicate with its --type, or a whole --statement. Each
 * may be repeated; all are read and checked before anything is signed, and then
 * serve any number of subjects.
 */
#include "cli/opt.h"
#include "sig/predicate.h"

struct claims_args { struct opt_list predicates, types, statements; };
extern const struct opt claims_opts[];

struct claim {
	const char *file;
	struct buf bytes;
	bool whole;			/* a statement, signed as it is: */
	struct statement statement;	/* what it says; else */
	struct predicate_type type;
	struct span uri;		/* the predicate type, of either */
};
struct claims {
	struct claim *items;
	size_t count;
	size_t size;			/* bytes of all */
	struct pool pool;
};
#define CLAIMS_INIT {.pool = POOL_INIT}

/* REASON_USAGE: none, both kinds, standard input twice, types that do not fit
 * the predicates, or a type that is none; with any, every text is one. */
int	claims_check(const struct claims_args *a, bool any, struct err *e) MUST_CHECK;
/* Whether standard input is one of them. */
bool	claims_use_stdin(const struct claims_args *a);
/* Reads all. What predicate_check and statement_parse say; REASON_WRONG_TYPE for
 * a statement of another type than --type. */
int	claims_read(struct claims *c, const struct claims_args *a, struct err *e) MUST_CHECK;
void	claims_release(struct claims *c);
static inline void claims_cleanup(struct claims *c) { claims_release(c); }

/* The statement about one subject: *payload is the file's own or made in out.
 * REASON_WRONG_SUBJECT for a statement about something else, REASON_TOO_LARGE,
 * naming the limit, for one whose envelope of that many bytes would be more
 * than max. */
int	claims_compose(const struct claim *c, const struct predicate_about *about, size_t max, struct buf *out,
	    struct span *payload, struct err *e) MUST_CHECK;
#endif
